"""The inputs of the checks of `gwctl doctor`: the gateway file, the state and the network probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.config.load import LoadedGateway
from reconciler.diagnostics import Diagnostic
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.options import Options
from reconciler.live.http.proxy import ProxyChoice, Route, way_to
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Recorded
from reconciler.state.document import State
from reconciler.state.stores.store import Store
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.live.probe.host import Probe


@dataclass(frozen=True, kw_only=True)
class DoctorRun:
    """One run of `gwctl doctor`. A value is None if gwctl could not read it. `trouble` contains the reason."""

    options: Options
    loaded: LoadedGateway
    endpoints: tuple[Endpoint, ...] = ()
    store: Store | None = None
    state: State | None = None
    trouble: tuple[Diagnostic, ...] = ()  # the errors from opening the state
    recorded: Recorded = field(default_factory=dict)
    keys: Keyring | None = None  # None without a gateway file
    probes: Mapping[str, Probe] = field(default_factory=dict)  # by endpoint; empty with --offline
    keyless: Mapping[str, Observation] = field(default_factory=dict)  # {endpoint without a key here: its model list}


def route_of(endpoint: Endpoint) -> Route:
    """Return the proxy and TLS settings of the endpoint, from the gateway file."""
    return Route(endpoint.tls, endpoint.proxy)


def way_of(endpoint: Endpoint) -> ProxyChoice:
    """Return the proxy for requests to the endpoint, if any, and the setting that selected the proxy."""
    return way_to(endpoint.base_url, route_of(endpoint))


def group_of(endpoint: Endpoint) -> str:
    """Return the heading above the findings about the endpoint."""
    return str(address.endpoint(endpoint.name))
