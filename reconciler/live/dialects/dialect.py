"""What a dialect says, as a module's functions and constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.address import Purpose

Envelope = Mapping[str, Any]  # what a page holds beside its entries


class Dialect(Protocol):
    """How an endpoint lists its models. It says where things stand; only the gate makes models of them."""

    @property
    def LIST_PATH(self) -> str:
        """The list's path below the base URL, with a page size where one helps."""
        ...

    @property
    def CONTAINERS(self) -> tuple[tuple[str, ...], ...]:
        """The fields that hold the entries: of these groups the first that is there counts. A page may be an array."""
        ...

    @property
    def IDS(self) -> tuple[str, ...]:
        """The fields of an entry that may hold its ID, best first."""
        ...

    @property
    def MAY_BE_BARE(self) -> bool:
        """Whether `{}` is an empty page."""
        ...

    def purpose(self, entry: Mapping[str, Any], model_id: str, /) -> tuple[Purpose, str]:
        """(purpose, what it was read from)."""
        ...

    def next_page(self, envelope: Envelope, entries: int, /) -> dict[str, str] | None:
        """The query that asks for the next page, given how many entries this one had; None when it names none."""
        ...


@dataclass(frozen=True, kw_only=True)
class ChatReply:
    """What a model answered, and the model that the answer names."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    calls: tuple[str, ...] = ()  # the tools that it calls
    model: str | None = None
    stopped: str = ""  # why, as the server has it

    @property
    def is_answer(self) -> bool:
        """Whether there is anything in it; the right shape alone is no answer."""
        return bool(self.text.strip() or self.thinking.strip() or self.refusal.strip() or self.calls)


class ChatDialect(Protocol):
    """How an endpoint chats."""

    @property
    def CHAT_PATH(self) -> str:
        """The chat's path below the base URL."""
        ...

    def message(self, model_id: str, prompt: str, /) -> dict[str, Any]:
        """The body that sends one message."""
        ...

    def said(self, answer: Any, /) -> ChatReply | None:
        """What was answered; None for a shape that is no answer."""
        ...

    def gathered(self, events: Sequence[Any], /) -> Any:
        """The answer that the events of a stream come to, in the shape that `said` reads."""
        ...
