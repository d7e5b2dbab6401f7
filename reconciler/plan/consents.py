"""The user's consents by name: each allows one thing, none allows all."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.address import Address


@dataclass(frozen=True, kw_only=True)
class Consents:
    """Named consents, from options and from `removed:` in the gateway file."""

    catalogs: frozenset[str] = frozenset()  # endpoints whose short list is to be believed
    deletes: frozenset[str] = frozenset()  # endpoints that may go
    adopts: frozenset[Address] = frozenset()  # keychain entries that become gwctl's, though it did not make them
    hosts: frozenset[str] = frozenset()  # endpoints whose key may go to another origin than the recorded one
    removed: frozenset[Address] = frozenset()  # what the gateway file itself says may go
    everything: bool = False  # destroy: its own consent to deleting many

    def allows_delete(self, at: Address) -> bool:
        """Return whether somebody asked by name for this endpoint to go."""
        return at.name in self.deletes or at in self.removed


NO_CONSENT = Consents()
