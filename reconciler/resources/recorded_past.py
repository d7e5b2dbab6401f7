"""The records' own past, by which manual edits are told from changes of the gateway file."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.address import Address


@dataclass(frozen=True)
class RecordedPast:
    """The wishes of the gateway file at the last complete apply, and the manual removals since."""

    wants: str | None = None  # a digest, without the values of headers; None: the last apply was not complete
    gone: frozenset[Address] = frozenset()


NOTHING = RecordedPast()
