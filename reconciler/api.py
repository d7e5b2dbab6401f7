"""The public Python API, to use the models of a team, and to load, plan and apply a gateway file.

Every other module of this package, except `reconciler.testing`, is internal and may change in any release. Nothing here
prints or asks a question. Only `model` and `models` read environment variables that were not passed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from reconciler.diagnostics import Diagnostic, Source, has_errors
from reconciler.errors import GatewayError
from reconciler.programs.model import Model, all_models, one_model
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.address import Address
    from reconciler.config.gateway import Gateway as _Gateway
    from reconciler.engine.options import Options
    from reconciler.engine.plan import Run
    from reconciler.plan.change import Change as _Change
    from reconciler.plan.change import Plan as _Plan
    from reconciler.plan.consents import Consents

__all__ = [
    "Change",
    "Diagnostic",
    "Gateway",
    "GatewayError",
    "Model",
    "Outcome",
    "Plan",
    "Source",
    "apply",
    "load",
    "model",
    "models",
    "plan",
]

Action: TypeAlias = Literal["create", "update", "delete", "forget"]
Cause: TypeAlias = Literal["config", "catalog", "drift", "key"]
Scope: TypeAlias = Literal["all", "shared", "machine"]
Result: TypeAlias = Literal["done", "failed", "blocked", "skipped"]
Trusted: TypeAlias = Literal["file", "state"]
Files: TypeAlias = "str | PathLike[str] | Sequence[str | PathLike[str]]"


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A valid gateway file. `diagnostics` contains the warnings and notes about the file."""

    name: str
    endpoints: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    _loaded: tuple[_Gateway, tuple[Diagnostic, ...]] = field(repr=False, compare=False)
    _options: Options = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that a plan would make at one address, such as `model.litellm/gpt-4o-mini`.

    `before` and `after` are the attributes of the resource, as in the output of `gwctl plan --format json`. `before` is
    None if the change adds the resource. `after` is None if the change removes the resource. `scope` is `shared` if the
    state records the resource, and `machine` if only this machine records the resource.
    """

    address: str
    action: Action
    cause: Cause | None
    reason: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    scope: Literal["shared", "machine"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The changes that an apply would make, and the diagnostics from planning them.

    `complete` is false if something could not be read or planned. `blocked` has the addresses that an apply leaves as
    recorded.
    """

    name: str
    scope: Scope
    changes: tuple[Change, ...]
    complete: bool
    blocked: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    _gateway: Gateway = field(repr=False, compare=False)
    _plan: _Plan = field(repr=False, compare=False)
    _run: Run = field(repr=False, compare=False)

    @property
    def failed(self) -> bool:
        """True when at least one diagnostic is an error."""
        return has_errors(self.diagnostics)

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `gwctl plan --format json` prints."""
        from reconciler import safe_json
        from reconciler.render.json.plan import plan_document

        document: dict[str, Any] = safe_json.as_data(plan_document(self._plan))
        return document

    def to_text(self) -> str:
        """Return the text that `gwctl plan` prints, without colours."""
        from reconciler.render.formats.text import to_text
        from reconciler.render.views.plan import plan_view

        return to_text(plan_view(self._plan))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The results of an apply: one result per change. `serial` and `lineage` belong to the state after the apply.

    `diagnostics` contains only what the apply reported. The diagnostics of the plan are in `Plan.diagnostics`.
    """

    results: tuple[tuple[Change, Result], ...]
    serial: int
    lineage: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def applied(self) -> bool:
        """True when every change was made."""
        return all(result == "done" for _, result in self.results)


def load(
    files: Files = "gateway.yaml",
    *,
    variables: Mapping[str, str] = MappingProxyType({}),
    environ: Mapping[str, str] = MappingProxyType({}),
    state: str | None = None,
    allow_hosts: Collection[str] = (),
    trust: Trusted | Collection[Trusted] = (),
) -> Gateway:
    """Return the gateway from one file, or from several files laid over each other.

    This function reads no keys and no state, and sends no request. `variables` are the values of `--var`. `plan` and
    `apply` use the same `environ` for keys, `${VARIABLES}`, store credentials and proxies. `state` is the path or URL
    of the state, and replaces the state that the file names. `allow_hosts` and `trust` are consents for every plan of
    this gateway (see `plan`). Raise `GatewayError` with every error in the files.
    """
    from reconciler.engine.options import Options
    from reconciler.engine.stack.gateway_file import load_gateway
    from reconciler.engine.stack.session import known_endpoints

    options = Options(files=_paths(files), variables=dict(variables), environ=dict(environ), state=state)
    options = _agreeing(options, allow_hosts, trust)
    loaded = load_gateway(options)
    gateway, diagnostics = loaded
    known_endpoints(gateway, options.allowed_hosts, "allow_hosts")
    return Gateway(
        name=gateway.name,
        endpoints=tuple(gateway.endpoints),
        diagnostics=diagnostics,
        _loaded=loaded,
        _options=options,
    )


def plan(
    gateway: Gateway,
    *,
    scope: Scope | None = None,
    offline: bool = False,
    no_keys: bool = False,
    locked: bool = False,
    max_age: timedelta | None = None,
    accept_catalog: Collection[str] = (),
    allow_delete: Collection[str] = (),
    adopt: Collection[str] = (),
    allow_hosts: Collection[str] = (),
    trust: Trusted | Collection[Trusted] = (),
    allow_commands: bool = False,
) -> Plan:
    """Read the state, contact the endpoints and return the plan. Nothing is changed.

    The keywords are the options of `gwctl plan`. Write endpoints without `endpoint.`, and stored keys as
    `key.ENDPOINT`. A secret that nobody on this machine agreed to send is withheld, as in a run without a terminal.
    `allow_hosts` names the endpoints whose secrets may be sent. `trust` allows all hosts in the reviewed `file` or in
    the shared `state`. Both count for this plan and its apply, and are not remembered. With `max_age` and the scope
    `machine`, a shared endpoint is not contacted if this machine fetched its list within that time.

    Raise `GatewayError` if no plan can be made.
    """
    from reconciler.engine.plan import gather
    from reconciler.plan.build import make_plan

    options = replace(
        _agreeing(gateway._options, allow_hosts, trust),
        scope=scope,
        offline=offline,
        no_keys=no_keys,
        locked=locked,
        max_age=None if max_age is None else max_age.total_seconds(),
        allow_commands=allow_commands,
        consents=_consents(accept_catalog, allow_delete, adopt),
    )
    run = gather(options, loaded=gateway._loaded)
    return _shown(make_plan(run.inputs), run, gateway)


def apply(
    plan: Plan,
    *,
    decide: Callable[[Plan], bool] | None = None,
    allow_hosts: Collection[str] = (),
    trust: Trusted | Collection[Trusted] = (),
) -> Outcome:
    """Apply exactly this plan, once, and return the results.

    `decide` is called before anything changes, if the plan has changes. If `decide` returns False, every change is
    skipped. Without `decide`, the plan is applied. An endpoint for which the plan reports an error is left as recorded,
    and the other endpoints are applied.

    `allow_hosts` and `trust` are further consents, only for this apply (see `plan`). With further consents, gwctl
    contacts the endpoints again, and applies the plan only if the changes and the state are still the same.

    Raise `GatewayError` if the plan has changes that an apply may not make, such as the changes of an endpoint whose
    key is withheld. Nothing is changed then.
    """
    from reconciler.engine.apply import apply as carry_out
    from reconciler.engine.apply import as_shown
    from reconciler.engine.plan import gather

    run = plan._run
    if allow_hosts or trust:
        run = gather(_agreeing(run.session.options, allow_hosts, trust), loaded=plan._gateway._loaded)
    final, run = as_shown(plan._plan, run)
    outcome = carry_out(final, run, lambda _: decide is None or decide(plan))
    results = tuple((_change(change), outcome.results[change.at]) for change in final.effective)
    return Outcome(
        results=results, serial=outcome.serial, lineage=outcome.lineage, diagnostics=tuple(outcome.diagnostics)
    )


def model(name: str, *, resolved: str | PathLike[str] | None = None) -> Model:
    """Return an applied model: the model of a role such as `chat`, or the model `ENDPOINT/ID`.

    This function sends no request, writes nothing and asks nothing. The models come from the first of these places: the
    resolved file at the path `resolved`; GWCTL_RESOLVED_JSON, which `gwctl run` sets; the resolved file at the path in
    GWCTL_RESOLVED; what was last applied on this machine from the nearest gateway.yaml in this folder or above.
    GWCTL_USE_CHAT=ENDPOINT/ID replaces the model of the role `chat`. Each other role has a similar variable. All these
    variables, and the variables with keys, are read from the environment of the process. Raise `GatewayError` if there
    is no such model.
    """
    return one_model(name, resolved, os.environ)


def models(*, resolved: str | PathLike[str] | None = None) -> tuple[Model, ...]:
    """Return all applied models, from the same places as `model`. Raise `GatewayError` if nothing is found."""
    return all_models(resolved, os.environ)


def _shown(plan: _Plan, run: Run, gateway: Gateway) -> Plan:
    return Plan(
        name=plan.name,
        scope=plan.scope,
        changes=tuple(_change(change) for change in plan.effective),
        complete=plan.complete,
        blocked=tuple(map(str, plan.blocked)),
        diagnostics=plan.diagnostics,
        _gateway=gateway,
        _plan=plan,
        _run=run,
    )


def _change(change: _Change) -> Change:
    if change.action == "none":
        raise AssertionError(f"{change.address} does not change")
    return Change(
        address=str(change.address),
        action=change.action,
        cause=change.cause,
        reason=change.reason,
        before=change.before.data if change.before else None,
        after=change.after.data if change.after else None,
        scope=change.scope,
    )


def _paths(files: Files) -> tuple[Path, ...]:
    return (Path(files),) if isinstance(files, str | PathLike) else tuple(map(Path, files))


def _agreeing(options: Options, allow_hosts: Collection[str], trust: Collection[str]) -> Options:
    """Return the options with these consents added. Raise `Failed` for an unknown word in `trust`."""
    from reconciler import codes, text
    from reconciler.diagnostics import error
    from reconciler.errors import Failed

    unknown = sorted(_names(trust) - set(get_args(Trusted)))
    if unknown:
        summary = f"trust: `{text.printable(unknown[0], 40)}` is not allowed"
        hint = f"use {' or '.join(get_args(Trusted))}"
        raise Failed(error(codes.BAD_VALUE, summary, detail="Nothing was done.", hint=hint))
    hosts, trusted = options.allowed_hosts | _names(allow_hosts), options.trusted | _names(trust)
    return replace(options, allowed_hosts=hosts, trusted=trusted)


def _consents(catalogs: Collection[str], deletes: Collection[str], adopts: Collection[str]) -> Consents:
    from reconciler.plan.consents import Consents

    adopted = frozenset(map(_owned, _names(adopts)))
    return Consents(catalogs=_names(catalogs), deletes=_names(deletes), adopts=adopted)


def _names(names: Collection[str]) -> frozenset[str]:
    """Return the names as a set. A single string is one name, not a collection of letters."""
    return frozenset([names] if isinstance(names, str) else names)


def _owned(name: str) -> Address:
    from reconciler import address, codes
    from reconciler.diagnostics import error
    from reconciler.errors import Failed

    kinds = address.adoptable_kinds()
    try:
        return address.parse(name, kinds)
    except ValueError as fault:
        hint = f"write {' or '.join(kind.form for kind in kinds)}"
        raise Failed(error(codes.BAD_ADDRESS, f"adopt: {fault}", hint=hint)) from None
