"""The HTTP exchange that a store is given, so that it uses the same proxy and TLS as endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.errors import GatewayError


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; its headers may hold a password."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    seconds: float  # for the whole of it, further attempts included
    body: bytes | None = field(default=None, repr=False)
    again: bool = False  # whether it may be sent a second time: when it was cut off, or the server was busy


class HttpReply(Protocol):
    """A whole answer; header names are in lower case."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """All of them."""
        ...

    @property
    def body(self) -> bytes:
        """The body, decompressed."""
        ...


class NoAnswer(GatewayError):
    """Nothing came back, or not all of it; `why` is clean, and `is_sent` says that it may have been carried out."""

    def __init__(self, why: str, is_sent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.is_sent = is_sent


Exchange = Callable[[Request], HttpReply]
