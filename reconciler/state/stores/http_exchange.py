"""The HTTP exchange that a store uses.

The caller supplies a function that makes the exchange. The function uses the proxy and TLS settings of endpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Protocol

from reconciler.errors import GatewayError
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request of a store. Its headers may contain a password."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    seconds: float  # for the whole exchange, with all attempts
    body: bytes | None = field(default=None, repr=False)
    again: bool = False  # whether it may be sent again, after a lost connection or to a busy server


class HttpReply(Protocol):
    """A complete answer to a store's HTTP request. Header names are in lower case."""

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """All headers of the answer."""
        ...

    @property
    def body(self) -> bytes:
        """The decompressed body of the answer."""
        ...


class NoAnswer(GatewayError):
    """The request got no complete answer.

    `why` is safe to show. `is_sent` means that the server may have processed the request.
    """

    def __init__(self, why: str, is_sent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.is_sent = is_sent


Exchange = Callable[[Request], HttpReply]
