"""Which way each endpoint is reached, and whether the settings for that can be used."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.config.gateway import Endpoint
from reconciler.engine.doctor.case import Case, group_of
from reconciler.live.proxies import route, unusable
from reconciler.resources.finding import Finding, ok


def proxy_settings(case: Case) -> Iterator[Finding]:
    """Proxies that no request can use."""
    for name in unusable(case.proxies):
        yield Finding(
            "network",
            "error",
            "PROXY_UNUSABLE",
            f"{name.upper()}_PROXY (or the system's setting) is no http:// or https:// URL",
            "Every request but those to loopback fails, whether or not it would go through it.",
            f"write it as http://HOST:PORT, or unset it: {name.upper()}_PROXY, {name}_proxy",
        )


def way(case: Case, endpoint: Endpoint) -> Iterator[Finding]:
    """Direct, or through which proxy, and what decided it."""
    found, group = route(endpoint.base_url, case.proxies), group_of(endpoint)
    if found.proxy is None:
        yield ok(group, f"way: direct; {found.why}")
        return
    yield ok(group, f"way: through {found.proxy}, from {found.why}; NO_PROXY does not cover it")
    if found.misread:
        summary = f"way: `{found.misread}` in NO_PROXY does not cover this host"
        detail = "Other tools read it so; gwctl reads names with all below them, `.name` for those below, and numbers."
        hint = "name the host itself, or its domain without `*` and `.`"
        yield Finding(group, "warning", "NO_PROXY_MISREAD", summary, detail, hint)
