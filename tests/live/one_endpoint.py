"""One endpoint, as a test of an exchange wants it, and its connection test."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reconciler.live.dialect import dialect_of
from reconciler.live.http.proxy import Route
from reconciler.live.observe import observe
from reconciler.live.target import Target
from reconciler.presets.preset import Preset
from reconciler.resources.observation import Observation
from reconciler.resources.tls import Tls, TlsFile
from reconciler.resources.urls import join, origin
from reconciler.secrets.binding import Binding, certificate_secret
from reconciler.secrets.key import Key
from tests.support.bindings import agreed

KEY = "quokka-7351-zebra-fjord"
PLAIN = Preset(id="", key="optional")


def look(url: str, tls: Tls | None = None, proxy: str | None = None, key: str | None = KEY) -> Observation:
    """Return the observation of the connection test."""
    return ask(target(url, key=key, route=Route(tls, proxy, _shown(url, tls) if tls else None)))


def target(url: str, key: str | None = KEY, preset: Preset = PLAIN, timeout: float = 10.0, **more: Any) -> Target:
    """Return the target of an exchange with that URL; `more` are its other fields."""
    headers = more.pop("headers", ())
    secret = Key(key) if key else None
    return Target(name="it", base_url=url, preset=preset, headers=headers, timeout=timeout, key=secret, **more)


def ask(target: Target) -> Observation:
    """Return what the connection test of one target observes."""
    return observe([("it", lambda: target)])["it"]


def list_paths(dialect: str) -> list[str]:
    """The paths at which a server of that dialect lists, at its root and below `/v1`."""
    rules = dialect_of(dialect)
    urls = [join(rules.list_base(f"http://h{prefix}"), rules.list_path) for prefix in ("", "/v1")]
    return [urlsplit(url).path for url in urls]


def tls(ca_file: Path | None = None, client: tuple[Path | None, Path | None] = (None, None)) -> Tls:
    """These files, as a gateway file would name them."""
    return Tls(*(TlsFile(path.name, str(path)) if path else None for path in (ca_file, *client)))


def _shown(url: str, tls: Tls) -> Binding | None:
    """Return the binding that lets the client certificate, if any, be sent to that URL's origin."""
    if not tls.client_cert:
        return None
    files = [each for each in (tls.client_cert, tls.client_key) if each]
    secret = certificate_secret([file.path for file in files], [file.resolved for file in files])
    return agreed(secret, origin(url))
