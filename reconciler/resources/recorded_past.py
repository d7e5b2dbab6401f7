"""The records of the last apply, which distinguish manual edits from changes of the gateway file."""

from __future__ import annotations

from reconciler.address import Address
from reconciler.values import dataclass


@dataclass(frozen=True)
class RecordedPast:
    """The digest of the gateway file at the last complete apply, and later removals of resources by hand."""

    wants: str | None = None  # the digest, which leaves out the values of headers; None: the last apply was incomplete
    gone: frozenset[Address] = frozenset()


NOTHING = RecordedPast()
