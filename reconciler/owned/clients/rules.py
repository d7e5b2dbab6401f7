"""The rules for clients: when gwctl writes a part of a tool's file, and which diagnostics explain an unwritten part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from reconciler import codes
from reconciler.address import CLIENT, Address, Kind
from reconciler.clients.tool import flat, values_in
from reconciler.codes import Code
from reconciler.owned.clients import messages, refusals
from reconciler.owned.clients.draft import DEFAULT_PART, Drafts
from reconciler.owned.kind import OwnedRun
from reconciler.plan.change import Difference
from reconciler.plan.desired import Desired
from reconciler.plan.owned.values import OwnedCase, OwnedPlan, WantedThing
from reconciler.resources.presence import OwnedRow, Presence, Present, Slot, Unknown
from reconciler.values import dataclass

NOTHING = OwnedPlan()


@dataclass(frozen=True)
class ClientRules:
    """The rules for the clients of one gateway file."""

    run: OwnedRun
    drafts: Drafts
    kind: Kind = CLIENT
    unknown_code: Code = codes.CLIENT_UNREADABLE
    _wants: dict[Slot, WantedThing] = field(default_factory=dict)  # the drafts of the current plan

    @property
    def is_off(self) -> bool:
        """Return whether `--no-clients` or the variable `CI` makes this run leave the files of tools alone.

        A destroy ignores the variable `CI`.
        """
        is_ci = self.run.environ.get("CI", "").lower() not in ("", "0", "false")
        return CLIENT.name in self.run.without or (is_ci and not self.run.is_destroy)

    @property
    def slots(self) -> frozenset[Slot]:
        """The slots of all parts that the clients in the gateway file may write."""
        return frozenset() if self.is_off or self.run.is_destroy else self.drafts.slots

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """Return the wanted parts of each client's file. If a client must not change, return its recorded parts."""
        wants = [] if self.is_off else [want for draft in self.drafts.of(desired) for want in draft.wants]
        self._wants.update({want.slot: want for want in wants})
        return wants

    def left_out(self, desired: Desired | None) -> OwnedPlan:
        """Return the diagnostics about clients, endpoints and models that are left out."""
        if desired is None:
            return NOTHING
        if self.is_off:
            clients = self.drafts.clients
            return OwnedPlan((), tuple(messages.switched_off(clients, self.run.without) if clients else ()))
        drafts = self.drafts.of(desired)
        diagnostics = tuple(each for draft in drafts for each in draft.diagnostics)
        return OwnedPlan((), diagnostics, tuple(draft.client.address for draft in drafts if draft.is_blocked))

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """Return the plan for a part of a tool's file if a rule of this module applies. Otherwise return None."""
        if case.want.fingerprint is None:
            return OwnedPlan((case.want.unchanged,)) if case.is_ours else NOTHING
        if isinstance(case.seen, Unknown) and (case.row is None or case.is_ours):
            return self._unreadable(case, case.seen)
        is_credential = _is_own_credential(case.want, case.seen, case.row)
        if is_credential and not _may_move(case.seen, case.row, case.is_adopted):
            return refusals.own_credential(case)
        if self._waits(case):
            return NOTHING
        if is_credential:
            return refusals.moves(case)
        judged = _judged_default(case) if DEFAULT_PART in case.want.facts else None
        return judged or _obstructed(case)

    def differences(self, row: OwnedRow | None, want: WantedThing | None) -> tuple[Difference, ...]:
        """Return the changes of gwctl's own values in the file. The result contains no values of the user."""
        before = flat(values_in(row.facts["value"])) if row and "value" in row.facts else {}
        after = flat(values_in(want.facts["value"])) if want and "value" in want.facts else {}
        paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
        return tuple(Difference(path, before.get(path), after.get(path)) for path in sorted(paths))

    def unwanted(self, address: Address) -> str:
        """Return the reason why a part of a tool's file is removed."""
        whole = address.whole
        if self.run.is_destroy:
            return f"{whole} is removed from this machine"
        is_there = whole.name in {client.name for client in self.drafts.clients}
        return f"{whole.name} no longer has this part" if is_there else f"{whole} is no longer in the gateway file"

    def _unreadable(self, case: OwnedCase, seen: Unknown) -> OwnedPlan | None:
        """Return the plan for a part whose file cannot be read or written.

        Only the plan for the file's first part contains a diagnostic with the reason.
        """
        path, there = case.want.slot.path[:2], case.seen_of_kind
        same = [want for want in self._wants.values() if want.slot.path[:2] == path and want.fingerprint is not None]
        first = next((want for want in same if isinstance(there.get(want.slot), Unknown)), case.want)
        is_first = first.slot == case.want.slot
        if case.row is not None:  # the table adds a note
            return None if is_first else OwnedPlan((case.want.unchanged,))
        blocked = refusals.blocked(case.want, seen)
        return blocked if is_first else OwnedPlan((), (), blocked.blocked)

    def _waits(self, case: OwnedCase) -> bool:
        """Return whether another part of the same client is blocked. Half of a configuration could break the tool."""
        if case.is_ours:
            return False
        others = [want for want in self._wants.values() if want.address.whole == case.want.address.whole]
        return any(_is_stopped(want, case) for want in others if want.slot != case.want.slot)


def _is_stopped(want: WantedThing, case: OwnedCase) -> bool:
    seen, row = case.seen_of_kind.get(want.slot), case.rows_of_kind.get(want.slot)
    if DEFAULT_PART in want.facts or want.fingerprint is None or seen is None:
        return False
    is_foreign = row is None and isinstance(seen, Present) and seen.fingerprint != want.fingerprint
    is_unreadable = row is None and isinstance(seen, Unknown)
    is_credential = _is_own_credential(want, seen, row) and not _may_move(seen, row, case.is_adopted)
    return is_unreadable or (is_foreign and not case.is_adopted) or is_credential


def _may_move(seen: Presence, row: OwnedRow | None, is_adopted: bool) -> bool:
    """Return whether the user's credential may move into the keychain.

    The user must have consented, and gwctl must not have written this part of the file yet.
    """
    return is_adopted and row is None and isinstance(seen, Present) and not seen.facts.get("no_keychain")


def _is_own_credential(want: WantedThing, seen: Presence, row: OwnedRow | None) -> bool:
    """Return whether the file contains a key of the user.

    The key may be at the places of gwctl's values or beside these places.
    """
    if not isinstance(seen, Present) or "credential" not in seen.facts:
        return False
    known = {want.fingerprint, *((row.fingerprint, row.pending) if row else ())}
    return seen.fingerprint not in known


def _obstructed(case: OwnedCase) -> OwnedPlan | None:
    """Return the plan for an update of a file that gwctl cannot replace. If the file can be replaced, return None."""
    seen = case.seen
    if not case.is_ours or not isinstance(seen, Present) or seen.fingerprint == case.want.fingerprint:
        return None
    why = seen.facts.get("obstacle", "")
    return refusals.blocked(case.want, Unknown(why, seen.facts["obstacle_hint"])) if why else None


def _judged_default(case: OwnedCase) -> OwnedPlan | None:
    """Return the plan that leaves the default model in the file unchanged.

    Return None if gwctl may write the default model.
    """
    if case.row is not None and not case.is_ours and not case.is_older:
        return refusals.default_taken(case)
    if case.want.facts[DEFAULT_PART] == "always" or not isinstance(case.seen, Present):
        is_taken_out = case.is_ours and not isinstance(case.seen, Unknown) and case.want.facts[DEFAULT_PART] != "always"
        return OwnedPlan((case.want.unchanged,)) if is_taken_out else None
    if case.row is None:
        return None if case.is_adopted or case.seen.fingerprint == case.want.fingerprint else NOTHING
    return None if case.seen.fingerprint == case.row.fingerprint else OwnedPlan((case.want.unchanged,))


def client_rules(run: OwnedRun) -> ClientRules:
    """Return the rules for the clients in the gateway file of a run."""
    return ClientRules(run, Drafts(run))
