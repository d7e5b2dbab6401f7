"""The consents of the user. Each consent names one thing that the user allows."""

from __future__ import annotations

from reconciler.address import Address
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Consents:
    """The consents of the user, from options and from `removed:` in the gateway file."""

    catalogs: frozenset[str] = frozenset()  # endpoints whose short list is accepted
    deletes: frozenset[str] = frozenset()  # endpoints that may be deleted
    adopts: frozenset[Address] = frozenset()  # addresses for which gwctl may take over an existing keychain entry
    hosts: frozenset[str] = frozenset()  # endpoints whose key may be sent to an origin other than the recorded one
    removed: frozenset[Address] = frozenset()  # addresses in `removed:` of the gateway file
    everything: bool = False  # `gwctl destroy`: all endpoints may be deleted

    def allows_delete(self, at: Address) -> bool:
        """Return whether a consent names this endpoint for deletion."""
        return at.name in self.deletes or at in self.removed


NO_CONSENT = Consents()
