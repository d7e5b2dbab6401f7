"""The plan of a run: gateway file and state in, everything asked, one value out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, warning
from reconciler.engine.asking import AskHost, OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.workspace import Workspace, open_workspace
from reconciler.errors import Failed
from reconciler.plan.change import Plan
from reconciler.plan.explain import explain
from reconciler.plan.lifecycle import follow
from reconciler.plan.make import make_destroy_plan, make_plan


@dataclass(frozen=True)
class Prepared:
    """A plan, with what an apply of it needs; no workspace when the plan is only a list of errors."""

    plan: Plan
    workspace: Workspace | None


def prepare(options: Options, ask_host: AskHost | None = None, on_done: OnDone | None = None) -> Prepared:
    """Make the plan; a file or a state that cannot be used becomes a plan that says so."""
    try:
        workspace = open_workspace(options)
    except Failed as fault:
        return Prepared(_nothing_but(fault.diagnostics), None)
    lifecycle = follow(workspace.gateway, workspace.state.resources)
    endpoints = workspace.gateway.endpoints.values()
    observations = observe_all(endpoints, lifecycle.recorded, options, ask_host, on_done)
    plan = make_plan(workspace.gateway, observations, lifecycle, options.consents, explain, options.applying)
    return Prepared(_bound(plan, workspace, _idle_consents(plan, options)), workspace)


def prepare_destroy(options: Options) -> Prepared:
    """The plan that deletes everything recorded; nobody is asked anything."""
    try:
        workspace = open_workspace(options)
    except Failed as fault:
        return Prepared(_nothing_but(fault.diagnostics), None)
    lifecycle = replace(follow(workspace.gateway, {}), recorded=workspace.state.resources, diagnostics=())
    plan = make_destroy_plan(workspace.gateway, lifecycle, explain)
    return Prepared(_bound(plan, workspace, ()), workspace)


def _nothing_but(diagnostics: Sequence[Diagnostic]) -> Plan:
    return Plan("", None, None, "", False, (), diagnostics=tuple(diagnostics))


def _bound(plan: Plan, workspace: Workspace, said: tuple[Diagnostic, ...]) -> Plan:
    """The plan tied to the state it was made for."""
    state = workspace.state
    diagnostics = (*workspace.diagnostics, *plan.diagnostics, *said)
    return replace(plan, lineage=state.lineage or None, serial=state.serial, diagnostics=diagnostics)


def _idle_consents(plan: Plan, options: Options) -> tuple[Diagnostic, ...]:
    """A consent to delete that reached nothing is likely a slip of the pen, and worth a line."""
    going = {found.address for found in plan.changes if found.action == "delete"}
    idle = [name for name in sorted(options.consents.deletes) if Address("endpoint", name) not in going]
    return tuple(
        warning(
            "CONSENT_UNUSED",
            f"--allow-delete endpoint.{name}: no endpoint of that name would be deleted",
            "",
            "take the option away, or check the name: gwctl state list",
        )
        for name in idle
    )
