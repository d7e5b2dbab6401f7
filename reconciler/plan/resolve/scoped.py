"""The desired resources of both scopes: the resources for everyone, and the resources of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from reconciler import address, codes
from reconciler.address import Address
from reconciler.config.gateway import Endpoint, Gateway, Role
from reconciler.diagnostics import Diagnostic, note, warning
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired, Dropped, WantedResource
from reconciler.plan.resolve.defaults import resolve_defaults
from reconciler.plan.resolve.gateway import ScopeInputs, follow_defaults, resolve, resolve_endpoints
from reconciler.plan.resolve.messages import about_exchange
from reconciler.plan.resolve.model_list import KnownModels, read
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded, endpoints_of

_HANDED_OVER = Dropped("config", "the endpoint now has the scope `machine`: each machine records its own")
Observations = Mapping[str, Observation]
_APPLY = "after the change is merged, the pipeline's `gwctl apply --scope shared` applies the endpoint"


def resolve_shared(division: Division, seen: Observations, consents: Consents) -> Desired:
    """Return the desired shared resources.

    In the scope `machine`, the shared endpoints are tested, and all shared resources stay as recorded.
    """
    recorded = division.shared.recorded
    if division.scope == "machine":
        return _as_applied(division, seen, consents)
    stuck = division.shared.stuck | _of(recorded, division.waiting)
    part = ScopeInputs(division.own | division.waiting, stuck, division.gateway)
    desired = resolve(division.team, seen, recorded=recorded, consents=consents, part=part)
    handed_over = dict.fromkeys((at for at in desired.dropped if at.endpoint in division.own), _HANDED_OVER)
    desired = replace(desired, dropped=desired.dropped | handed_over)
    if division.machine is None:
        return desired
    mixed = {str(address.default(role)) for role in _mixed(division)}  # `resolve_machine` selects these again
    return replace(
        desired, diagnostics=tuple(diagnostic for diagnostic in desired.diagnostics if diagnostic.address not in mixed)
    )


def resolve_machine(division: Division, shared: Desired, seen: Observations, consents: Consents) -> Desired:
    """Return the desired resources of this machine: its endpoints, their models, and defaults among these models."""
    if division.machine is None or not (division.own or division.machine.recorded):
        return Desired()
    recorded = division.machine.recorded
    gateway = replace(division.gateway, endpoints={name: division.gateway.endpoints[name] for name in _own(division)})
    part = ScopeInputs(stuck=division.machine.stuck | _not_taken(division, recorded, shared), gateway=division.gateway)
    desired = resolve_endpoints(gateway, seen, recorded=recorded, consents=consents, part=part)
    desired = follow_defaults(
        division.gateway, desired, recorded=recorded, consents=consents, roles=_roles(division), beside=shared
    )
    known = {at: want.resource for at, want in shared.wanted.items() if at.is_default}
    known |= {at: resource for at, resource in recorded.items() if at.is_default}
    resource = resolve_defaults(division.gateway, desired.joined(shared), known, _roles(division))
    return desired.joined(_own_defaults(division, recorded, resource))


def _of(recorded: Recorded, names: Iterable[str]) -> frozenset[Address]:
    return frozenset(at for at in map(address.endpoint, names) if at in recorded)


def _not_taken(division: Division, recorded: Recorded, shared: Desired) -> frozenset[Address]:
    """Return the recorded endpoints of this machine that are shared now but are not in the shared state yet."""
    theirs = _of(recorded, division.gateway.endpoints.keys() - division.own)
    return theirs - shared.wanted.keys()


def _own(division: Division) -> list[str]:
    return [name for name in division.gateway.endpoints if name in division.own]


def _own_defaults(division: Division, recorded: Recorded, desired: Desired) -> Desired:
    mine = {at: want for at, want in desired.wanted.items() if want.resource.default_model.endpoint in division.own}
    gone = [at for at in recorded if at.is_default and at not in mine]
    return Desired(wanted=mine, dropped={at: _dropped(desired, at) for at in gone}, diagnostics=desired.diagnostics)


def _dropped(desired: Desired, at: Address) -> Dropped:
    instead = desired.wanted.get(at)
    if instead:
        return Dropped(
            instead.cause, f"the shared default is used: {instead.resource.default_model.name}; {instead.reason}"
        )
    return desired.dropped.get(at, Dropped("config", "not configured"))


def _roles(division: Division) -> list[Role]:
    """Return the roles without candidates, and the roles with a candidate on an endpoint of this machine."""
    asked, mixed = division.gateway.defaults, _mixed(division)
    return [role for role in division.gateway.roles if role.name not in asked or role.name in mixed]


def _mixed(division: Division) -> set[str]:
    asked = division.gateway.defaults.items()
    return {
        role for role, candidates in asked if any(candidate.model.endpoint in division.own for candidate in candidates)
    }


def _as_applied(division: Division, seen: Observations, consents: Consents) -> Desired:
    recorded = division.shared.recorded
    wanted = {at: WantedResource(resource, "config", "") for at, resource in recorded.items()}
    diagnostics = chain.from_iterable(_tests(division, seen, consents))
    return Desired(wanted=wanted, diagnostics=(*diagnostics, *not_in_file(division.gateway, recorded)))


def _tests(division: Division, seen: Observations, consents: Consents) -> Iterator[tuple[Diagnostic, ...]]:
    recorded = division.shared.recorded
    for name, endpoint in division.team.endpoints.items():
        observation, before = seen[name], recorded.get(address.endpoint(name))
        if before is None or observation.code == codes.NOT_APPLIED_YET:
            yield (not_applied_yet(endpoint),)
            continue
        reading = read(endpoint, observation, recorded, consents)
        yield about_exchange(endpoint, observation, reading=reading, stays="The endpoint stays as recorded.")
        if endpoint.attributes != before.attributes:
            yield (differs(endpoint),)
        if isinstance(observation.catalog, Listed) and reading.missing and not reading.is_partial:
            yield (lists_fewer(endpoint, reading),)


def not_applied_yet(endpoint: Endpoint) -> Diagnostic:
    """Return the note for an endpoint whose host in the gateway file is not in the state yet."""
    at = address.endpoint(endpoint.name)
    summary = f"{at} was not contacted: the endpoint has changes that are not in the shared state yet"
    return note(codes.NOT_APPLIED_YET, summary, hint=_APPLY, address=at, source=endpoint.source)


def not_handed_over(endpoint: Endpoint) -> Diagnostic:
    """Return the warning for an endpoint that would change its scope and lose its models."""
    at = address.endpoint(endpoint.name)
    return warning(
        codes.NOT_HANDED_OVER,
        f"{at} stays in its scope: its models could not be listed",
        detail="The gateway file gives the endpoint another scope. Without a list, the endpoint's records would be "
        "lost.",
        hint="run the command again when the endpoint is reachable",
        address=at,
        source=endpoint.source,
    )


def differs(endpoint: Endpoint) -> Diagnostic:
    """Return the note for an endpoint whose settings in the gateway file and in the state differ.

    The host is the same in both.
    """
    at = address.endpoint(endpoint.name)
    return note(
        codes.NOT_APPLIED_YET,
        f"The applied settings of {at} differ from the gateway file",
        hint=_APPLY,
        address=at,
        source=endpoint.source,
    )


def lists_fewer(endpoint: Endpoint, reading: KnownModels) -> Diagnostic:
    """Return the note that this user's key lists fewer models than the state has."""
    at = address.endpoint(endpoint.name)
    there = reading.total - reading.missing
    summary = f"The list for your key has {there} of the {reading.total} shared models of {at}"
    return note(
        codes.LISTS_DIFFER,
        summary,
        hint="calls to the other models may be rejected: ask the administrator who gave you the key",
        address=at,
    )


def not_in_file(gateway: Gateway, recorded: Recorded) -> list[Diagnostic]:
    """Return a note for each shared endpoint that is in the state but not in the gateway file."""
    absent = [name for name in endpoints_of(recorded) if name not in gateway.endpoints]
    hint = "update the gateway file: git pull"
    return [
        note(
            codes.NOT_IN_FILE,
            f"endpoint.{name} is in the shared state but not in the gateway file",
            hint=hint,
            address=None,
        )
        for name in absent
    ]
