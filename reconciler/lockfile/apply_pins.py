"""The use of pinned model lists in place of observed lists, before the desired resources are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, note
from reconciler.lockfile.document import LockFile, Pin, difference
from reconciler.lockfile.match import unfit
from reconciler.plan.inputs import Inputs
from reconciler.resources.observation import Listed, Observation, Unlisted

WHERE = "in the lock file"
UNASKED = (
    codes.OFFLINE,
    codes.NO_KEYS,
)  # the command line forbids the request; then the pinned list is used rather than the recorded list


def wants_lock(observations: Mapping[str, Observation], locked: bool) -> bool:
    """Return whether a plan with these observations needs the lock file."""
    return locked or any(seen.code in UNASKED for seen in observations.values())


def pin(inputs: Inputs, lock: LockFile | None, locked: bool) -> Inputs:
    """Return the inputs with pinned lists in place of observed lists.

    gwctl uses the pinned lists if `--locked`, `--offline` or `--no-keys` is given.

    With `--locked`, a pinned list is accepted even if the list is short, and a missing list is an error. The list of an
    endpoint of this machine may be missing. In the scope `machine`, the lists of shared endpoints are not replaced.
    """
    division, seen, remarks = inputs.division, dict(inputs.observations), list[Diagnostic]()
    for name, before in inputs.observations.items():
        endpoint, is_own = division.gateway.endpoints[name], name in division.own
        is_planned = division.scope != "machine" or is_own
        if is_planned and endpoint.discover.enabled and (locked or before.code in UNASKED):
            seen[name], diagnostics = _one(endpoint, before, lock, locked and not is_own)
            remarks += diagnostics
    accepted = {name for name, observation in seen.items() if locked and observation.pinned is not None}
    consents = replace(inputs.consents, catalogs=inputs.consents.catalogs | accepted)
    return replace(inputs, observations=seen, consents=consents, remarks=(*remarks, *inputs.remarks))


def _one(
    endpoint: Endpoint, seen: Observation, lock: LockFile | None, demanded: bool
) -> tuple[Observation, list[Diagnostic]]:
    """Return the observation and its diagnostics. If the pinned list is usable, the observation has the pinned list.

    A missing list is an error only if `demanded`. A list that was edited by hand is always an error.
    """
    entry, fault = lock.pins.get(endpoint.name) if lock else None, unfit(endpoint, lock)
    if entry and not fault:
        known = replace(seen, catalog=Listed(entry.models, WHERE), live=seen.catalog, pinned=len(entry.models))
        return known, _differs(endpoint, seen, entry)
    if fault and (demanded or fault.code == codes.LOCK_BROKEN):
        return replace(seen, catalog=Unlisted(fault.code, fault.summary), live=seen.catalog), [fault]
    return seen, [replace(fault, severity="note")] if fault and entry else []


def _differs(endpoint: Endpoint, seen: Observation, entry: Pin) -> list[Diagnostic]:
    if not isinstance(seen.catalog, Listed) or seen.catalog.is_partial or seen.status != "listed":
        return []
    change = difference(entry.models, seen.catalog.models)
    if not change:
        return []
    at = address.endpoint(endpoint.name)
    summary, hint = f"{at} lists {change} compared with the lock file", f"gwctl lock {endpoint.name}"
    return [
        note(
            codes.LOCK_DIFFERS,
            summary,
            detail="The pinned list is used.",
            hint=hint,
            address=at,
            source=endpoint.source,
        )
    ]
