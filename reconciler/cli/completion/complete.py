"""The completers of arguments and options. A completer prints nothing, and has no proposals if a file is unreadable."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.engine.recorded.names import Names

Proposals: TypeAlias = "list[str] | list[CompletionItem]"
Completer = Callable[[click.Context, click.Parameter, str], Proposals]
_PLAIN = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.:@/+=-]*")  # characters that mean nothing to a shell
_MOST = 2000  # proposals


def _of(find: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return a completer for the names that `find` returns.

    A name is not proposed if it contains a character that may have a meaning for a shell.
    """

    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Proposals:
        found = (name for name in find(context) if name.startswith(incomplete) and _PLAIN.fullmatch(name))
        return list(dict.fromkeys(found))[:_MOST]

    return complete


def _names(context: click.Context) -> Names:
    from reconciler.engine.recorded.names import names_here

    folder = Path(context.params.get("directory") or ".")
    files = context.params.get("files") or ("gateway.yaml",)
    return names_here([folder / name for name in files], dict(os.environ))


def _models(context: click.Context) -> Iterable[str]:
    names = _names(context)
    return [*names.models, *names.roles]


def _tools(_context: click.Context) -> Iterable[str]:
    from reconciler.clients.registry import TOOLS

    return TOOLS


def _presets(context: click.Context) -> Iterable[str]:
    from reconciler.presets.load import names

    return [*_names(context).presets, *names()]


def _codes(_context: click.Context) -> Iterable[str]:
    from reconciler.codes import EXPLANATIONS

    return sorted(EXPLANATIONS)


def _schemas(_context: click.Context) -> Iterable[str]:
    from reconciler.schemas import SCHEMAS

    return SCHEMAS


endpoints = _of(lambda context: _names(context).endpoints)
models = _of(_models)
model_ids = _of(lambda context: (name.partition("/")[2] for name in _names(context).models))
clients = _of(lambda context: _names(context).clients)
addresses = _of(lambda context: _names(context).addresses)
endpoint_addresses = _of(lambda context: (f"endpoint.{name}" for name in _names(context).endpoints))
owned_addresses = _of(lambda context: _names(context).owned_addresses)
first_model = _of(lambda context: () if context.params.get("words") else _models(context))
endpoints_and_tools = _of(lambda context: [*_names(context).endpoints, *_tools(context)])
tools = _of(_tools)
presets = _of(_presets)
codes = _of(_codes)
schemas = _of(_schemas)


def files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Proposals:
    """Return one proposal, which tells the shell to complete the names of files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def folders(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Proposals:
    """Return one proposal, which tells the shell to complete the names of directories."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]
