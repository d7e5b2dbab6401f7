"""The audit of the keychain entries that gwctl created on this machine, and the removal of orphaned entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from reconciler import address
from reconciler.address import KEY, Address
from reconciler.apply.owned import OwnedContext, carry_out, settle
from reconciler.diagnostics import Diagnostic
from reconciler.engine.options import Options
from reconciler.engine.stack.open_stack import read_state
from reconciler.engine.stack.open_store import credential_of, open_store
from reconciler.engine.stack.session import Session, open_session
from reconciler.engine.trust.withheld_messages import store_withheld
from reconciler.errors import Failed
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.machine_rows import MachineRows
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.stack_rows import Stacks
from reconciler.owned.clients.credentials import entry_of
from reconciler.owned.kind import OwnedRun
from reconciler.owned.registry import open_kind
from reconciler.plan.change import Change
from reconciler.resources.presence import Absent, OwnedRow, Owner, Presence, Present, Slot, Unknown, settled
from reconciler.secrets.binding import Binding, Bindings
from reconciler.state.document import State
from reconciler.store_url import is_remote
from reconciler.values import dataclass

Condition = Literal["kept", "missing", "changed", "orphaned", "unsettled", "unknown"]


class States:
    """The states that own keychain entries. Each state is read once."""

    def __init__(self, options: Options, ledger: Path) -> None:
        self._environ = options.environ
        self._machine = MachineRows(ledger)
        self._book = Stacks(ledger).read()
        self._here = _workspace_here(options)
        self._read: dict[tuple[str, str], State | Failed | None] = {}

    def keep(self, row: OwnedRow) -> bool:
        """Return true if one of the row's owners still stores the key."""
        return any(self._keeps(owner, row.is_of_machine) for owner in row.owners)

    def _keeps(self, owner: Owner, is_of_machine: bool) -> bool:
        """Return true if the owner's state still stores the endpoint's key, or if that state cannot be read.

        If the key is the machine's own, it is enough that the state has the endpoint.
        """
        here = self._here.state if self._here and self._here.trust.stack.id == owner.stack else None
        state = here or self._at(owner)  # the ledger has the old path of a moved state
        if isinstance(state, Failed):
            return True
        if state is None:
            return False
        if state.lineage != owner.lineage:  # probably another remote store
            return is_remote(owner.place)
        at = address.endpoint(owner.address.removeprefix("key."))
        resource = state.resources.get(at) or self._machine.read((owner.stack, state.lineage)).resources.get(at)
        begun = state.serial == 1 and not state.resources  # `gwctl key set` was run before the first apply
        return begun or bool(resource and (is_of_machine or resource.as_endpoint.store_key))

    def _at(self, owner: Owner) -> State | Failed | None:
        at = (owner.stack, owner.place)
        if at not in self._read:
            try:
                store = open_store(owner.place, Path(), self._environ, self._binding(owner))
                state, stored = read_state(store, None)
                # An empty shared store is probably the wrong store: the environment may have changed.
                self._read[at] = state if stored else Failed() if store.is_shared else None
            except Failed as fault:
                self._read[at] = fault
        return self._read[at]

    def _binding(self, owner: Owner) -> Binding | None:
        """Return the binding for the store's credential, or None if the store needs no binding.

        Raise `Failed` if the store needs a binding that does not exist.
        """
        credential = credential_of(owner.place, self._environ)
        if credential is None:
            return None
        binding = Bindings(self._book.pairs(owner.stack)).of(credential.pair)
        if not isinstance(binding, Binding):
            raise Failed(store_withheld(credential.pair, owner.place, (), ""))
        return binding


def _workspace_here(options: Options) -> Session | None:
    """Return the session of the gateway file, or None if the gateway file does not exist.

    An audit needs no gateway file.
    """
    try:
        return open_session(options, ())
    except Failed:
        return None


@dataclass(frozen=True)
class Audited:
    """A keychain entry, its condition, and the action that was taken or is possible."""

    row: OwnedRow
    condition: Condition
    advice: str = ""


def audit(options: Options) -> list[Audited]:
    """Return every keychain entry that gwctl created on this machine, for all gateway files."""
    run, states = _machine(options)
    taken = _taken(run.ledger)
    seen = open_kind(KEY, run).observe(sorted([*run.rows, *(row.slot for row in taken)]))
    keys = [_audited(row, seen[slot], states) for slot, row in run.rows.items()]
    return [*keys, *(_audited_credential(row, seen[row.slot]) for row in taken)]


def listed(options: Options) -> list[Audited]:
    """Return the keychain entries of this gateway file."""
    stack = open_session(options, ()).trust.stack.id
    return [audited_key for audited_key in audit(options) if audited_key.row.is_owned_by(stack)]


def tidy(options: Options, audited_keys: Sequence[Audited]) -> list[tuple[Audited, Diagnostic | None]]:
    """Complete the changes that killed runs began. Delete the orphaned entries that no other program has changed."""
    run, states = _machine(options)
    return [
        (audited_key, _tidied(run, audited_key.row, states))
        for audited_key in audited_keys
        if audited_key.condition in ("orphaned", "unsettled") and audited_key.row.slot in run.rows
    ]


def _machine(options: Options) -> tuple[OwnedRun, States]:
    """Return the ledger's rows of all stored keys on this machine, and the states that own these keys."""
    path = ledger_path(options.environ)
    ledger = OwnedRows(path)
    rows = {slot: row for slot, row in ledger.read().items() if slot.kind is KEY}
    return OwnedRun(ledger=ledger, rows=rows), States(options, path)


def _taken(ledger: OwnedRows) -> list[OwnedRow]:
    """Return a row for each keychain entry that contains a credential from a tool's file.

    The origin in the row is the tool's file.
    """
    rows = [(entry_of(row), row) for row in ledger.read().values()]
    return [
        replace(row, slot=Slot(KEY, entry), facts={"origin": str(row.slot)}, fingerprint="", pending="")
        for entry, row in rows
        if entry
    ]


def _audited_credential(row: OwnedRow, seen: Presence) -> Audited:
    if isinstance(seen, Unknown):
        return Audited(row, "unknown", seen.reason)
    if row.status != "present":
        return Audited(row, "unsettled", "an apply was killed; the next apply cleans up")
    if isinstance(seen, Absent):
        return Audited(row, "missing", "your own credential from that file is no longer in the keychain")
    return Audited(row, "kept", "your own credential from that file; removing the client puts the credential back")


def _audited(row: OwnedRow, seen: Presence, states: States) -> Audited:
    there = settled(row, seen)
    if isinstance(seen, Unknown):
        return Audited(row, "unknown", seen.reason)
    if row.status != "present":
        return Audited(row, "unsettled", "an apply was killed; the next apply or --tidy cleans up")
    if not states.keep(row):
        return Audited(row, "orphaned", "no state uses this entry; --tidy deletes the entry")
    if isinstance(seen, Absent):
        return Audited(row, "missing", f"`gwctl apply` or `gwctl key set {row.slot.path[-1]}` writes the key again")
    if there is None or seen.fingerprint != there.fingerprint:
        return Audited(row, "changed", "changed by another program; gwctl uses the changed key")
    return Audited(row, "kept")


def _tidied(run: OwnedRun, row: OwnedRow, states: States) -> Diagnostic | None:
    slot, kind = row.slot, open_kind(KEY, run)
    seen = kind.observe([slot])
    context = OwnedContext(kinds={KEY: kind}, ledger=run.ledger, rows={slot: row}, seen=seen)
    settle(context)
    there = settled(row, seen[slot])
    if there is None or states.keep(row):
        return None
    if seen[slot] != Present(there.fingerprint):
        run.ledger.forget(slot)
        return None
    before = slot.resource(Address(KEY, slot.path[-1]))
    change = Change(address=before.address, action="delete", cause="config", reason="orphaned", before=before)
    return carry_out(context, [change], "")[0][1]
