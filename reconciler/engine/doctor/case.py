"""The inputs of the checks: the gateway file, the state and the network probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.config.load import LoadedGateway
from reconciler.diagnostics import Diagnostic
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.options import Options
from reconciler.live.http.proxy import ProxyChoice, Route, way_to
from reconciler.resources.resource import Recorded
from reconciler.state.document import State
from reconciler.state.stores.store import Store

if TYPE_CHECKING:
    from reconciler.live.probe.host import Probe


@dataclass(frozen=True, kw_only=True)
class DoctorRun:
    """One run of the doctor; what could not be had is None, and its reason in `trouble`."""

    options: Options
    loaded: LoadedGateway
    endpoints: tuple[Endpoint, ...] = ()
    store: Store | None = None
    state: State | None = None
    trouble: tuple[Diagnostic, ...] = ()  # with the state
    recorded: Recorded = field(default_factory=dict)
    keys: Keyring | None = None  # None without a gateway file
    probes: Mapping[str, Probe] = field(default_factory=dict)  # by endpoint; empty with --offline


def route_of(endpoint: Endpoint) -> Route:
    """Return the proxy and TLS settings of the endpoint, as the gateway file has them."""
    return Route(endpoint.tls, endpoint.proxy)


def way_of(endpoint: Endpoint) -> ProxyChoice:
    """Return the proxy that a request to the endpoint goes through, if any, and why."""
    return way_to(endpoint.base_url, route_of(endpoint))


def group_of(endpoint: Endpoint) -> str:
    """The heading under which an endpoint's findings stand."""
    return str(address.endpoint(endpoint.name))
