"""The git hooks of gwctl. A hook prints the line of `gwctl status --line`, and never fails.

Only `gwctl hook` writes a hook. A plan does not report hooks, because another tool may replace a hook at any time. A
destroy and `gwctl leave` delete the hooks that still have the content that gwctl wrote.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from reconciler import address, codes
from reconciler.address import HOOK, Address, Kind
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, error
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.owned.kind import OwnedFault, OwnedKind, OwnedRun, Preparation
from reconciler.plan.change import Change, Difference
from reconciler.plan.desired import Desired
from reconciler.plan.owned.values import OwnedCase, OwnedPlan, WantedThing
from reconciler.resources.presence import Absent, OwnedRow, Presence, Present, Slot, Unknown, slot_of
from reconciler.text import printable
from reconciler.values import dataclass

_LARGEST = 1 << 20  # bytes of a hook
_MODE = 0o755  # git ignores a hook that is not executable
NOTHING = OwnedPlan()


@dataclass(frozen=True)
class HookRules:
    """The rules for the git hooks in one run.

    `lines` is {hook to install: line of shell}. The user can add the line to a hook that gwctl did not write.
    """

    rows: Mapping[Slot, OwnedRow]
    stack: str
    lines: Mapping[Address, str]
    kind: Kind = HOOK
    unknown_code: Code = codes.HOOK_UNKNOWN
    is_off: bool = False

    @property
    def slots(self) -> frozenset[Slot]:
        """An empty set. A plan needs only the slots in the ledger."""
        return frozenset()

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """Return the hooks in the ledger. `judge` leaves them as they are."""
        return [
            WantedThing(
                address=address.parse(owner.address, [HOOK]),
                slot=slot,
                fingerprint=row.fingerprint,
                origin="gwctl hook install",
                reason="",
            )
            for slot, row in self.rows.items()
            for owner in row.owners
            if slot.kind is HOOK and owner.stack == self.stack
        ]

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """Return no change for a hook that this run does not install, and an error for a hook of another program."""
        at = case.want.address
        if at not in self.lines:
            return NOTHING
        refused = _refused(case, self.lines[at])
        return OwnedPlan((), (refused,), (at,)) if refused else None

    def left_out(self, desired: Desired | None) -> OwnedPlan:
        """Return an empty plan, because the gateway file names no hook."""
        return NOTHING

    def differences(self, row: OwnedRow | None, want: WantedThing | None) -> tuple[Difference, ...]:
        """Return no differences. A reviewer needs only the path of the hook."""
        return ()

    def unwanted(self, address: Address) -> str:
        """Return the reason for deleting a hook."""
        return "installed by `gwctl hook install`"


@dataclass(frozen=True)
class HookKind:
    """The git hooks in one run.

    `text` is the hook that `gwctl hook install` writes. In any other run, `text` is empty and no hook is written.
    """

    run: OwnedRun
    text: str = ""
    failed_code = codes.HOOK_FAILED

    @cached_property
    def rules(self) -> HookRules:
        """The rules of a run that installs no hook."""
        return HookRules(self.run.rows, self.run.stack, {})

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return the fingerprints of the hooks. A link or a directory is `Unknown`."""
        return {slot: self._presence(slot) for slot in slots}

    def prepare(self, change: Change) -> Preparation:
        """Return the fingerprint of the text. There is no backup, because gwctl replaces only its own text.

        Raise `OwnedFault` in the apply of a plan, because a saved plan could name any file.
        """
        if not self.text:
            raise OwnedFault("a plan writes no git hook", "gwctl hook install")
        return Preparation(fingerprint=self.run.ledger.digest(self.text))

    def write(self, change: Change) -> None:
        """Write the hook. The executor has compared the present content with the ledger."""
        if change.after is None:
            raise AssertionError(f"the change writes nothing: {change.address}")
        file = _file(slot_of(change.after))
        try:
            there = _read(file)
            file.make_folder()
            file.replace(os.fsencode(self.text), lambda start: start == there, _LARGEST, _MODE)
        except OSError as fault:
            raise _fault(fault, file.path) from None

    def remove(self, row: OwnedRow) -> None:
        """Delete the hook if the hook still has the content that gwctl wrote."""
        file = _file(row.slot)
        known = (row.fingerprint, row.pending)
        try:
            file.remove(lambda start: self.run.ledger.digest(_decoded(start)) in known, _LARGEST)
        except OSError as fault:
            raise _fault(fault, file.path) from None

    def tidy(self, row: OwnedRow) -> None:
        """Delete the temporary file that an interrupted write left beside the hook."""
        file = _file(row.slot)
        try:
            file.tidy()
        except FileNotFoundError:  # the directory no longer exists
            return
        except OSError as fault:
            raise _fault(fault, file.path) from None

    def _presence(self, slot: Slot) -> Presence:
        try:
            data = _read(_file(slot))
        except OSError as fault:
            known = _fault(fault, Path(slot.path[0]))
            return Unknown(known.reason, known.hint, refused=True)
        return Absent() if data is None else Present(self.run.ledger.digest(_decoded(data)))


def _refused(case: OwnedCase, line: str) -> Diagnostic | None:
    """Return the error for a slot that gwctl must not overwrite. Return None if gwctl may write the hook."""
    path, row = printable(str(case.want.slot), 300), case.row
    hint = f"to see the line of gwctl after git commands, add this line to {path}: {line}"
    if isinstance(case.seen, Unknown):
        return error(codes.HOOK_UNKNOWN, f"{path}: {case.seen.reason}", hint=case.seen.hint, address=case.want.address)
    if row is not None and not case.is_ours:
        names = ", ".join(printable(owner.name, 60) for owner in row.owners)
        why = f"{path} is the hook of another gateway file on this machine: {names}"
    elif isinstance(case.seen, Absent) or case.seen.fingerprint in (case.want.fingerprint, row and row.fingerprint):
        return None
    elif row is not None:
        why = f"Another program changed the hook {path}"
    else:
        why = f"There is a hook that gwctl did not write: {path}"
    detail = "gwctl does not change a hook that it did not write."
    return error(codes.NOT_OURS, why, detail=detail, hint=hint, address=case.want.address)


def _file(slot: Slot) -> OwnFile:
    return OwnFile(Path(slot.path[0]))


def _read(file: OwnFile) -> bytes | None:
    try:
        return file.read(_LARGEST)
    except FileNotFoundError:
        return None


def _decoded(data: bytes) -> str:
    return os.fsdecode(data)


def _fault(fault: OSError, path: Path) -> OwnedFault:
    why = fault.why if isinstance(fault, FileFault) else fault.strerror or "it cannot be used"
    return OwnedFault(why, f"check {printable(str(path), 300)}")


OPEN: Callable[[OwnedRun], OwnedKind] = HookKind
