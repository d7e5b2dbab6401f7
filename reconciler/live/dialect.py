"""A dialect: the protocol that an endpoint uses for its model list and for chat.

Each module of `reconciler.live.dialects` defines one `DIALECT`. `reconciler.presets.dialects` has the names of all
dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cache
from importlib import import_module
from typing import Any, cast

from reconciler.address import Api, Purpose
from reconciler.live.lists.details import ReadDetails, details_of
from reconciler.live.purposes import purpose_of
from reconciler.values import dataclass

Envelope = Mapping[str, Any]  # the fields of a page other than its entries


@dataclass(frozen=True, kw_only=True)
class ChatReply:
    """The answer of a model: its text, and the name of the model in the answer."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    calls: tuple[str, ...] = ()  # the names of the tools that the model calls
    model: str | None = None
    stopped: str = ""  # the reason why the model stopped, in the server's word

    @property
    def is_answer(self) -> bool:
        """Return whether the reply has any content.

        A reply with the right shape but without content is not an answer.
        """
        return bool(self.text.strip() or self.thinking.strip() or self.refusal.strip() or self.calls)


@dataclass(frozen=True, kw_only=True)
class ChatApi:
    """The chat protocol of an endpoint.

    `path(base URL, model ID)` returns the path of the chat below the base URL. An ID in the path is encoded by
    `urls.path_segment`. `path` raises `Fault` if there is no such path. `body(model ID, prompt)` returns the request
    with one message. `reply(answer)` returns None for a response that is not a chat answer. `join_events` joins the
    events of a stream into one response that `reply` can read.
    """

    path: Callable[[str, str], str]
    body: Callable[[str, str], dict[str, Any]]
    reply: Callable[[Any], ChatReply | None]
    join_events: Callable[[Sequence[Any]], Any]


def one_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """Return None, because each list of this dialect has one page."""
    return None


def next_by_token(field: str, parameter: str) -> Callable[[Envelope, int], dict[str, str] | None]:
    """Return the `next_page` function for lists whose pages have the token of the next page in `field`."""

    def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
        token = envelope.get(field)
        return {parameter: token} if isinstance(token, str) and token else None

    return next_page


def as_written(base_url: str) -> str:
    """Return the base URL unchanged, because the model list is below the base URL."""
    return base_url


def no_marker(_body: Any) -> bool:
    """Return False, because the dialect has no error code for a rejected key."""
    return False


@dataclass(frozen=True, kw_only=True)
class DetailRequest:
    """A POST request for the details of one model.

    The request has a path below the base URL, a body, and a function that reads the answer.
    """

    path: str
    body: Callable[[str], dict[str, Any]]
    read: Callable[[Mapping[str, Any]], ReadDetails]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The list and chat protocol of an endpoint. A dialect only names fields. `lists.admit` turns entries into models.

    `list_path`: the path below `list_base(base URL)`, with the largest page size. `containers`: groups of fields that
    hold the entries. The first group that a page has is used. A page may also be an array. `ids`: the fields of an
    entry that may hold the ID, best first. `may_be_bare`: whether `{}` is an empty page. `next_page(envelope, number of
    entries)`: the query for the next page, or None on the last page. `purpose(entry, model ID)`: the purpose and its
    source. `details(entry)`: limits, capabilities and APIs, and whether a limit was ignored. `refuses_key(body)`:
    whether a JSON body has one of the vendor's codes for a rejected key. `families`: the families of environment
    variables (`reconciler.tools.families`) that tell tools the address of the endpoint. `chat`: the dialect's own chat
    API. `apis`: how to send a message through each API that servers of the dialect may have. `detail_request`: the
    request for the details of one model, if the list has no details.
    """

    list_path: str
    containers: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    may_be_bare: bool = False
    list_base: Callable[[str], str] = as_written
    next_page: Callable[[Envelope, int], dict[str, str] | None] = one_page
    purpose: Callable[[Mapping[str, Any], str], tuple[Purpose, str]] = purpose_of
    details: Callable[[Mapping[str, Any]], ReadDetails] = details_of
    detail_request: DetailRequest | None = None
    refuses_key: Callable[[Any], bool] = no_marker
    chat: ChatApi | None = None
    apis: Mapping[Api, ChatApi] = field(default_factory=dict)
    families: tuple[str, ...] = ()

    @property
    def own_api(self) -> Api | None:
        """The name of the dialect's own chat API. The value is None if no other dialect has this API."""
        return next((name for name, api in self.apis.items() if api is self.chat), None)


def dialect_of(name: str) -> Dialect:
    """Return the dialect with this name. `reconciler.presets.dialects.DIALECTS` has all names."""
    return cast("Dialect", _module(name).DIALECT)


@cache
def _module(name: str) -> Any:
    return import_module(f"reconciler.live.dialects.{name}")
