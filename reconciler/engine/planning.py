"""The plan of a run: gateway file and state in, everything asked, one value out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.address import Address
from reconciler.apply.keep_keys import Keeping
from reconciler.diagnostics import Diagnostic, warning
from reconciler.engine.asking import AskHost, OnDone, observe_all
from reconciler.engine.keeping import key_records, key_to_keep, wanted_keys
from reconciler.engine.keys import Keys, open_keys
from reconciler.engine.options import Options
from reconciler.engine.workspace import Workspace, open_workspace
from reconciler.errors import Failed
from reconciler.plan.change import Plan
from reconciler.plan.explain import explain
from reconciler.plan.key_plan import KeyRecords
from reconciler.plan.lifecycle import follow
from reconciler.plan.make import make_destroy_plan, make_plan
from reconciler.secrets.key import Key


@dataclass(frozen=True)
class Prepared:
    """A plan, with what an apply of it needs; no workspace when the plan is only a list of errors."""

    plan: Plan
    workspace: Workspace | None
    keys: Keys | None = None
    records: KeyRecords | None = None  # of kept keys; None where nobody looked


def prepare(options: Options, ask_host: AskHost | None = None, on_done: OnDone | None = None) -> Prepared:
    """Make the plan; a file or a state that cannot be used becomes a plan that says so."""
    try:
        workspace = open_workspace(options)
    except Failed as fault:
        return Prepared(_nothing_but(fault.diagnostics), None)
    lifecycle = follow(workspace.gateway, workspace.state.resources)
    endpoints = workspace.gateway.endpoints.values()
    keys = open_keys(workspace, options)
    try:
        observations = observe_all(endpoints, lifecycle.recorded, options, keys, ask_host, on_done)
        wanted = [] if options.offline else wanted_keys(workspace.gateway, keys, observations)
        records = None if options.offline else key_records(keys, wanted)
    except Failed as fault:  # the ledger cannot be read
        return Prepared(_nothing_but(fault.diagnostics), None)
    plan = make_plan(
        workspace.gateway, observations, lifecycle, options.consents, explain, options.applying, wanted, records
    )
    return Prepared(_bound(plan, workspace, _idle_consents(plan, options)), workspace, keys, records)


def prepare_destroy(options: Options) -> Prepared:
    """The plan that deletes everything recorded; nobody is asked anything."""
    try:
        workspace = open_workspace(options)
    except Failed as fault:
        return Prepared(_nothing_but(fault.diagnostics), None)
    lifecycle = replace(follow(workspace.gateway, {}), recorded=workspace.state.resources, diagnostics=())
    keys = open_keys(workspace, options)
    try:
        records = key_records(keys, [])
    except Failed as fault:
        return Prepared(_nothing_but(fault.diagnostics), None)
    plan = make_destroy_plan(workspace.gateway, lifecycle, explain, records)
    return Prepared(_bound(plan, workspace, ()), workspace, keys, records)


def keeping_of(prepared: Prepared) -> Keeping | None:
    """What an apply of that plan needs to keep keys; None where nobody looked at the keychain."""
    keys, records, workspace = prepared.keys, prepared.records, prepared.workspace
    if keys is None or records is None or workspace is None:
        return None
    endpoints = workspace.gateway.endpoints

    def key_of(name: str) -> Key | None:
        return key_to_keep(endpoints[name], keys) if name in endpoints else None

    return Keeping(keys.ledger, records, key_of, workspace.gateway.name, workspace.store.url)


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
