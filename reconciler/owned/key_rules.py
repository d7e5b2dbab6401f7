"""The rules for stored keys: which keys to store, and when to write a new key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from reconciler import address, codes
from reconciler.address import KEY, Address, Kind
from reconciler.codes import Code
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.owned import key_messages as messages
from reconciler.owned.kind import OwnedRun
from reconciler.plan.change import Difference
from reconciler.plan.desired import Desired
from reconciler.plan.owned.table import foreign
from reconciler.plan.owned.values import OwnedCase, OwnedPlan, WantedThing
from reconciler.resources.observation import Observation
from reconciler.resources.presence import MACHINE, WANTED_BY, Absent, OwnedRow, Present, Rows, Slot, Unknown
from reconciler.secrets.key import Key
from reconciler.values import dataclass

Tested = Literal["good", "refused", "untested"]
NOTHING = OwnedPlan()


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """The facts of this run about one stored key, such as whether the endpoint accepts the key."""

    want: WantedThing
    tested: Tested
    strict: bool  # `store_key: keyring`: a keychain that cannot be used is an error


@dataclass(frozen=True)
class KeyRules:
    """The rules for the stored keys of one run. `keys` is {address: facts}."""

    keys: Mapping[Address, KeyFacts]
    kind: Kind = KEY
    unknown_code: Code = codes.KEYCHAIN_UNKNOWN
    is_off: bool = False
    is_destroy: bool = False

    @property
    def slots(self) -> frozenset[Slot]:
        """The slots of all keys that the gateway file wants stored."""
        return frozenset(facts.want.slot for facts in self.keys.values())

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """Return the keys to store. A key has no fingerprint if its endpoint will not be recorded."""
        return [
            facts.want if address.endpoint(at.name) in desired.wanted else replace(facts.want, fingerprint=None)
            for at, facts in self.keys.items()
        ]

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """Return the plan if a special rule for keys applies. Otherwise return None.

        Special rules apply if the keychain cannot be used, or if the endpoint may not accept the key.
        """
        facts = self.keys[case.want.address]
        if isinstance(case.seen, Unknown) and not facts.strict and case.row is None:
            return OwnedPlan((), (messages.not_available(case.want, case.seen),))
        if isinstance(case.seen, Unknown) and case.seen.refused:
            return OwnedPlan((), (messages.keychain_refused(case.want, case.seen),), (case.want.address,))
        if case.row is None:
            return _new(case, facts)
        return _recorded(case, facts) if case.is_ours else None

    def left_out(self, desired: Desired | None) -> OwnedPlan:
        """Return an empty plan. The diagnostics about each key are already in the plan for that key."""
        return NOTHING

    def differences(self, row: OwnedRow | None, want: WantedThing | None) -> tuple[Difference, ...]:
        """Return no differences. A plan shows no part of a key."""
        return ()

    def unwanted(self, address: Address) -> str:
        """Return the reason for deleting the keychain entry."""
        if self.is_destroy:
            return f"{address} is removed from this machine"
        return f"{address.name} no longer stores its key in the keychain"


def _new(case: OwnedCase, facts: KeyFacts) -> OwnedPlan | None:
    """Return the plan for a key without a row in the ledger. Return None if no special rule applies.

    An existing entry is foreign even if it has the same key, because gwctl stores no copy of an earlier key.
    """
    if isinstance(case.seen, Present) and not case.is_adopted:
        return foreign(case)
    if case.want.fingerprint is None and not isinstance(case.seen, Present):
        return NOTHING  # there is no key to store yet; the endpoint has the diagnostic of the missing key
    if facts.tested == "refused":
        return NOTHING  # the endpoint has the diagnostic of the rejected key
    return OwnedPlan((case.want.change("create", "config", "adopted" if case.is_adopted else case.want.reason),))


def _recorded(case: OwnedCase, facts: KeyFacts) -> OwnedPlan | None:
    """Return the plan that keeps the stored key. Return None if the stored key may change.

    The stored key stays if the key reference is not set. The stored key also stays if the endpoint is not known to
    accept the new key.
    """
    want, row, stays = case.want, case.row, OwnedPlan((case.want.unchanged,))
    is_rotated = row is not None and want.fingerprint not in (None, row.fingerprint)
    if is_rotated and facts.tested != "good":
        diagnostic = messages.not_rotated(want, facts.tested == "refused")
        return replace(stays, diagnostics=(diagnostic,), blocked=(want.address,))
    if isinstance(case.seen, Unknown) or is_rotated or case.seen == Present(row.fingerprint if row else ""):
        return None
    if want.fingerprint is not None:
        return stays if facts.tested == "refused" else None
    if isinstance(case.seen, Absent):
        return replace(stays, diagnostics=(messages.gone(want),), blocked=(want.address,))
    return replace(stays, diagnostics=(messages.changed_by_hand(want),))


def key_rules(run: OwnedRun) -> KeyRules:
    """Return the rules for the endpoints that have `store_key`, or whose key was typed on this machine."""
    if run.gateway is None:
        return KeyRules({}, is_destroy=run.is_destroy)
    gateway = run.gateway
    kept = [endpoint for endpoint in gateway.endpoints.values() if endpoint.store_key or _is_typed_here(endpoint, run)]
    facts = (_facts(endpoint, gateway, run) for endpoint in kept if endpoint.name in run.observations)
    return KeyRules({fact.want.address: fact for fact in facts}, is_destroy=run.is_destroy)


def _is_typed_here(endpoint: Endpoint, run: OwnedRun) -> bool:
    """Return whether somebody types the endpoint's key in this run, or has typed it on this machine before.

    gwctl stores a typed key on this machine even if the gateway file has no `store_key`. The typed key takes the place
    of the key reference. If the gateway file no longer has a key reference, gwctl deletes the typed key.
    """
    if endpoint.key is None:
        return False
    before = run.gateway.names_before.get(endpoint.name) if run.gateway else None
    slots = (kept_slot(run.rows, run.stack, name) for name in (endpoint.name, before) if name)
    return endpoint.name in run.typed or any(run.rows[slot].is_of_machine for slot in slots if slot)


def _facts(endpoint: Endpoint, gateway: Gateway, run: OwnedRun) -> KeyFacts:
    key = run.key_of(endpoint.name)
    is_typed = endpoint.name in run.typed
    by_hand = run.typed_in if is_typed else "gwctl key set"
    origin = by_hand if is_typed or endpoint.key is None else str(endpoint.key)
    source = "typed" if is_typed else f"from {origin}"
    before = gateway.names_before.get(endpoint.name)
    old = kept_slot(run.rows, run.stack, before) if before and key is None else None
    want = WantedThing(
        address=Address(KEY, endpoint.name),
        slot=slot_for(endpoint.name, gateway, rows=run.rows, stack=run.stack, older=run.older),
        fingerprint=fingerprint_of(key, run.ledger.digest) if key else None,
        origin=origin,
        reason=f"store_key in the gateway file; {source}" if endpoint.store_key else f"for this machine; {source}",
        changed=("key", f"rotated; {source}"),
        source=endpoint.source,
        facts={} if endpoint.store_key else {WANTED_BY: MACHINE},
        inherits=old.resource(Address(KEY, before)) if old and before else None,
    )
    tested = _tested(run.observations[endpoint.name], key is not None)
    return KeyFacts(want=want, tested=tested, strict=endpoint.store_key == "keyring")


def fingerprint_of(key: Key, digest: Callable[[str], str]) -> str:
    """Return the fingerprint of the key, which does not reveal the key."""
    return digest(key.reveal())


def kept_slot(rows: Rows, stack: str, endpoint: str) -> Slot | None:
    """Return the slot that contains this stack's stored key for the endpoint.

    Return None if the stack stores no key.
    """
    at = Address(KEY, endpoint)
    return next((slot for slot, row in rows.items() if row.is_for(stack, at)), None)


def slot_for(endpoint: str, gateway: Gateway, *, rows: Rows, stack: str, older: frozenset[str]) -> Slot:
    """Return the slot that contains, or will contain, the stored key of the endpoint. Each stack has its own slots.

    An older gwctl recorded the slots of the same stack with other IDs. `older` contains these IDs.
    """
    stacks = (stack, *sorted(older))
    slots = (kept_slot(rows, stack, endpoint) for stack in stacks)
    return next((slot for slot in slots if slot), Slot(KEY, (f"gwctl:{gateway.name}/{stack[:8]}", endpoint)))


def _tested(seen: Observation, has_key: bool) -> Tested:
    """Return whether the server accepts the key. A server that answers without rejecting the key accepts the key.

    An answer without a model list (404) also counts. A key that was read but not sent is malformed, and counts as
    rejected.
    """
    answered = seen.status in ("listed", "empty") or seen.code == codes.ENDPOINT_NOT_FOUND
    if seen.code in (codes.INVALID_API_KEY, codes.KEY_MALFORMED) or (has_key and answered and not seen.key_sent):
        return "refused"
    return "good" if answered else "untested"
