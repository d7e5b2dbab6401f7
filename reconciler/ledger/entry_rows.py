"""The ledger's rows of keychain entries: what this machine's keychain holds because gwctl wrote it.

A row is written before and after each effect. Only the ledger authorises deleting a keychain entry.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, get_args

from reconciler import safe_json
from reconciler.identity import now
from reconciler.ledger.database import LedgerFile, secret_in
from reconciler.resources.presence import KeychainEntry, Owner, Slot, Status
from reconciler.secrets.key import Key

_KIND = "key"


class Ledger:
    """The rows of one file; it is made by the first write. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self.file = LedgerFile(path)
        self._provisional: dict[str, Callable[[bytes], str]] = {}  # of fingerprints made without a file

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path

    def entries(self) -> dict[Slot, KeychainEntry]:
        """All rows, by where they are in the keychain; none when there is no ledger yet."""
        if not self.file.is_there():
            return {}
        with self.file.open() as rows:
            owners: dict[Slot, list[Owner]] = {}
            for slot, stack, lineage, address, name, place in rows.execute(
                "SELECT slot, stack, lineage, address, name, place FROM owner WHERE kind='key' ORDER BY stack"
            ):
                owners.setdefault(_slot(slot), []).append(
                    Owner(stack=stack, lineage=lineage, address=address, name=name, place=place)
                )
            found = rows.execute(
                "SELECT slot, fingerprint, status, pending, facts, changed FROM owned WHERE kind='key' ORDER BY slot"
            )
            entries = map(_entry, found)
            return {entry.slot: replace(entry, owners=tuple(owners.get(entry.slot, ()))) for entry in entries}

    def fingerprint(self, key: Key) -> str:
        """What tells one key from another without holding any of it: HMAC-SHA256 under the ledger's own key."""
        return self.digest(key.reveal())

    def digest(self, value: str) -> str:
        """The same of what a keychain holds."""
        secret = self.file.kept_secret()
        made = _digest(secret or self.file.fresh, value)
        if secret is None:  # no file yet, and another gwctl may make it before this one does
            self._provisional[made] = lambda kept: _digest(kept, value)
        return made

    def begin_write(self, slot: Slot, pending: str, origin: str, backend: str, owner: Owner) -> None:
        """Say that an entry is about to be written for that owner; what is known of the old value stays."""
        with self.file.open(writing=True) as rows:
            of = self._provisional.get(pending)  # made under the secret that is in the file now, in one transaction
            pending = of(secret_in(rows)) if of else pending
            facts = json.dumps({"origin": origin, "backend": backend})
            rows.execute(
                "INSERT INTO owned VALUES (?, ?, '', ?, 'writing', '', ?, ?) ON CONFLICT DO UPDATE SET "
                "pending=excluded.pending, status='writing', facts=excluded.facts, changed=excluded.changed",
                (*_at(slot), pending, facts, now()),
            )
            rows.execute("DELETE FROM owner WHERE kind=? AND slot=?", _at(slot))  # no two stacks share an entry
            rows.execute("INSERT INTO owner VALUES (?, ?, ?, ?, ?, ?, ?)", (*_at(slot), *astuple(owner)))

    def end_write(self, slot: Slot) -> None:
        """Say that it is there."""
        with self.file.open(writing=True) as rows:
            rows.execute(
                "UPDATE owned SET fingerprint=pending, pending='', status='present' WHERE kind=? AND slot=?", _at(slot)
            )

    def rename_kept(self, stack: str, old: str, new: str) -> None:
        """The key that is kept at the address `old` is kept at `new`: it may go wherever it might before."""
        columns = "origin, path, proxy, ca_file, ca_content, how, agreed"
        with self.file.open(writing=True) as rows:
            rows.execute(
                f"INSERT OR IGNORE INTO binding (stack, kind, written, resolved, {columns}) "  # noqa: S608 - constant
                f"SELECT stack, kind, ?, ?, {columns} FROM binding WHERE stack=? AND kind='kept' AND written=?",
                (new, new, stack, old),
            )

    def own(self, slot: Slot, owner: Owner) -> None:
        """One more gateway uses an entry that is there already."""
        with self.file.open(writing=True) as rows:
            rows.execute("INSERT OR REPLACE INTO owner VALUES (?, ?, ?, ?, ?, ?, ?)", (*_at(slot), *astuple(owner)))

    def begin_delete(self, slot: Slot) -> None:
        """Say that the entry is about to be deleted."""
        with self.file.open(writing=True) as rows:
            rows.execute("UPDATE owned SET status='deleting' WHERE kind=? AND slot=?", _at(slot))

    def disown(self, slot: Slot, stack: str) -> None:
        """That stack uses the entry no more; the row goes with its last owner."""
        with self.file.open(writing=True) as rows:
            rows.execute("DELETE FROM owner WHERE kind=? AND slot=? AND stack=?", (*_at(slot), stack))
            rows.execute(
                "DELETE FROM owned WHERE kind=? AND slot=? AND NOT EXISTS (SELECT 1 FROM owner "
                "WHERE owner.kind=owned.kind AND owner.slot=owned.slot)",
                _at(slot),
            )

    def forget(self, slot: Slot) -> None:
        """No such entry is there, whoever owned it."""
        with self.file.open(writing=True) as rows:
            rows.execute("DELETE FROM owned WHERE kind=? AND slot=?", _at(slot))

    def settle(self, slot: Slot, found: KeychainEntry | None) -> None:
        """Write down what came of an effect that was begun."""
        if found is None:
            self.forget(slot)
            return
        with self.file.open(writing=True) as rows:
            rows.execute(
                "UPDATE owned SET fingerprint=?, pending=?, status=? WHERE kind=? AND slot=?",
                (found.fingerprint, found.pending, found.status, *_at(slot)),
            )


def _at(slot: Slot) -> tuple[str, str]:
    """The kind and the slot as their columns have them: as SQLite's json_array writes it."""
    return _KIND, json.dumps(slot, ensure_ascii=False, separators=(",", ":"))


def _slot(text: str) -> Slot:
    found = safe_json.loads(text)
    if not isinstance(found, list) or list(map(type, found)) != [str, str]:
        raise ValueError("the place of an entry is none of gwctl's")
    return found[0], found[1]


def _entry(row: tuple[Any, ...]) -> KeychainEntry:
    slot, fingerprint, status, pending, facts, changed = row
    said = safe_json.loads(facts)
    if status not in get_args(Status):
        raise ValueError("the status of an entry is none of gwctl's")
    if not isinstance(said, dict) or not all(type(each) is str for each in said.values()):
        raise ValueError("the facts of an entry are none of gwctl's")
    service, account = _slot(slot)
    return KeychainEntry(
        service=service,
        account=account,
        fingerprint=fingerprint,
        status=status,
        pending=pending,
        origin=said.get("origin", ""),
        backend=said.get("backend", ""),
        changed=changed,
    )


def _digest(secret: bytes, value: str) -> str:
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()
