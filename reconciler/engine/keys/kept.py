"""The ledger's rows of kept keys, and what the keychain says to them: fingerprints, and no key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from reconciler.ledger.entry_rows import Ledger
from reconciler.resources.presence import Absent, KeychainEntry, Present, Seen, Slot, Unknown
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain


class KeptKeys:
    """What is kept on this machine, whichever stack it is for; opens nothing before it is asked."""

    def __init__(self, path: Callable[[], Path]) -> None:
        self._path = path

    @cached_property
    def ledger(self) -> Ledger:
        """Where the rows are."""
        return Ledger(self._path())

    @cached_property
    def entries(self) -> dict[Slot, KeychainEntry]:
        """The rows of the ledger."""
        return self.ledger.entries()

    def look(self, slots: Iterable[Slot]) -> dict[Slot, Seen]:
        """What the keychain says of these; one that does not answer is asked once."""
        seen: dict[Slot, Seen] = {}
        keychain: Keychain | None = None
        for slot in slots:
            try:
                keychain = keychain or open_keychain(PATIENCE)
                found = keychain.fingerprint(*slot, self.ledger.digest)
                seen[slot] = Present(found) if found else Absent()
            except KeychainFault as fault:
                silent = Unknown(fault.reason, fault.hint, fault.refused)
                return dict.fromkeys(slots, silent) | seen
        return seen
