"""Building the field `proxy` of an endpoint: a URL without a password."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Diagnostic, error, warning
from reconciler.resources.urls import is_loopback, normalise_proxy
from reconciler.yaml.tree import MappingNode, Scalar, place


def build_proxy(node: MappingNode) -> Diagnosing[str | None]:
    """Return the URL of the proxy in the form `scheme://host[:port]`. If the URL is missing or wrong, return None."""
    proxy = node.nodes.get("proxy")
    if not isinstance(proxy, Scalar) or not isinstance(proxy.value, str):
        return None
    try:
        return normalise_proxy(proxy.value.strip())
    except ValueError as fault:
        hint = "as in `http://proxy.example:3128`"
        yield error(codes.BAD_PROXY, f"`proxy`: {fault}", hint=hint, source=proxy.source)
        return None


def about_loopback(root: MappingNode, name: str, base_url: str, proxy: str | None) -> Iterator[Diagnostic]:
    """Yield a warning if the base URL is on this machine, because requests to this machine use no proxy."""
    if proxy and is_loopback(base_url):
        summary = f"`proxy` is not used: the base URL of `endpoints.{name}` is on this machine"
        where = place(root, ("endpoints", name, "proxy"))
        yield warning(codes.UNUSED_PROXY, summary, hint="remove `proxy:`", address=None, source=where)
