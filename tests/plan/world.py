"""A small world for the pure rooms: gateways, lists and records in a line each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.address import MODEL, Address, parse
from reconciler.config.gateway import DeclaredModel, DefaultCandidate, Discover, Endpoint, Gateway, Moved, Removed, Role
from reconciler.diagnostics import Source
from reconciler.plan.build import make_plan
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.inputs import Inputs, leaving_open
from reconciler.plan.resolve.scopes import divide
from reconciler.presets.preset import Preset
from reconciler.resources.observation import Listed, ListedModel, Observation, Unlisted, skipped
from reconciler.resources.purpose import purpose_of_id
from reconciler.resources.resource import Recorded, Resource
from reconciler.secrets.reference import EnvReference, KeyReference

HERE = Source("gateway.yaml", 1, 1)
WORDS = {
    "INVALID_API_KEY": "Invalid API key",
    "ENDPOINT_NOT_FOUND": "Endpoint not found",
    "NO_MODELS_RETURNED": "No models returned",
}


def endpoint(
    name: str = "litellm",
    *models: str | tuple[str, str],
    base_url: str = "http://h:4000",
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    discover: bool = True,
    key: KeyReference | None = None,
    policy: str = "optional",
    protect: bool = False,
) -> Endpoint:
    """An endpoint that declares these models, each an ID or an ID with its purpose."""
    pairs = [model if isinstance(model, tuple) else (model, None) for model in models]
    return Endpoint(
        name=name,
        base_url=base_url,
        preset=Preset(id="litellm", key=policy),
        key=key,
        models=tuple(DeclaredModel(model_id, purpose, HERE) for model_id, purpose in pairs),
        discover=Discover(discover, include, exclude),
        headers=(),
        timeout=10.0,
        plain={"protect": protect},
        source=HERE,
    )


def gateway(
    *endpoints: Endpoint,
    defaults: dict[str, list[str]] | None = None,
    roles: dict[str, str] | None = None,
    removed: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
    moved: tuple[tuple[str, str], ...] = (),
) -> Gateway:
    """A gateway with these endpoints; `roles` gives the purpose of those in `defaults` that are no purposes."""
    wanted = defaults or {}
    return Gateway(
        name="acme",
        directory=Path(),
        state="file:state.json",
        endpoints={endpoint.name: endpoint for endpoint in endpoints},
        defaults={
            purpose: tuple(DefaultCandidate(Address(MODEL, name), HERE) for name in names)
            for purpose, names in wanted.items()
        },
        default_sources=dict.fromkeys(wanted, HERE),
        own_roles=tuple(Role(name, purpose) for name, purpose in (roles or {}).items()),
        removed=tuple(Removed(parse(name), name in kept, HERE) for name in (*removed, *kept)),
        moved=tuple(Moved(parse(old), parse(new), HERE) for old, new in moved),
        digest="sha256:0",
    )


def listed(*ids: str, **purposes: str) -> Observation:
    """A list with these IDs, their purpose read from the ID unless it is given."""
    models = [ListedModel(item, *purpose_of_id(item)) for item in ids]
    models += [ListedModel(item, purpose, "mode") for item, purpose in purposes.items()]
    if not models:
        return Observation(
            status="empty",
            catalog=Listed(()),
            code="NO_MODELS_RETURNED",
            http_status=200,
            summary=WORDS["NO_MODELS_RETURNED"],
        )
    return Observation(status="listed", catalog=Listed(tuple(models)), http_status=200, url="http://h:4000/models")


def unlisted(code: str = "UNREACHABLE", http_status: int | None = None, marker: bool = False) -> Observation:
    """No list, and why."""
    words = WORDS.get(code, "Could not fetch models")
    return Observation(
        status="unlisted",
        catalog=Unlisted(code, words),
        code=code,
        http_status=http_status,
        summary=words,
        detail="It failed.",
        auth_marker=marker,
    )


def not_asked(code: str) -> Observation:
    """An endpoint that was skipped."""
    return skipped(code, code.lower())


def inputs(
    gate: Gateway, seen: dict[str, Observation], recorded: Recorded | None = None, consents: Consents = NO_CONSENT
) -> Inputs:
    """The inputs of this world's plan."""
    division = divide(gate, "all", own=frozenset(), state=recorded or {}, ledger={})
    return Inputs(division=division, observations=seen, consents=consents)


def plan(
    gate: Gateway, seen: dict[str, Observation], recorded: Recorded | None = None, consents: Consents = NO_CONSENT
) -> Plan:
    """The plan of this world."""
    return make_plan(inputs(gate, seen, recorded, consents))


def plan_to_apply(
    gate: Gateway, seen: dict[str, Observation], recorded: Recorded | None = None, consents: Consents = NO_CONSENT
) -> Plan:
    """The plan of this world as an apply has it."""
    return make_plan(leaving_open(inputs(gate, seen, recorded, consents)))


def after(plan: Plan) -> dict[Address, Resource]:
    """Return the records after the plan is applied."""
    return {change.after.address: change.after for change in plan.changes if change.after}


def applied(gate: Gateway, seen: dict[str, Observation], recorded: Recorded | None = None) -> dict[Address, Resource]:
    """Return the records after an apply of that world."""
    return after(plan(gate, seen, recorded))


def shown(plan: Plan) -> list[str]:
    """`+ model.litellm/a (config)` for every change, sorted."""
    signs = {"create": "+", "update": "~", "delete": "-", "forget": "x"}
    return sorted(f"{signs[change.action]} {change.address} ({change.cause})" for change in plan.effective)


def models_of(planned: Plan | dict[Address, Resource]) -> list[str]:
    """The IDs of all models after the plan, sorted."""
    resources = after(planned) if isinstance(planned, Plan) else planned
    return sorted(at.model_id for at in resources if at.is_model)


def codes(plan: Plan, severity: str | None = None) -> list[str]:
    """The codes of all findings, of one severity if it is given."""
    return [diagnostic.code for diagnostic in plan.diagnostics if severity in (None, diagnostic.severity)]


def change(plan: Plan, at: str) -> Change:
    """The one change at that address."""
    return next(change for change in plan.changes if str(change.address) == at)


def with_key(endpoint: Endpoint, name: str = "LITELLM_API_KEY") -> Endpoint:
    """The endpoint with a reference to a key."""
    return replace(endpoint, key=EnvReference(name))
