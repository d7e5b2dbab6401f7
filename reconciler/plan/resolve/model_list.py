"""A model list, read against what the records hold: what was fetched, and what silence leaves known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler import address
from reconciler.address import Purpose
from reconciler.config.gateway import Endpoint
from reconciler.plan.consents import Consents
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded, held_of, raw_list

RawList = Mapping[str, tuple[Purpose, str]]  # {ID: (purpose, purpose_source)}


@dataclass(frozen=True, kw_only=True)
class KnownModels:
    """The models of a list after the checks for silence, filters and shortness."""

    raw: RawList  # to be recorded: fetched ∪ held, or what is recorded when there is no list
    fetched: frozenset[str] = frozenset()  # listed now, and past the filters
    known: frozenset[str] = frozenset()  # last-known or held: wanted though not listed now
    origin: str = "fetched"  # of the known: last-known or held
    total: int = 0  # recorded IDs that pass the present filters
    missing: int = 0  # of these, not listed now
    held: frozenset[str] = frozenset()  # to be recorded: what waits for consent to go, through outages too
    where: str = "by the endpoint"  # that is, by whom or in what it was listed
    is_partial: bool = False  # the list goes on, and the rest could not be had: what it omits may be there


def read(endpoint: Endpoint, seen: Observation, recorded: Recorded, consents: Consents) -> KnownModels:
    """Return the known models of a list; an accepted list may be short, and a removed ID is not missed.

    Of a partial list nothing is missing: what it omits stays as it is recorded, and waits for nobody's consent.
    """
    own = recorded.get(address.endpoint(endpoint.name))
    before = {
        model_id: entry
        for model_id, entry in raw_list(own).items()
        if address.model(endpoint.name, model_id) not in consents.removed
    }
    listed = seen.catalog.models if isinstance(seen.catalog, Listed) else ()
    now = {model.id: (model.purpose, model.purpose_source) for model in listed}
    passing = frozenset(endpoint.discover.passing(before, before | now))
    waiting = held_of(own) & passing
    if not isinstance(seen.catalog, Listed):
        return KnownModels(
            raw=before,
            fetched=frozenset(),
            known=passing,
            origin="last-known",
            total=len(passing),
            missing=0,
            held=waiting,
        )
    missing = passing - now.keys()
    accepted = endpoint.name in consents.catalogs
    fetched = frozenset(endpoint.discover.passing(now, before | now))
    if seen.catalog.is_partial and not accepted:
        raw = now | {model_id: before[model_id] for model_id in missing}
        gone = waiting & missing
        return KnownModels(
            raw=raw,
            fetched=fetched,
            known=missing,
            origin="last-known",
            total=len(passing),
            missing=len(missing),
            held=gone,
            where=seen.catalog.where,
            is_partial=True,
        )
    held = frozenset() if accepted else _held(passing, missing, waiting)
    raw = now | {model_id: before[model_id] for model_id in held}
    return KnownModels(
        raw=raw,
        fetched=fetched,
        known=held,
        origin="held",
        total=len(passing),
        missing=len(missing),
        held=held,
        where=seen.catalog.where,
    )


def _held(passing: frozenset[str], missing: frozenset[str], waiting: frozenset[str]) -> frozenset[str]:
    """All that a short list omits; of a list that has grown again, what was held before and still is not there."""
    return missing if is_short(len(passing), len(missing)) else missing & waiting


def is_short(recorded: int, missing: int) -> bool:
    """Return whether a list is too short to be believed: all gone, or at least two and more than a third."""
    return missing > 0 and (missing == recorded or (missing >= 2 and missing * 3 > recorded))
