"""A plug-in of proxy.py: names under `.test`, which nobody has (RFC 6761), are this machine."""

from __future__ import annotations

from proxy.http.proxy import HttpProxyBasePlugin


class EveryNameIsHere(HttpProxyBasePlugin):
    """Answers with loopback, so that the client meets a host that is not loopback to it."""

    def resolve_dns(self, host: str, port: int) -> tuple[str | None, tuple[str, int] | None]:
        """The address of a host."""
        return ("127.0.0.1" if host.endswith(".test") else None), None
