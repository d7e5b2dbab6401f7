"""What the records remember of themselves, so that edits by hand are told from changes of the file."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.address import Address


@dataclass(frozen=True)
class RecordedPast:
    """What the gateway file wanted at the last complete apply, and what was taken out by hand since."""

    wants: str | None = None  # a digest, without the values of headers; None: the last apply was not complete
    gone: frozenset[Address] = frozenset()


NOTHING = RecordedPast()
