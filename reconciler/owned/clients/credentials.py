"""The keychain entries for the user's own credentials, which gwctl's values replace in the files of tools.

The ledger's row for a part of a tool's file names the keychain entry. The entry contains the backup of that part. No
other store of gwctl contains the credential. gwctl writes the entry before editing the file. gwctl deletes the entry
after the file contains the credential again. The credential is therefore always in the file, in the keychain, or in
both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from reconciler import safe_json
from reconciler.address import Address
from reconciler.owned.clients.backup import Backup
from reconciler.owned.kind import OwnedFault
from reconciler.resources.presence import KEEPS, OwnedRow, Slot
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain
from reconciler.values import dataclass

Answer = TypeVar("Answer")
Entry = tuple[str, str]  # service, account


def entry_for(gateway: str, stack: str, address: Address, slot: Slot) -> Entry:
    """Return the keychain entry for the credential in the slot."""
    digest = hashlib.sha256(json.dumps(slot.path).encode()).hexdigest()[:8]
    return f"gwctl:{gateway}/{stack[:8]}", f"{address}/{digest}"


def entry_of(row: OwnedRow) -> Entry | None:
    """Return the keychain entry that the ledger's row names, or None if the row names no entry."""
    if not row.keeps:
        return None
    service, account = safe_json.loads(row.facts[KEEPS])
    return str(service), str(account)


def fact_of(entry: Entry) -> dict[str, str]:
    """Return the fact that names the keychain entry in a row of the ledger."""
    return {KEEPS: json.dumps(entry)}


@dataclass(frozen=True)
class Credentials:
    """The keychain entries that contain the credentials from tools' files. Every method raises `OwnedFault`."""

    def read(self, entry: Entry) -> Backup | None:
        """Return the backup in the keychain entry, or None if the entry does not exist."""
        return _bounded(lambda: self._keychain.taken(*entry, Backup.read))

    def check(self, entry: Entry) -> None:
        """Raise `OwnedFault` if the keychain cannot be used, or already has an entry with this name."""
        if _bounded(lambda: self._keychain.taken(*entry, bool)) is not None:
            raise OwnedFault(_taken(entry), "delete that entry with the keychain tool of your system")

    def keep(self, entry: Entry, backup: Backup) -> None:
        """Create the keychain entry if it does not exist.

        Raise `OwnedFault` if an existing entry differs from the backup.
        """
        there = self.read(entry)
        if there is None:
            _bounded(lambda: self._keychain.take(*entry, backup.as_text()))
        elif not there.has_the_values_of(backup):
            raise OwnedFault(_taken(entry), "delete that entry with the keychain tool of your system")

    def drop(self, entry: Entry) -> None:
        """Delete the keychain entry if it exists. The file must already contain the credential."""
        _bounded(lambda: self._keychain.remove(*entry))

    @cached_property
    def _keychain(self) -> Keychain:
        return open_keychain(PATIENCE)


def why_no_keychain() -> tuple[str, str] | None:
    """Return the reason why gwctl can use no keychain on this machine, and a hint.

    Return None if gwctl can use a keychain. The function does not read the keychain.
    """
    try:
        open_keychain(PATIENCE)
    except KeychainFault as fault:
        return fault.reason, fault.hint
    return None


def gone(path: str) -> OwnedFault:
    """Return the fault for a keychain entry that no longer exists. Everything except the credential is restored."""
    return OwnedFault(
        f"the keychain no longer has your credential from {path}; everything else was restored",
        "type the credential into the file again",
    )


def _taken(entry: Entry) -> str:
    service, account = entry
    return f"the keychain already has another entry {service} {account}"


def _bounded(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except KeychainFault as fault:
        raise OwnedFault(fault.reason, fault.hint) from None
