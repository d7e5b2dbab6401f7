"""The facts about a tool for which gwctl prints a text and writes no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from reconciler.address import Api
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Offer
from reconciler.clients.tool import Part, Tool


def printed_tool(
    *,
    name: str,
    title: str,
    apis: tuple[Api, ...],
    keys: tuple[KeyWay, ...],
    text: Callable[[Offer], str],
    has_one_endpoint: bool = True,
    purposes: tuple[str, ...] = ("chat",),
) -> Tool:
    """Return a tool whose only file is printed. `text` returns the content of the file."""

    def parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
        return (Part(name="", covers=((),), values={(): text(offer)}),)

    return Tool(
        name=name,
        title=title,
        programs=(),
        package="",
        format="text",
        apis=apis,
        keys=keys,
        uses=("own",),
        has_one_endpoint=has_one_endpoint,
        folder=lambda here: here.home,
        own=lambda here, _: here.home / PurePath(name),
        shared=lambda here: here.home / PurePath(name),
        parts=parts,
        purposes=purposes,
        needs_path=True,
    )
