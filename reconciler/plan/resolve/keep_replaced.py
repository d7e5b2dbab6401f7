"""The recorded endpoints that another endpoint replaces.

gwctl deletes a replaced endpoint only if the replacement has the models of the replaced endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler import address, codes
from reconciler.address import Address
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.diagnostics import Diagnostic, warning
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired
from reconciler.plan.resolve.endpoint import is_unseen
from reconciler.plan.resolve.model_list import is_short
from reconciler.plan.resolve.replacements import Replacement, Successor, moved_line, replacements
from reconciler.plan.resolve.unchanged import Groups, is_named, stay
from reconciler.resources.observation import Catalog, Listed, Observation
from reconciler.resources.resource import Resource, raw_list

Observations = Mapping[str, Observation]
SHOWN = 20  # endpoints that a message names


def keep_replaced(
    desired: Desired,
    gateway: Gateway,
    groups: Groups,
    observations: Observations,
    consents: Consents,
) -> Desired:
    """Return the desired resources, plus each recorded endpoint whose replacement may lack models."""
    going = [resource for resource in _endpoints(groups) if _goes(resource, desired, gateway, consents)]
    if not going:
        return desired
    successors = [
        Successor(endpoint, _endpoint(groups, endpoint.name), _is_partial(observations.get(endpoint.name)))
        for endpoint in gateway.endpoints.values()
    ]
    successors.sort(key=lambda successor: not _is_away(successor.endpoint, observations))
    resource = list(replacements(going, successors))
    failing = [replacement for replacement in resource if _fails(replacement, observations, consents)]
    kept = {replacement.going.address for replacement in failing}
    renamed = [
        replacement for replacement in resource if replacement.is_rename and replacement.going.address not in kept
    ]
    known = _remembered(groups, failing)
    return stay(desired, known, kept, consents).with_diagnostics(*_said(gateway, _one_each(failing), renamed))


def _remembered(groups: Groups, failing: Iterable[Replacement]) -> Groups:
    """Return the recorded resources. Each kept endpoint also names its successors.

    At the next plan, the lists of the successors are recorded. Without the names, a successor would then look like an
    endpoint that existed before.
    """
    names: dict[Address, set[str]] = {}
    for replacement in failing:
        names.setdefault(replacement.going.address, set()).add(replacement.successor.endpoint.name)
    known = dict(groups)
    for at, successors in names.items():
        group = groups[at.name]
        resource = replace(group[at], facts={**group[at].facts, "replaced_by": sorted(successors)})
        known[at.name] = {**group, at: resource}
    return known


def _endpoints(groups: Groups) -> list[Resource]:
    return [resource for name in groups if name and (resource := _endpoint(groups, name))]


def _endpoint(groups: Groups, name: str) -> Resource | None:
    return groups.get(name, {}).get(address.endpoint(name))


def _goes(resource: Resource, desired: Desired, gateway: Gateway, consents: Consents) -> bool:
    at = resource.address
    return at not in desired.wanted and at.name not in gateway.endpoints and not is_named(at, consents)


def _fails(replacement: Replacement, observations: Observations, consents: Consents) -> bool:
    """Return whether the replacement was not contacted, has no complete list, or lacks too many models."""
    endpoint = replacement.successor.endpoint
    away = _is_away(endpoint, observations)
    return away or _has_less(replacement, observations[endpoint.name].catalog, consents)


def _is_away(endpoint: Endpoint, observations: Observations) -> bool:
    seen = observations.get(endpoint.name)
    return seen is None or is_unseen(endpoint, seen)


def _is_partial(seen: Observation | None) -> bool:
    return seen is not None and isinstance(seen.catalog, Listed) and seen.catalog.is_partial


def _has_less(replacement: Replacement, catalog: Catalog, consents: Consents) -> bool:
    """Return whether the replacement's list is a short list when compared with the recorded endpoint's list."""
    endpoint = replacement.successor.endpoint
    if not endpoint.discover.enabled or endpoint.name in consents.catalogs or not isinstance(catalog, Listed):
        return False
    there = {model.id for model in catalog.models} | {model.id for model in endpoint.models}
    going = raw_list(replacement.going)
    passing = set(endpoint.discover.passing(going, there | going.keys()))
    return is_short(len(passing), len(passing - there))


def _one_each(replacements: Iterable[Replacement]) -> list[Replacement]:
    return list({replacement.going.address: replacement for replacement in replacements}.values())


def _said(gateway: Gateway, failing: Sequence[Replacement], renamed: Sequence[Replacement]) -> list[Diagnostic]:
    """Return one diagnostic for all kept endpoints, and one for all renamed endpoints.

    Both diagnostics show the same `moved:` line.
    """
    renames = [replacement for replacement in (*failing, *renamed) if replacement.successor.recorded is None]
    line = f"`{moved_line(renames, gateway.moved)}`" if renames else ""
    diagnostics = [_not_replaced(failing, line)] if failing else []
    return [*diagnostics, _looks_renamed(renamed, line)] if renamed else diagnostics


def _not_replaced(failing: Sequence[Replacement], line: str) -> Diagnostic:
    pairs = _named(f"{replacement.successor.address} instead of {replacement.going.address}" for replacement in failing)
    options = " ".join(f"--allow-delete {replacement.going.address}" for replacement in failing)
    first = f"if this is a rename, add this line to the gateway file: {line}; " if line else ""
    return warning(
        codes.NOT_REPLACED,
        f"{_counted(failing, 'stays', 'stay')} as recorded: the replacement has fewer models, or its models are "
        "unknown",
        detail=f"The gateway file has {pairs}.",
        hint=f"{first}if the old endpoint can be deleted, add `{options}`",
        address=failing[0].going.address if len(failing) == 1 else None,
        source=failing[0].successor.endpoint.source,
    )


def _looks_renamed(renamed: Sequence[Replacement], line: str) -> Diagnostic:
    pairs = _named(f"{replacement.going.address} is now {replacement.successor.address}" for replacement in renamed)
    return warning(
        codes.LOOKS_RENAMED,
        f"{_counted(renamed, 'looks', 'look')} renamed",
        detail="The new endpoint has the base URL and key reference of the old endpoint. This is probably a rename: "
        f"{pairs}. Without `moved:`, the old endpoint and its records are deleted, and a new endpoint is created.",
        hint=f"if this is a rename, add to the gateway file: {line}",
        address=renamed[0].going.address if len(renamed) == 1 else None,
        source=renamed[0].successor.endpoint.source,
    )


def _counted(replacements: Sequence[Replacement], one: str, many: str) -> str:
    return (
        f"{replacements[0].going.address} {one}" if len(replacements) == 1 else f"{len(replacements)} endpoints {many}"
    )


def _named(words: Iterable[str]) -> str:
    texts = list(words)
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
