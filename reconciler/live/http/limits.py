"""The limits of one exchange."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """`largest` in bytes of the answer's body, compressed and not; `attempts` 1: it is sent once, whatever comes of it.

    `connect` in seconds until there is a connection; None: the deadline of the whole alone counts.
    """

    largest: int = 32 * 1024 * 1024
    refusal: int = 64 * 1024  # of the body of an answer that is no success
    head: int = 4 * 1024  # of a body that somebody reads while it comes
    attempts: int = 4
    connect: float | None = None
