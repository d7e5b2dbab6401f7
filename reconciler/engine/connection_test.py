"""The connection test and the live model lists, without a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from reconciler import address, codes
from reconciler.address import Address
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, Severity, diagnostic
from reconciler.engine.keys.request import OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, open_session
from reconciler.plan.consents import NO_CONSENT
from reconciler.plan.resolve.endpoint import resolve_endpoint
from reconciler.plan.resolve.messages import filtered, is_list_refused, partial_list
from reconciler.resources.attributes import NO_DETAILS, ModelAttributes
from reconciler.resources.live_model import ShownModel
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded, Resource, by_endpoint
from reconciler.values import dataclass


@dataclass(frozen=True)
class ConnectionTest:
    """The results of contacting some endpoints."""

    session: Session
    endpoints: tuple[Endpoint, ...]
    observations: Mapping[str, Observation]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of the gateway file, and a diagnostic for every endpoint whose test failed."""
        diagnostics = [
            diagnostic
            for endpoint in self.endpoints
            for diagnostic in _said(endpoint, self.observations[endpoint.name])
        ]
        return (*self.session.diagnostics, *(diagnostic for diagnostic in diagnostics if diagnostic))


def _said(endpoint: Endpoint, seen: Observation) -> tuple[Diagnostic | None, ...]:
    left_out = filtered(endpoint, seen.catalog) if isinstance(seen.catalog, Listed) else ()
    return (*seen.diagnostics, finding(endpoint, seen), *left_out)


def look(options: Options, names: Sequence[str], on_done: OnDone | None = None) -> ConnectionTest:
    """Contact the named endpoints, or all endpoints. Raise `Failed` if a name is not an endpoint."""
    session = open_session(options, names or None)
    endpoints = tuple(endpoint for name, endpoint in session.gateway.endpoints.items() if not names or name in names)
    return ConnectionTest(session, endpoints, observe_all(endpoints, session.keys, on_done))


def finding(endpoint: Endpoint, seen: Observation) -> Diagnostic | None:
    """Return the diagnostic of an endpoint's test, or None if the model list is complete.

    An empty or partial list is a warning. Any other result is an error, unless the endpoint needs no list.
    """
    if isinstance(seen.catalog, Listed) and seen.catalog.is_partial:
        return partial_list(endpoint, seen.catalog)
    if seen.code is None:
        return None
    refused = is_list_refused(endpoint, seen)
    severity: Severity = "note" if refused else "warning" if seen.code == codes.NO_MODELS_RETURNED else "error"
    at = address.endpoint(endpoint.name)
    return diagnostic(
        severity, seen.code, seen.summary, detail=seen.detail, hint=seen.hint, address=at, source=endpoint.source
    )


def models_shown(test: ConnectionTest) -> list[ShownModel]:
    """Return the models that a plan would contain, then the listed models that the filters exclude."""
    shown: list[ShownModel] = []
    groups, roles = by_endpoint(test.session.recorded), _roles(test.session.recorded)
    for endpoint in test.endpoints:
        wanted = _wanted(test.observations[endpoint.name], endpoint, groups.get(endpoint.name, {}))
        shown += [_shown(endpoint, model, roles, wanted=True) for model in wanted.values()]
        others = (model for name, model in _listed(test, endpoint).items() if name not in wanted)
        shown += [_shown(endpoint, model, roles, wanted=False) for model in others]
    return shown


def matching(shown: Iterable[ShownModel], search: str, purposes: Collection[str]) -> list[ShownModel]:
    """Return the models with the text in their name or a role, in upper or lower case, and with one of the purposes.

    Without a text or a purpose, every model matches.
    """
    wanted = search.casefold()
    return [
        model
        for model in shown
        if any(wanted in name.casefold() for name in (model.resource.address.name, *model.roles))
        and (not purposes or model.resource.purpose in purposes)
    ]


Roles = Mapping[Address, Sequence[str]]


def _shown(endpoint: Endpoint, model: Resource, roles: Roles, wanted: bool) -> ShownModel:
    return ShownModel(model, wanted, model.as_model.apis or endpoint.apis, tuple(roles.get(model.address, ())))


def _roles(recorded: Recorded) -> Roles:
    """Return {model: the roles whose applied default is the model}."""
    roles: dict[Address, list[str]] = {}
    for at, resource in recorded.items():
        if at.is_default:
            roles.setdefault(resource.default_model, []).append(at.name)
    return roles


def _wanted(seen: Observation, endpoint: Endpoint, recorded: Recorded) -> dict[str, Resource]:
    desired = resolve_endpoint(endpoint, seen, recorded, NO_CONSENT)
    models = [wanted.resource for at, wanted in desired.wanted.items() if at.is_model]
    return {model.address.model_id: model for model in models}


def _listed(test: ConnectionTest, endpoint: Endpoint) -> dict[str, Resource]:
    catalog = test.observations[endpoint.name].catalog
    if not isinstance(catalog, Listed):
        return {}
    return {
        model.id: Resource(
            address.model(endpoint.name, model.id),
            ModelAttributes.of(model.purpose, model.details or NO_DETAILS),
            {"origin": "fetched", "purpose_source": model.purpose_source},
        )
        for model in catalog.models
    }
