"""The comparison of an endpoint's model list with the recorded list. The result says which models are known."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.plan.consents import Consents
from reconciler.resources.observation import Listed, ListedModel, Observation
from reconciler.resources.resource import Recorded, held_of, raw_list
from reconciler.values import dataclass

RawList = Mapping[str, ListedModel]  # by ID


@dataclass(frozen=True, kw_only=True)
class KnownModels:
    """The known models of an endpoint, after the filters and the checks for a missing or short list."""

    raw: RawList  # the list to record: listed and held models, or the recorded list if there is no list
    before: RawList  # the recorded list
    fetched: frozenset[str] = frozenset()  # listed now, and passing the filters
    known: frozenset[str] = frozenset()  # last-known or held: desired, although not listed now
    origin: str = "fetched"  # the origin of `known`: last-known or held
    total: int = 0  # the number of recorded IDs that pass the present filters
    missing: int = 0  # how many of `total` are not listed now
    held: frozenset[str] = frozenset()  # recorded as held until the user accepts the short list, also during outages
    where: str = "by the endpoint"  # ends the phrase "listed …": by the endpoint, or in the lock file
    is_partial: bool = False  # the server has more models than were received


def read(endpoint: Endpoint, seen: Observation, recorded: Recorded, consents: Consents) -> KnownModels:
    """Return the known models of the endpoint. With `--accept-catalog`, a short or partial list is accepted.

    An ID in `removed:` does not count as missing. If a list is partial, the missing models stay as recorded, and no
    further model becomes held.
    """
    own = recorded.get(address.endpoint(endpoint.name))
    before = {
        model_id: entry
        for model_id, entry in raw_list(own).items()
        if not consents.removed or address.model(endpoint.name, model_id) not in consents.removed
    }
    listed = seen.catalog.models if isinstance(seen.catalog, Listed) else ()
    is_same = own is not None and own.as_endpoint.base_url == endpoint.base_url
    now = {model.id: model.keeping(before.get(model.id)) if is_same else model for model in listed}
    passing = frozenset(endpoint.discover.passing(before, before | now))
    waiting = held_of(own) & passing
    if not isinstance(seen.catalog, Listed):
        return KnownModels(
            raw=before, before=before, known=passing, origin="last-known", total=len(passing), held=waiting
        )
    missing = passing - now.keys()
    is_accepted = endpoint.name in consents.catalogs
    is_partial = seen.catalog.is_partial and not is_accepted
    if is_partial:
        known, held = missing, waiting & missing
    else:
        known = held = frozenset() if is_accepted else _held(passing, missing, waiting)
    return KnownModels(
        raw=now | {model_id: before[model_id] for model_id in known},
        before=before,
        fetched=frozenset(endpoint.discover.passing(now, before | now)),
        known=known,
        origin="last-known" if is_partial else "held",
        total=len(passing),
        missing=len(missing),
        held=held,
        where=seen.catalog.where,
        is_partial=is_partial,
    )


def _held(passing: frozenset[str], missing: frozenset[str], waiting: frozenset[str]) -> frozenset[str]:
    """Return the IDs to hold.

    If the list is short, all missing IDs are held. Otherwise only missing IDs that were held before are held.
    """
    return missing if is_short(len(passing), len(missing)) else missing & waiting


def is_short(recorded: int, missing: int) -> bool:
    """Return whether a list is short.

    A list is short if all recorded IDs are missing, or if at least two and more than a third are missing.
    """
    return missing > 0 and (missing == recorded or (missing >= 2 and missing * 3 > recorded))
