"""What one exchange may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """`largest` in bytes of the answer, decompressed; `attempts` 1: it is sent once, whatever comes of it.

    `connect` in seconds until there is a connection; None: the deadline of the whole alone counts.
    """

    largest: int = 32 * 1024 * 1024
    attempts: int = 4
    connect: float | None = None
