"""The commands that install, remove and check the git hooks. No state is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.address import HOOK, Address
from reconciler.apply.owned import OwnedContext, carry_out, settle
from reconciler.diagnostics import Diagnostic
from reconciler.engine.hooks.repository import NAMES, hook_text, line_of, refused, repository_of
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, open_without_state
from reconciler.owned.hooks import HookKind
from reconciler.owned.kind import OwnedRun
from reconciler.plan.change import Change
from reconciler.plan.owned.table import plan_owned
from reconciler.plan.owned.values import OwnedInputs, WantedThing
from reconciler.render.json.types.machine import HookCondition
from reconciler.resources.presence import OwnedRow, Presence, Present, Slot, Unknown, slot_of
from reconciler.values import dataclass


@dataclass(frozen=True)
class Hooked:
    """The changes that were made, and the reasons why other changes were not made."""

    changes: tuple[Change, ...]
    diagnostics: tuple[Diagnostic, ...]


def install_hooks(options: Options) -> Hooked:
    """Write the hooks, and update the hooks that gwctl wrote before. Raise `Failed` if no hook can be written."""
    session = open_without_state(options)
    if not session.state.lineage:
        raise refused("Nothing was applied from this gateway file on this machine", f"first gwctl apply{options.typed}")
    repository = repository_of(options)
    text, line = hook_text(options, repository.top), line_of(options, repository.top)
    desk = _Desk(session, [str(repository.hooks / name) for name in NAMES], text)
    wanted = [
        WantedThing(
            address=Address(HOOK, name),
            slot=Slot(HOOK, (str(repository.hooks / name),)),
            fingerprint=desk.run.ledger.digest(text),
            origin="gwctl hook install",
            reason="gwctl hook install",
            changed=("config", "another command line, or another gwctl"),
        )
        for name in NAMES
    ]
    return desk.carry_out(wanted, {want.address: line for want in wanted})


def remove_hooks(options: Options) -> Hooked:
    """Delete the unchanged hooks of this gateway file. Other hooks stay, and only their ledger rows are removed."""
    return _Desk(open_without_state(options)).carry_out((), {})


def conditions(options: Options) -> dict[str, HookCondition]:
    """Return {path of a hook: condition} for the hooks in the repository and the hooks in the ledger."""
    hooks = repository_of(options).hooks
    desk = _Desk(open_without_state(options), [str(hooks / name) for name in NAMES])
    return {slot.path[0]: _condition(desk.rows.get(slot), seen, desk.run.stack) for slot, seen in desk.seen.items()}


class _Desk:
    """The hooks of one session: the rows in the ledger, and the observed files."""

    def __init__(self, session: Session, paths: Sequence[str] = (), text: str = "") -> None:
        keys = session.keys
        self.session = session
        self.run = OwnedRun(ledger=keys.ledger, rows=keys.rows, stack=session.trust.stack.id)
        self.kind = HookKind(self.run, text)
        self.rows = {slot: row for slot, row in keys.rows.items() if slot.kind is HOOK}
        own = [slot for slot, row in self.rows.items() if row.is_owned_by(self.run.stack)]
        self.seen = self.kind.observe(dict.fromkeys([*(Slot(HOOK, (path,)) for path in paths), *own]))

    def carry_out(self, wanted: Sequence[WantedThing], lines: Mapping[Address, str]) -> Hooked:
        """Plan the changes by the table for owned resources, and make the changes."""
        rules = replace(self.kind.rules, lines=lines)
        kept = {want.slot for want in wanted}
        inputs = OwnedInputs(rules=rules, rows=self.rows, seen=self.seen, stack=self.run.stack)
        plan = plan_owned(wanted, inputs)
        context = OwnedContext(
            kinds={HOOK: self.kind},
            ledger=self.run.ledger,
            rows=self.rows,
            seen=self.seen,
            stack=self.run.stack,
            name=self.session.gateway.name,
            place=self.session.store.url,
        )
        settle(context)
        changes = [change for change in plan.changes if change.action != "none" or change.is_to_remember]
        if wanted:  # a hook in another repository stays
            changes = [change for change in changes if change.after or _slot(change) in kept]
        done = carry_out(context, changes, self.session.state.lineage)
        made = tuple(change for change, fault in done if fault is None)
        return Hooked(made, (*plan.diagnostics, *(fault for _, fault in done if fault)))


def _slot(change: Change) -> Slot | None:
    return slot_of(change.before) if change.before else None


def _condition(row: OwnedRow | None, seen: Presence, stack: str) -> HookCondition:
    is_ours = row is not None and row.is_owned_by(stack)
    if isinstance(seen, Unknown):
        return "not readable"
    if not isinstance(seen, Present):
        return "missing" if is_ours else "not installed"
    if row is None or not is_ours:
        return "of another program"
    return "installed" if seen.fingerprint in (row.fingerprint, row.pending) else "changed"
