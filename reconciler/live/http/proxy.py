"""The route to an endpoint: its TLS files and its proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from reconciler.resources.tls import Tls
from reconciler.resources.urls import is_loopback, origin
from reconciler.secrets.binding import Binding
from reconciler.values import dataclass

_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")


@dataclass(frozen=True)
class Route:
    """The route to an endpoint in the gateway file.

    `proxy` takes precedence over the environment, also over NO_PROXY.
    """

    tls: Tls | None = None
    proxy: str | None = None
    certificate: Binding | None = None  # the permission to use the client certificate; None: it is not used
    environ: Mapping[str, str] | None = field(default=None, hash=False)  # has the proxies; None: os.environ

    def proxy_to(self, url: str) -> str | None:
        """Return the proxy for a request to `url`.

        Return None if `url` is a loopback address, or if there is no proxy.
        """
        if is_loopback(url):
            return None
        return self.proxy or environment_proxy(url, self.environ)


@dataclass(frozen=True)
class ProxyChoice:
    """The choice of a proxy for a request, and the reason. `proxy` is an origin, or None for a direct connection."""

    proxy: str | None
    why: str


def way_to(url: str, route: Route) -> ProxyChoice:
    """Return the proxy for a request to `url`, and the reason for this choice. The result has no password."""
    from urllib.request import getproxies

    if is_loopback(url):
        return ProxyChoice(None, "loopback addresses never use a proxy")
    if route.proxy:
        return ProxyChoice(origin(route.proxy), "`proxy:` of the endpoint")
    scheme, named = urlsplit(url).scheme, getproxies()
    name = next((candidate for candidate in (scheme, "all") if named.get(candidate)), None)
    if name is None:
        return ProxyChoice(None, f"no proxy is set for {scheme}")
    proxy = environment_proxy(url)
    if proxy is None:
        return ProxyChoice(None, "NO_PROXY contains the host")
    return ProxyChoice(origin(proxy) if _is_usable(proxy) else "a proxy that is not supported", f"{name.upper()}_PROXY")


def unusable_settings() -> Iterator[str]:
    """Yield the names of the proxy settings (`http`, `https`, `all`) that are not valid URLs.

    The settings come from the environment or from the operating system.
    """
    from urllib.request import getproxies

    named = getproxies()
    yield from (name for name in ("http", "https", "all") if named.get(name) and not _is_usable(named[name]))


def _is_usable(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def environment_proxy(url: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the proxy from HTTPS_PROXY, HTTP_PROXY or ALL_PROXY. Return None if NO_PROXY contains the host.

    The proxy may contain a password. Without `environ`, the process's environment is used. On macOS and Windows, the
    system's settings then replace variables that are not set.
    """
    from urllib.request import getproxies

    named, parts = getproxies() if environ is None else _proxies_in(environ), urlsplit(url)
    proxy = named.get(parts.scheme) or named.get("all")
    port = parts.port or _PORTS.get(parts.scheme, 0)
    if not proxy or is_exempt((parts.hostname or "").rstrip("."), port, named.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _proxies_in(environ: Mapping[str, str]) -> dict[str, str]:
    """Return {scheme: proxy} from `environ`, by the rules of `urllib.request.getproxies_environment`.

    A lower-case name takes precedence over the same name in capitals, even if its value is empty. HTTP_PROXY is ignored
    in a CGI program.
    """
    known = {name: value for name, value in environ.items() if name.lower().endswith("_proxy")}
    if "REQUEST_METHOD" in environ:
        known.pop("HTTP_PROXY", None)
    ordered = sorted(known.items(), key=lambda pair: pair[0].islower())
    named = {name.lower().removesuffix("_proxy"): value for name, value in ordered}
    return {scheme: proxy for scheme, proxy in named.items() if proxy}


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY contains the host: as a name, domain, HOST:PORT, address or network, or as `*`.

    Commas or white space separate the entries. If an entry is a URL, only its host and port are compared.
    """
    entries = [_SCHEME.sub("", entry) for entry in re.split(r"[\s,;]+", no_proxy.lower())]
    return any(entry == "*" or _names(_without_path(entry), host, port) for entry in entries if entry)


def _without_path(entry: str) -> str:
    """Return `host:port` from `host:port/path`. A network such as `10.0.0.0/8` is returned unchanged."""
    before, _, after = entry.partition("/")
    return entry if after.isdigit() else before


def _names(entry: str, host: str, port: int) -> bool:
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:  # the entry or the host is a name
        name, _, its_port = entry.removeprefix("*").lstrip(".").partition(":")
        return (host == name or host.endswith(f".{name}")) and its_port in ("", str(port))
