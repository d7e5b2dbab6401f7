"""The keys that gwctl stores in the OS keychain. Ledgers, plans and backups contain no keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from reconciler import codes
from reconciler.ledger.stack_rows import Stacks
from reconciler.owned.key_rules import KeyRules, fingerprint_of, key_rules
from reconciler.owned.kind import OwnedFault, OwnedKind, OwnedRun, Preparation
from reconciler.plan.change import Change
from reconciler.resources.presence import WANTED_BY, Absent, OwnedRow, Presence, Present, Slot, Unknown, slot_of
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain
from reconciler.values import dataclass


@dataclass(frozen=True)
class KeychainKind:
    """The keychain entries in one run, as a kind of owned resource."""

    run: OwnedRun
    failed_code = codes.KEYCHAIN_FAILED

    @cached_property
    def rules(self) -> KeyRules:
        """The rules for stored keys, with the fingerprints of the keys that this run has read."""
        return key_rules(self.run)

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return the fingerprints of the keychain entries in these slots.

        After a failure, all further slots are `Unknown`.
        """
        seen: dict[Slot, Presence] = {}
        slots = list(slots)
        for slot in slots:
            try:
                fingerprint = self._keychain.fingerprint(*_entry(slot), self.run.ledger.digest)
                seen[slot] = Present(fingerprint) if fingerprint else Absent()
            except KeychainFault as fault:
                silent = Unknown(fault.reason, fault.hint, fault.refused)
                return dict.fromkeys(slots, silent) | seen
        return seen

    def prepare(self, change: Change) -> Preparation:
        """Return the fingerprint of the key that the write will put into the slot.

        If the key moves, first copy the key's bindings to the new address. If the run is killed, the bindings still
        exist.
        """
        if change.moved_from:
            Stacks(self.run.ledger.path).rename_kept(self.run.stack, str(change.moved_from), str(change.address))
        key = self._key(change)
        digest = self.run.ledger.digest
        try:
            wanted = fingerprint_of(key, digest) if key else self._keychain.fingerprint(*_source(change), digest)
            backend = self._keychain.name
        except KeychainFault as fault:
            raise _owned(fault) from None
        if wanted is None:  # the entry to adopt or to move no longer exists
            raise OwnedFault("the entry no longer exists", f"set the key again: gwctl key set {change.address.name}")
        facts = change.after.facts if change.after else {}
        said = {name: str(facts[name]) for name in ("origin", WANTED_BY) if name in facts}
        return Preparation(fingerprint=wanted, facts={"origin": "", **said, "backend": backend})

    def write(self, change: Change) -> None:
        """Write the key to the keychain entry.

        Use the key that this run has read, otherwise the key in the source slot.
        """
        key, entry = self._key(change), _target(change)
        try:
            if key is not None:
                self._keychain.put(*entry, key)
            else:
                self._keychain.copy(_source(change), *entry)
        except KeychainFault as fault:
            raise _owned(fault) from None

    def remove(self, row: OwnedRow) -> None:
        """Delete the keychain entry.

        The key in an adopted entry cannot be restored, because the ledger contains no secrets.
        """
        try:
            self._keychain.remove(*_entry(row.slot))
        except KeychainFault as fault:
            raise _owned(fault) from None

    def tidy(self, row: OwnedRow) -> None:
        """Do nothing, because a keychain never leaves a half-written entry."""

    @cached_property
    def _keychain(self) -> Keychain:
        return open_keychain(PATIENCE)

    def _key(self, change: Change) -> Key | None:
        return self.run.key_of(change.address.name)


def _entry(slot: Slot) -> tuple[str, str]:
    service, account = slot.path
    return service, account


def _target(change: Change) -> tuple[str, str]:
    if change.after is None:
        raise AssertionError(f"the change writes nothing: {change.address}")
    return _entry(slot_of(change.after))


def _source(change: Change) -> tuple[str, str]:
    """Return the keychain entry that contains the key now.

    If the key moves, this is the entry in the old slot. Otherwise this is the entry in the new slot.
    """
    return _entry(slot_of(change.before)) if change.moved_from and change.before else _target(change)


def _owned(fault: KeychainFault) -> OwnedFault:
    return OwnedFault(fault.reason, fault.hint)


OPEN: Callable[[OwnedRun], OwnedKind] = KeychainKind
