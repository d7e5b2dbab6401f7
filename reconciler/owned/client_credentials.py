"""The user's own credential of a tool's file: in the keychain while gwctl's values are at its places.

The ledger has the name of the entry, in the row of the part. The entry has the backup of the part, and nothing else has
the credential. gwctl writes the entry before it edits the file, and deletes the entry after the file has the credential
again: at every moment the credential is in the file, in the keychain, or in both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from reconciler import safe_json
from reconciler.address import Address
from reconciler.owned.client_files import Backup
from reconciler.owned.kind import OwnedFault
from reconciler.resources.presence import KEEPS, OwnedRow, Slot
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain

Answer = TypeVar("Answer")
Entry = tuple[str, str]  # service, account


def entry_for(gateway: str, stack: str, address: Address, slot: Slot) -> Entry:
    """Return the entry of the keychain for the credential that is in the slot."""
    digest = hashlib.sha256(json.dumps(slot.path).encode()).hexdigest()[:8]
    return f"gwctl:{gateway}/{stack[:8]}", f"{address}/{digest}"


def entry_of(row: OwnedRow) -> Entry | None:
    """Return the entry that the row names; None if nothing of the part is in the keychain."""
    if not row.keeps:
        return None
    service, account = safe_json.loads(row.facts[KEEPS])
    return str(service), str(account)


def fact_of(entry: Entry) -> dict[str, str]:
    """Return the fact of a row that names the entry."""
    return {KEEPS: json.dumps(entry)}


@dataclass(frozen=True)
class Credentials:
    """The entries of the keychain for credentials of tools' files. Every method raises `OwnedFault`."""

    def read(self, entry: Entry) -> Backup | None:
        """Return the backup in the entry; None if there is no entry."""
        return _bounded(lambda: self._keychain.taken(*entry, Backup.read))

    def check(self, entry: Entry) -> None:
        """Raise `OwnedFault` if the keychain cannot be used, or has an entry of that name."""
        if _bounded(lambda: self._keychain.taken(*entry, bool)) is not None:
            raise OwnedFault(_taken(entry), "delete that entry with the keychain tool of your system")

    def keep(self, entry: Entry, backup: Backup) -> None:
        """Create the entry, if it is not there. Another content than the backup is left, and is a fault."""
        there = self.read(entry)
        if there is None:
            _bounded(lambda: self._keychain.take(*entry, backup.as_text()))
        elif not there.has_the_values_of(backup):
            raise OwnedFault(_taken(entry), "delete that entry with the keychain tool of your system")

    def drop(self, entry: Entry) -> None:
        """Delete the entry if it exists. The file has the credential."""
        _bounded(lambda: self._keychain.remove(*entry))

    @cached_property
    def _keychain(self) -> Keychain:
        return open_keychain(PATIENCE)


def why_no_keychain() -> tuple[str, str] | None:
    """Return why this machine has no keychain that gwctl uses, and what to do; None if there is one. None is read."""
    try:
        open_keychain(PATIENCE)
    except KeychainFault as fault:
        return fault.reason, fault.hint
    return None


def gone(path: str) -> OwnedFault:
    """Return the fault of an entry that somebody else deleted: the file gets back everything else."""
    return OwnedFault(
        f"the keychain no longer has your credential of {path}; everything else was restored",
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
