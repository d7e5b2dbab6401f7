"""The check of the proxy settings of each endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.engine.doctor.case import DoctorRun, group_of, way_of
from reconciler.live.http.proxy import unusable_settings
from reconciler.resources.finding import Finding, ok
from reconciler.resources.urls import is_loopback


def proxy_settings(case: DoctorRun) -> Iterator[Finding]:
    """Yield a finding for each proxy setting that no request can use."""
    for name in unusable_settings() if any(not is_loopback(endpoint.base_url) for endpoint in case.endpoints) else ():
        yield Finding(
            group="network",
            grade="error",
            code=codes.PROXY_UNUSABLE,
            summary=f"{name.upper()}_PROXY (or the system setting) is not an http:// or https:// URL",
            detail="Every request through this proxy fails.",
            hint=f"write the URL as http://HOST:PORT, or unset {name.upper()}_PROXY and {name}_proxy",
        )


def way(_case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Yield a finding about the proxy of the endpoint, if any, and the setting that selected the proxy."""
    proxy_choice, group = way_of(endpoint), group_of(endpoint)
    if proxy_choice.proxy is None:
        yield ok(group, f"proxy: none; {proxy_choice.why}")
    else:
        yield ok(group, f"proxy: {proxy_choice.proxy}, from {proxy_choice.why}")
