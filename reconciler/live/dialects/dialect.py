"""What a dialect says, as a module's functions and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.resources.catalog import ListedModel


class Dialect(Protocol):
    """How an endpoint lists its models."""

    @property
    def LIST_PATH(self) -> str:
        """The list's path below the base URL, with a page size where one helps."""
        ...

    def items(self, page: Any, /) -> list[Any] | None:
        """The items of a page; None for a shape that is no list."""
        ...

    def model(self, item: Any, /) -> ListedModel | None:
        """The model of an item; None for one without an ID."""
        ...

    def next_page(self, page: Any, /) -> dict[str, str] | None:
        """The query that asks for the next page; None on the last one."""
        ...


@dataclass(frozen=True)
class Said:
    """What a model answered, and the model that the answer names."""

    text: str
    model: str | None


class ChatDialect(Protocol):
    """How an endpoint chats."""

    @property
    def CHAT_PATH(self) -> str:
        """The chat's path below the base URL."""
        ...

    def message(self, model_id: str, prompt: str, /) -> dict[str, Any]:
        """The body that sends one message."""
        ...

    def said(self, answer: Any, /) -> Said | None:
        """What was answered; None for a shape that is no answer."""
        ...
