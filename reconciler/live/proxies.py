"""Which way a request goes: direct, or through which proxy, as the HTTP library decides it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from reconciler.resources.urls import is_loopback, origin

_USABLE = ("http", "https")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Route:
    """The proxy's origin, None when it goes direct; and what decided it."""

    proxy: str | None
    why: str
    misread: str = ""  # an entry of NO_PROXY that seems to mean this host, and does not cover it


def system_proxies() -> Mapping[str, str]:
    """The proxies by scheme, `all` and `no`: of the environment, on macOS and Windows else of the system."""
    from urllib.request import getproxies

    return getproxies()


def route(url: str, proxies: Mapping[str, str]) -> Route:
    """Which way a request to that URL goes; loopback never goes through a proxy."""
    if is_loopback(url):
        return Route(None, "loopback never goes through a proxy")
    scheme = urlsplit(url).scheme
    name = next((each for each in (scheme, "all") if proxies.get(each)), None)
    if name is None:
        return Route(None, f"no proxy is set for {scheme}")
    entries = [each.strip() for each in proxies.get("no", "").split(",") if each.strip()]
    covering = next((each for each in entries if _covers(each, url)), None)
    if covering is not None:
        return Route(None, f"NO_PROXY covers it ({covering})")
    misread = next((each for each in entries if _means(each, urlsplit(url).hostname or "")), "")
    return Route(_shown(proxies[name]), f"{name.upper()}_PROXY", misread)


def unusable(proxies: Mapping[str, str]) -> Iterator[str]:
    """The settings (`http`, `https`, `all`) that no request can use; one such stops all but loopback."""
    for name in ("http", "https", "all"):
        if proxies.get(name) and not _is_usable(proxies[name]):
            yield name


def _is_usable(proxy: str) -> bool:
    try:
        parts = urlsplit(_with_scheme(proxy))
        return parts.scheme in _USABLE and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _shown(proxy: str) -> str:
    """Without the user and password that it may hold."""
    return origin(_with_scheme(proxy)) if _is_usable(proxy) else "a proxy that cannot be used"


def _covers(entry: str, url: str) -> bool:
    """As httpx reads an entry of NO_PROXY: a name covers its subdomains, `.name` only them, a number itself."""
    if entry == "*":
        return True
    target = urlsplit(url)
    host, port = target.hostname or "", target.port
    try:
        parts = urlsplit(entry if "://" in entry else f"all://{_bracketed(entry)}")
        name, wanted = parts.hostname or "", parts.port
    except ValueError:
        return False
    if wanted is not None and wanted != (None if port == _DEFAULT_PORTS[target.scheme] else port):
        return False
    if "://" in entry:
        return parts.scheme == target.scheme if not name else parts.scheme in ("all", target.scheme) and name == host
    if _is_number(name) or name == "localhost":
        return host == name
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _means(entry: str, host: str) -> bool:
    """As other tools read it: networks, `*.name`, and `.name` for the name itself."""
    if "/" in entry:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name = entry.removeprefix("*").removeprefix(".").lower()
    return bool(name) and (host == name or host.endswith(f".{name}")) and not _is_number(host)


def _bracketed(entry: str) -> str:
    bare = entry.partition("/")[0]
    return f"[{bare}]" if bare.count(":") > 1 and not bare.startswith("[") else entry


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
