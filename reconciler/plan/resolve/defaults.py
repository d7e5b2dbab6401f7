"""The choice of a model for each role, with the reason for the choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property

from reconciler import address, codes, text
from reconciler.address import Address, Purpose
from reconciler.config.gateway import DefaultCandidate, Gateway, Role
from reconciler.diagnostics import error, warning
from reconciler.plan.change import Cause
from reconciler.plan.desired import Desired, Dropped, WantedResource
from reconciler.resources.attributes import DefaultAttributes
from reconciler.resources.resource import Recorded, Resource


def resolve_defaults(gateway: Gateway, desired: Desired, recorded: Recorded, roles: Iterable[Role]) -> Desired:
    """Return the desired defaults for these roles, given the desired models."""
    result, firsts = Desired(), _Firsts(gateway, desired)
    for role in roles:
        before = recorded_model(recorded, role)
        candidates = gateway.defaults.get(role.name)
        if candidates is None:
            result = result.joined(_unasked(gateway, desired, role=role, before=before, firsts=firsts))
        else:
            result = result.joined(_asked(gateway, desired, role=role, before=before, candidates=candidates))
    return result


class _Firsts:
    """The first desired model for each purpose. One pass over the models serves all roles."""

    def __init__(self, gateway: Gateway, desired: Desired) -> None:
        self._gateway = gateway
        self._desired = desired

    @cached_property
    def _models(self) -> dict[Purpose, dict[Address, None]]:
        models: dict[Purpose, dict[Address, None]] = {}
        for at, want in self._desired.wanted.items():
            if at.is_model:
                models.setdefault(want.resource.purpose, {})[at] = None
        return models

    def declared(self, purpose: Purpose) -> Address | None:
        """Return the first declared model with this purpose, in file order."""
        models = self._models.get(purpose)
        if not models:
            return None
        endpoints = self._gateway.endpoints.items()
        declared = (address.model(name, model.id) for name, endpoint in endpoints for model in endpoint.models)
        return next((at for at in declared if at in models), None)

    def in_order(self, purpose: Purpose) -> Address | None:
        """Return the first model with this purpose.

        The models are ordered by the place of their endpoint in the file, then by ID.
        """
        order = {name: index for index, name in enumerate(self._gateway.endpoints)}
        models = self._models.get(purpose, ())
        return min(models, key=lambda at: (order.get(at.endpoint, len(order)), at.model_id), default=None)


def _asked(
    gateway: Gateway, desired: Desired, role: Role, before: Address | None, candidates: Sequence[DefaultCandidate]
) -> Desired:
    first = next((candidate for candidate in candidates if serves(desired, candidate.model, role.purpose)), None)
    if first:
        reason = "the first candidate that is available" if len(candidates) > 1 else "named in the gateway file"
        return _select(gateway, desired, role=role, model=first.model, before=before, reason=reason)
    if any(candidate.model.endpoint in desired.unknown for candidate in candidates):
        return _stay(gateway, desired, role=role, before=before, candidates=candidates)
    blamed = error(
        codes.DEFAULT_NOT_FOUND,
        f"None of the candidates for the {role} default is an available {role.purpose} model",
        detail=f"Candidates: {', '.join(candidate.model.name for candidate in candidates)}.",
        hint=_hint(desired, role, candidates),
        address=address.default(role.name),
        source=gateway.default_sources.get(role.name),
    )
    if serves(desired, before, role.purpose) and before:
        return _select(gateway, desired, role=role, model=before, before=before, reason="").with_diagnostics(blamed)
    return _gone(desired, role, before).with_diagnostics(blamed)


def _stay(
    gateway: Gateway, desired: Desired, role: Role, before: Address | None, candidates: Sequence[DefaultCandidate]
) -> Desired:
    """Return the recorded default if its model is still desired.

    At least one candidate for the role is on an endpoint whose models are unknown.
    """
    names = sorted({candidate.model.endpoint for candidate in candidates} & desired.unknown)
    kept = before is not None and serves(desired, before, role.purpose)
    unseen = [name for name in names if address.endpoint(name) not in desired.blocked]
    declare = f"declare the model under endpoints.{unseen[0]}.models to use it without a list" if unseen else ""
    why = f"the models of {', '.join(unseen)} could not be fetched" if unseen else f"{', '.join(names)} is skipped"
    finding = warning(
        codes.DEFAULT_UNKNOWN,
        f"The {role} default could not be selected again" if kept else f"No {role} default could be selected",
        detail=f"No candidate is known to be available, because {why}.",
        hint=_meant(desired, role, candidates) or declare or f"first correct the errors of endpoint.{names[0]}",
        address=address.default(role.name),
        source=gateway.default_sources.get(role.name),
    )
    if kept and before:
        return _select(gateway, desired, role=role, model=before, before=before, reason="").with_diagnostics(finding)
    return _gone(desired, role, before).with_diagnostics(finding)


def _unasked(gateway: Gateway, desired: Desired, role: Role, before: Address | None, firsts: _Firsts) -> Desired:
    if before and serves(desired, before, role.purpose):
        return _select(gateway, desired, role=role, model=before, before=before, reason="")
    if role.purpose == "other":
        return _gone(desired, role, before)
    declared = firsts.declared(role.purpose)
    if declared:
        reason = f"the first declared {role.purpose} model"
        return _select(gateway, desired, role=role, model=declared, before=before, reason=reason)
    first = firsts.in_order(role.purpose)
    if first:
        reason = f"the first {role.purpose} model by endpoint and ID"
        return _select(gateway, desired, role=role, model=first, before=before, reason=reason)
    return _gone(desired, role, before)


def _select(
    gateway: Gateway, desired: Desired, role: Role, model: Address, before: Address | None, reason: str
) -> Desired:
    why = _why_not(desired, before, role) if before and before != model else None
    cause = (why and why.cause) or _cause_of_first(gateway, desired, model)
    words = f"{reason}; {why.reason}" if why else reason
    source = gateway.default_sources.get(role.name)
    at = address.default(role.name)
    return Desired(wanted={at: WantedResource(Resource(at, DefaultAttributes(model=model.name)), cause, words, source)})


def _cause_of_first(gateway: Gateway, desired: Desired, model: Address) -> Cause:
    return "config" if gateway.declared(model) or model in _candidates(gateway) else "catalog"


def _candidates(gateway: Gateway) -> set[Address]:
    return {candidate.model for candidates in gateway.defaults.values() for candidate in candidates}


def _why_not(desired: Desired, before: Address, role: Role) -> Dropped | None:
    """Return the reason why the recorded default cannot stay. If it can stay, return None."""
    want = desired.wanted.get(before)
    if want is None:
        gone = desired.dropped.get(before, Dropped("config", "no longer available"))
        return Dropped(gone.cause, f"{text.printable(before.name)}: {gone.reason}")
    if want.resource.purpose != role.purpose:
        now = want.resource.purpose
        if role.name != role.purpose:  # the file says the purpose of the role
            return Dropped("config", f"{text.printable(before.name)} has the purpose {now}, not {role.purpose}")
        return Dropped(want.cause, f"{text.printable(before.name)} now has the purpose {now}")
    return None


def _gone(desired: Desired, role: Role, before: Address | None) -> Desired:
    if before is None:
        return Desired()
    why = _why_not(desired, before, role)
    if why is None:
        return Desired(dropped={address.default(role.name): Dropped("config", "not configured")})
    gone = Dropped(why.cause, f"there is no {role.purpose} model; {why.reason}")
    return Desired(dropped={address.default(role.name): gone})


def _hint(desired: Desired, role: Role, candidates: Sequence[DefaultCandidate]) -> str:
    there = ", ".join(map(text.printable, _there(desired, role)[:8])) or "none"
    return _meant(desired, role, candidates) or f"available {role.purpose} models: {there}"


def _meant(desired: Desired, role: Role, candidates: Sequence[DefaultCandidate]) -> str:
    """Return a hint with the model that the user probably meant, or "" if no such model is found.

    The model is either a candidate with another purpose, or a model with a similar name.
    """
    wrong = next((candidate.model for candidate in candidates if candidate.model in desired.wanted), None)
    if wrong:
        now = desired.wanted[wrong].resource.purpose
        return (
            f"{text.printable(wrong.name)} has the purpose {now}: if this is wrong, declare `purpose: {role.purpose}`"
        )
    there = _there(desired, role)
    near = dict.fromkeys(name for candidate in candidates for name in text.nearest(candidate.model.name, there))
    return f"did you mean {' or '.join(f'`{text.printable(name)}`' for name in near)}?" if near else ""


def _there(desired: Desired, role: Role) -> list[str]:
    return [at.name for at in desired.wanted if at.is_model and serves(desired, at, role.purpose)]


def unfollowed(
    gateway: Gateway, desired: Desired, recorded: Recorded, roles: Iterable[Role], hidden: Set[str] = frozenset()
) -> Iterator[Address]:
    """Yield the model of each recorded default that no candidate can replace.

    A model that is desired anyway is left out.
    """
    for role in roles:
        before = recorded_model(recorded, role)
        candidates = [candidate.model for candidate in gateway.defaults.get(role.name, ())]
        if before and before not in desired.wanted and _has_none(desired, candidates, role, hidden):
            yield before


def _has_none(desired: Desired, candidates: Sequence[Address], role: Role, hidden: Set[str]) -> bool:
    """Return whether no candidate can become the default.

    A candidate on a hidden endpoint may be available on another machine. In that case, return true only if another
    candidate's endpoint has unknown models.
    """
    if any(serves(desired, model, role.purpose) for model in candidates):
        return False
    if any(model.endpoint in hidden for model in candidates):
        return any(model.endpoint in desired.unknown - hidden for model in candidates)
    return bool(candidates)


def recorded_model(recorded: Recorded, role: Role) -> Address | None:
    """Return the model that is recorded as the role's default. If no default is recorded, return None."""
    resource = recorded.get(address.default(role.name))
    return resource.default_model if resource else None


def serves(desired: Desired, model: Address | None, purpose: Purpose) -> bool:
    """Return whether the model is desired and has this purpose."""
    want = desired.wanted.get(model) if model else None
    return want is not None and want.resource.purpose == purpose
