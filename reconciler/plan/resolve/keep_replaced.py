"""Recorded endpoints whose place is taken: they go only when what takes it was seen, and has their models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler import address, codes
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
SHOWN = 20  # endpoints named in a sentence


def keep_replaced(
    desired: Desired,
    gateway: Gateway,
    groups: Groups,
    observations: Observations,
    consents: Consents,
) -> Desired:
    """What is desired, and as recorded every endpoint whose replacement is not known to have its models."""
    going = [found for found in _endpoints(groups) if _goes(found, desired, gateway, consents)]
    if not going:
        return desired
    successors = [
        Successor(each, _endpoint(groups, each.name), _is_partial(observations.get(each.name)))
        for each in gateway.endpoints.values()
    ]
    successors.sort(key=lambda each: not _is_away(each.endpoint, observations))
    found = list(replacements(going, successors))
    failing = [each for each in found if _fails(each, observations, consents)]
    kept = {each.going.address for each in failing}
    renamed = [each for each in found if each.is_rename and each.going.address not in kept]
    return stay(desired, groups, kept, consents).said(*_said(gateway, _one_each(failing), renamed))


def _endpoints(groups: Groups) -> list[Resource]:
    return [found for name in groups if name and (found := _endpoint(groups, name))]


def _endpoint(groups: Groups, name: str) -> Resource | None:
    return groups.get(name, {}).get(address.endpoint(name))


def _goes(found: Resource, desired: Desired, gateway: Gateway, consents: Consents) -> bool:
    at = found.address
    return at not in desired.wanted and at.name not in gateway.endpoints and not is_named(at, consents)


def _fails(found: Replacement, observations: Observations, consents: Consents) -> bool:
    """Whether what takes its place was not asked, could not be seen, or has too few of its models."""
    endpoint = found.successor.endpoint
    away = _is_away(endpoint, observations)
    return away or _has_less(found, observations[endpoint.name].catalog, consents)


def _is_away(endpoint: Endpoint, observations: Observations) -> bool:
    seen = observations.get(endpoint.name)
    return seen is None or is_unseen(endpoint, seen)


def _is_partial(seen: Observation | None) -> bool:
    return seen is not None and isinstance(seen.catalog, Listed) and seen.catalog.is_partial


def _has_less(found: Replacement, catalog: Catalog, consents: Consents) -> bool:
    """Whether its list would be too short to be believed, were the other one it."""
    endpoint = found.successor.endpoint
    if not endpoint.discover.enabled or endpoint.name in consents.catalogs or not isinstance(catalog, Listed):
        return False
    there = {each.id for each in catalog.models} | {each.id for each in endpoint.models}
    going = raw_list(found.going)
    passing = set(endpoint.discover.passing(going, there | going.keys()))
    return is_short(len(passing), len(passing - there))


def _one_each(found: Iterable[Replacement]) -> list[Replacement]:
    return list({each.going.address: each for each in found}.values())


def _said(gateway: Gateway, failing: Sequence[Replacement], renamed: Sequence[Replacement]) -> list[Diagnostic]:
    """One finding for all that stay and one for all that go; both with the same line, for it is copied once."""
    renames = [each for each in (*failing, *renamed) if each.successor.recorded is None]
    line = f"`{moved_line(renames, gateway.moved)}`" if renames else ""
    said = [_not_replaced(failing, line)] if failing else []
    return [*said, _looks_renamed(renamed, line)] if renamed else said


def _not_replaced(failing: Sequence[Replacement], line: str) -> Diagnostic:
    pairs = _named(f"{each.successor.address} in the place of {each.going.address}" for each in failing)
    options = " ".join(f"--allow-delete {each.going.address}" for each in failing)
    first = f"if renamed, add to the gateway file: {line}; " if line else ""
    return warning(
        codes.NOT_REPLACED,
        f"{_counted(failing, 'stays', 'stay')} as recorded: the replacement could not be seen, or has fewer models",
        detail=f"The gateway file has {pairs}.",
        hint=f"{first}if it may go: `{options}`",
        address=failing[0].going.address if len(failing) == 1 else None,
        source=failing[0].successor.endpoint.source,
    )


def _looks_renamed(renamed: Sequence[Replacement], line: str) -> Diagnostic:
    pairs = _named(f"{each.going.address} is now {each.successor.address}" for each in renamed)
    return warning(
        codes.LOOKS_RENAMED,
        f"{_counted(renamed, 'looks', 'look')} renamed",
        detail=f"The base URL and the key reference are the same: it seems that {pairs}. "
        "Without `moved:` the old name is deleted, with all that is recorded of it, and the new one begins anew.",
        hint=f"if renamed, add to the gateway file: {line}",
        address=renamed[0].going.address if len(renamed) == 1 else None,
        source=renamed[0].successor.endpoint.source,
    )


def _counted(found: Sequence[Replacement], one: str, many: str) -> str:
    return f"{found[0].going.address} {one}" if len(found) == 1 else f"{len(found)} endpoints {many}"


def _named(words: Iterable[str]) -> str:
    each = list(words)
    more = f" and {len(each) - SHOWN} more" if len(each) > SHOWN else ""
    return ", ".join(each[:SHOWN]) + more
