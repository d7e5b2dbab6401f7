"""A dialect: how an endpoint lists its models and chats, and what its lists and its refusals mean.

Each module of `reconciler.live.dialects` makes one, as its `DIALECT`; `reconciler.presets.dialects` names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from reconciler.address import Purpose
from reconciler.live.purposes import purpose_of

Envelope = Mapping[str, Any]  # what a page holds beside its entries


@dataclass(frozen=True, kw_only=True)
class ChatReply:
    """The text of a model's answer, and the model that the answer names."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    calls: tuple[str, ...] = ()  # the tools that it calls
    model: str | None = None
    stopped: str = ""  # why, as the server has it

    @property
    def is_answer(self) -> bool:
        """Return whether the reply has any content; the right shape alone is no answer."""
        return bool(self.text.strip() or self.thinking.strip() or self.refusal.strip() or self.calls)


@dataclass(frozen=True, kw_only=True)
class ChatApi:
    """The chat protocol of an endpoint.

    `path(base URL, model ID)` is the chat's path below the base URL. Where the ID is a part of it, it goes through
    `urls.path_segment`; a `Fault` says that there is no such path. `body(model ID, prompt)` sends one message.
    `reply(answer)` is None for a shape that is no answer. `join_events` makes of the events of a stream one answer, in
    the shape that `reply` reads.
    """

    path: Callable[[str, str], str]
    body: Callable[[str, str], dict[str, Any]]
    reply: Callable[[Any], ChatReply | None]
    join_events: Callable[[Sequence[Any]], Any]


def one_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """Return None: the list has no next page."""
    return None


def next_by_token(field: str, parameter: str) -> Callable[[Envelope, int], dict[str, str] | None]:
    """Return the `next_page` of a list that names its next page by a token in a field of the page."""

    def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
        token = envelope.get(field)
        return {parameter: token} if isinstance(token, str) and token else None

    return next_page


def as_written(base_url: str) -> str:
    """Return the base URL itself: the list is below it."""
    return base_url


def no_marker(_body: Any) -> bool:
    """Return False: no body of this dialect says that the key was rejected."""
    return False


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The list and chat protocol of an endpoint. It locates fields; only the gate makes models of them.

    `list_path`: below `list_base(base URL)`, with a page size where one helps. `containers`: the fields that hold the
    entries; the first of these groups that is there counts, and a page may be an array. `ids`: the fields of an entry
    that may hold its ID, best first. `may_be_bare`: `{}` is an empty page. `next_page(envelope, number of entries)`:
    the query that asks for the next page; None when the page names none. `purpose(entry, model ID)`: the purpose, and
    what it was read from. `refuses_key(body)`: whether a JSON body says, in this vendor's own codes, that the key is
    refused. `families`: the families of environment variables (`reconciler.tools.families`) by which tools find the
    endpoint.
    """

    list_path: str
    containers: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    may_be_bare: bool = False
    list_base: Callable[[str], str] = as_written
    next_page: Callable[[Envelope, int], dict[str, str] | None] = one_page
    purpose: Callable[[Mapping[str, Any], str], tuple[Purpose, str]] = purpose_of
    refuses_key: Callable[[Any], bool] = no_marker
    chat: ChatApi | None = None
    families: tuple[str, ...] = ()


def dialect_of(name: str) -> Dialect:
    """The dialect of that name, which is one of `reconciler.presets.dialects.DIALECTS`."""
    return cast("Dialect", import_module(f"reconciler.live.dialects.{name}").DIALECT)
