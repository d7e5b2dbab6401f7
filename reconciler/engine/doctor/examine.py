"""The whole run of `gwctl doctor`: gwctl gathers the inputs, then runs every check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.config.load import load
from reconciler.engine.doctor.case import DoctorRun, route_of
from reconciler.engine.doctor.checks import CHECKS, ENDPOINT_CHECKS
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.keys.request import observe_all
from reconciler.engine.options import Options
from reconciler.engine.stack.open_stack import open_alone, read_in, trust_of, wants_in
from reconciler.engine.stack.session import known_endpoints
from reconciler.engine.trust.contents import with_contents
from reconciler.errors import Failed
from reconciler.live.http.proxy import Route
from reconciler.plan.resolve.moves import follow
from reconciler.resources.finding import Finding
from reconciler.resources.observation import Observation
from reconciler.resources.urls import origin
from reconciler.secrets.resolve_key import Missing

if TYPE_CHECKING:
    from reconciler.live.probe.host import Probe

_LONGEST = 10.0  # seconds; an endpoint's own timeout can be ten minutes


def examine(options: Options, names: Sequence[str]) -> list[Finding]:
    """Return the findings about the machine, the files and the endpoints. Raise `Failed` for an unknown endpoint."""
    case = DoctorRun(options=options, loaded=load(options.files, options.variables, options.environ))
    gateway = case.loaded.gateway
    if gateway is not None:
        gateway = with_contents(gateway, options)
        known_endpoints(gateway, names, "the command line")
        chosen = tuple(endpoint for name, endpoint in gateway.endpoints.items() if not names or name in names)
        case = _with_state(replace(case, endpoints=chosen), gateway)
        case = case if options.offline else replace(case, probes=_probes(case))
        case = replace(case, keyless=_keyless(case))
    findings = [finding for check in CHECKS for finding in check(case)]
    of_endpoints = (finding for at in case.endpoints for check in ENDPOINT_CHECKS for finding in check(case, at))
    return [*findings, *of_endpoints, *_not_tested(case, names)]


def _not_tested(case: DoctorRun, names: Sequence[str]) -> Iterator[Finding]:
    """Yield a note with the command that tests the keys, because the doctor sends no key."""
    if case.endpoints:
        summary = "The keys and the model lists were not tested"
        hint = f"gwctl test{''.join(f' {name}' for name in names)}{case.options.typed}"
        yield Finding(group="network", grade="note", code=codes.NOT_TESTED, summary=summary, hint=hint)


def _with_state(case: DoctorRun, gateway: Gateway) -> DoctorRun:
    options = case.options
    trust = trust_of(gateway, replace(options, asker=None) if options.offline else options)
    reading = replace(options, offline=False)  # the doctor reads keys but sends none
    wants = wants_in(gateway, reading, trust, [endpoint.name for endpoint in case.endpoints])
    try:
        store = open_alone(gateway, options, trust, wants)
        case = replace(case, store=store)
        if store.is_shared and options.offline:
            trust.agree(wants.sent, wants.kept)
        else:
            state = read_in(store, gateway, options=options, trust=trust, wants=wants).state
            case = replace(case, state=state, recorded=follow(gateway, state.resources).recorded)
    except Failed as fault:
        case = replace(case, trouble=tuple(fault.diagnostics))
    return replace(case, keys=Keyring(gateway, trust, options))


def _probes(case: DoctorRun) -> dict[str, Probe]:
    """Return {endpoint: probe}. Endpoints with the same origin and route share one probe."""
    from reconciler.live.probe.host import ProbeRequest, probe_all

    asked = {endpoint.name: _probed(endpoint) for endpoint in case.endpoints}
    seconds = {asked[endpoint.name]: min(endpoint.timeout, _LONGEST) for endpoint in case.endpoints}
    probes = probe_all({place: ProbeRequest(place[0], seconds[place], place[1]) for place in asked.values()})
    return {name: probes[place] for name, place in asked.items()}


def _keyless(case: DoctorRun) -> dict[str, Observation]:
    """Return the results of requesting the model lists of endpoints that have no key here and may need none.

    No secret is sent: endpoints with headers or TLS files are left out.
    """
    reached = [each for each in case.endpoints if each.name in case.probes and _responds(case.probes[each.name])]
    unsure = [each for each in reached if not (each.key_required or each.headers or each.tls)]
    try:
        keyless = [each for each in unsure if case.keys and isinstance(case.keys.of(each), Missing)]
        patient = [replace(each, timeout=min(each.timeout, _LONGEST)) for each in keyless]
        return observe_all(patient, case.keys) if case.keys and patient else {}
    except Failed:  # the check of the ledger reports it
        return {}


def _responds(probe: Probe) -> bool:
    return isinstance(probe.answer, int)


def _probed(endpoint: Endpoint) -> tuple[str, Route]:
    """Return the origin and the route of the endpoint."""
    return origin(endpoint.base_url), route_of(endpoint)
