"""The limits of one HTTP exchange."""

from __future__ import annotations

from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The limits of one HTTP exchange.

    `largest` is the largest size of the body in bytes, both compressed and decompressed. `attempts` includes the first
    try. `connect` is the limit for making a connection, in seconds. If `connect` is None, only the deadline of the
    exchange counts.
    """

    largest: int = 32 * 1024 * 1024
    refusal: int = 64 * 1024  # bytes that are kept of the body of an error response
    head: int = 4 * 1024  # bytes that are kept of a body that a `BodyReader` reads
    attempts: int = 4
    connect: float | None = None
