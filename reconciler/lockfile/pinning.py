"""Pinned lists in the place of live ones, before anybody decides what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, note
from reconciler.lockfile.difference import difference
from reconciler.lockfile.fitting import unfit
from reconciler.lockfile.pinned import LockFile, Pin
from reconciler.resources.catalog import Listed, Observation, Unlisted

WHERE = "in the lock file"
UNASKED = ("OFFLINE", "NO_KEYS")  # not asked because the command line says so: a pinned list is better than an old one


@dataclass(frozen=True)
class Pinned:
    """The observations with the lists that count, and what there is to say of them."""

    observations: dict[str, Observation]
    accepted: frozenset[str] = frozenset()  # whose list is believed, however short: that is what `--locked` says
    said: tuple[Diagnostic, ...] = ()


def wants_lock(observations: Mapping[str, Observation], locked: bool) -> bool:
    """Whether any list is to come from the lock file."""
    return locked or any(seen.code in UNASKED for seen in observations.values())


def pin(
    endpoints: Iterable[Endpoint],
    observations: Mapping[str, Observation],
    lock: LockFile | None,
    locked: bool,
    unpinned: Set[str] = frozenset(),
) -> Pinned:
    """What `--locked` wants of the lock file, and what a run that asks nobody finds there.

    Endpoints that are `unpinned` belong to each machine: their lists are not demanded.
    """
    seen, accepted, said = dict(observations), set[str](), list[Diagnostic]()
    for endpoint in endpoints:
        name, before = endpoint.name, observations[endpoint.name]
        if not endpoint.discover.enabled or not (locked or before.code in UNASKED):
            continue
        entry, fault = lock.pins.get(name) if lock else None, unfit(endpoint, lock)
        if entry and not fault:
            seen[name] = replace(before, catalog=Listed(entry.models, WHERE), live=before.catalog)
            accepted |= {name} if locked else set()
            said += _differs(endpoint, before, entry)
        elif fault and _matters(fault, locked and name not in unpinned):
            seen[name] = replace(before, catalog=Unlisted(fault.code, fault.summary), live=before.catalog)
            said.append(fault)
        elif fault and entry:
            said.append(replace(fault, severity="note"))
    return Pinned(seen, frozenset(accepted), tuple(said))


def _matters(fault: Diagnostic, demanded: bool) -> bool:
    """A list that is only a better guess may be absent; one that somebody edited is never passed over."""
    return demanded or fault.code == "LOCK_BROKEN"


def _differs(endpoint: Endpoint, seen: Observation, entry: Pin) -> list[Diagnostic]:
    found = difference(entry.models, seen.catalog.models) if isinstance(seen.catalog, Listed) else None
    if not found or seen.status != "listed":
        return []
    at = address.endpoint(endpoint.name)
    summary, hint = f"{at} lists {found} since the lock file was made", f"gwctl lock {endpoint.name}"
    return [note("LOCK_DIFFERS", summary, "The pinned list is used.", hint, at, endpoint.source)]
