"""The pairs of a secret and a host in a run: the pairs of each endpoint, and the pair of the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from urllib.parse import unquote, urlsplit

from reconciler.config.gateway import Endpoint
from reconciler.presets.load import tenant_depth, tenant_depths
from reconciler.resources.urls import is_loopback, normalise_base_url, origin
from reconciler.secrets.binding import Exposure, Pair, Secret, certificate_secret, env_secret, kept_secret, secret_of
from reconciler.secrets.marks import SetFor
from reconciler.secrets.reference import EnvReference, KeyReference
from reconciler.secrets.resolve_key import is_blank
from reconciler.state.stores.credential import Credential
from reconciler.values import dataclass

STORE = ""  # the value of `endpoint` in the pair of the store


@dataclass(frozen=True, kw_only=True)
class WantedPair:
    """A pair of secret and host, and the part of the gateway file that needs the pair.

    `is_usual` is true for the variable and the origin of a built-in preset.
    """

    endpoint: str  # or STORE
    what: str
    pair: Pair
    is_near: bool = False  # the host is this machine
    is_usual: bool = False
    before: Pair | None = None  # for a renamed endpoint: the pair with its former name


@dataclass(frozen=True)
class Holdings:
    """The available secrets: the variables in the environment, and the stored keys."""

    environ: Mapping[str, str] | None  # None: any variable may be set
    gateway: str = ""  # the gateway's name
    kept: Mapping[str, str] = field(default_factory=dict)  # {endpoint: the name of its stored key}
    names_before: Mapping[str, str] = field(default_factory=dict)  # {endpoint: its former name, from `moved:`}

    def is_blank(self, endpoint: Endpoint, reference: KeyReference) -> bool:
        """Return true if the reference certainly resolves to nothing."""
        return self.environ is not None and is_blank(reference, self.environ, SetFor(self.gateway, endpoint.name))


def wants_of(endpoint: Endpoint, held: Holdings) -> tuple[WantedPair, ...]:
    """Return the pairs that a request to the endpoint would use.

    References that resolve to nothing are left out.
    """
    secrets = dict.fromkeys(_secrets(endpoint, held))
    if not secrets:
        return ()
    place, is_near = exposure_of(endpoint), is_loopback(endpoint.base_url)
    old = held.names_before.get(endpoint.name)
    return tuple(
        WantedPair(
            endpoint=endpoint.name,
            what=what,
            pair=Pair(secret, place),
            is_near=is_near,
            is_usual=_is_usual(endpoint, secret),
            before=Pair(kept_secret(old), place) if old and secret == kept_secret(endpoint.name) else None,
        )
        for what, secret in secrets
    )


def want_of_variable(endpoint: Endpoint, name: str) -> WantedPair:
    """Return the pair for a tool that reads the endpoint's key from that variable."""
    secret = env_secret(name)
    is_near, is_usual = is_loopback(endpoint.base_url), _is_usual(endpoint, secret)
    return WantedPair(
        endpoint=endpoint.name,
        what=f"variable {name}",
        pair=Pair(secret, exposure_of(endpoint)),
        is_near=is_near,
        is_usual=is_usual,
    )


def want_of_store(credential: Credential) -> WantedPair:
    """Return the pair of the store's credential and the server of the store."""
    return WantedPair(endpoint=STORE, what="the state", pair=credential.pair, is_near=credential.is_near)


def _secrets(endpoint: Endpoint, held: Holdings) -> Iterator[tuple[str, Secret]]:
    has_key = endpoint.key is not None and not held.is_blank(endpoint, endpoint.key)
    if endpoint.key is not None and has_key:
        yield "key", secret_of(endpoint.key)
    if endpoint.store_key or endpoint.name in held.kept:
        names = [endpoint.name] if has_key else []
        yield from (("kept key", kept_secret(name)) for name in {*names, *kept_as(endpoint, held)})
    for header, reference in endpoint.header_references:
        if not held.is_blank(endpoint, reference):
            yield f"header {header}", secret_of(reference)
    certificate = certificate_of(endpoint)
    if certificate:
        yield "client certificate", certificate


def kept_as(endpoint: Endpoint, held: Holdings) -> tuple[str, ...]:
    """Return the name of the endpoint's stored key, or an empty tuple if no key is stored."""
    return (held.kept[endpoint.name],) if endpoint.name in held.kept else ()


def certificate_of(endpoint: Endpoint) -> Secret | None:
    """Return the endpoint's client certificate, or None if the endpoint has no certificate or does not use TLS."""
    if not endpoint.tls or not endpoint.tls.client_cert or not endpoint.base_url.startswith("https:"):
        return None
    files = [file for file in (endpoint.tls.client_cert, endpoint.tls.client_key) if file]
    return certificate_secret([file.path for file in files], [file.resolved for file in files])


def exposure_of(endpoint: Endpoint) -> Exposure:
    """Return the exposure of the endpoint's secrets, from the gateway file."""
    trusted = endpoint.tls.ca_file if endpoint.tls else None
    return Exposure(
        origin=origin(endpoint.base_url),
        path=tenant_of(endpoint),
        proxy=endpoint.proxy or "",
        ca_file=trusted.resolved if trusted else "",
        ca_content=(trusted.content or "") if trusted else "",
    )


def tenant_of(endpoint: Endpoint, base_url: str = "") -> str:
    """Return the beginning of the URL's path that selects a tenant of the vendor.

    The beginning ends with the last part that the preset leaves open. For a vendor's origin, the beginning has at least
    as many parts as with the vendor's built-in preset.
    """
    url = base_url or endpoint.base_url
    own = tenant_depth(urlsplit(endpoint.preset.base_url).path)
    depth = max(own, tenant_depths().get(origin(url), 0))
    path = urlsplit(url).path
    parts = path.split("/")
    if any(unquote(part) in (".", "..") for part in parts):  # `..` would leave the path of the tenant
        return path if depth else ""
    return "/".join(parts[:depth])


def _is_usual(endpoint: Endpoint, secret: Secret) -> bool:
    preset = endpoint.preset
    if not preset.builtin or not preset.variable or not preset.base_url or "{" in preset.base_url:
        return False
    is_own = origin(endpoint.base_url) == origin(normalise_base_url(preset.base_url))
    return is_own and secret in (Secret("env", preset.variable, preset.variable), _kept_of_usual(endpoint))


def _kept_of_usual(endpoint: Endpoint) -> Secret | None:
    """Return the stored key of an endpoint if the preset's variable is the endpoint's only key reference."""
    key = endpoint.key
    is_its_own = isinstance(key, EnvReference) and key.name == endpoint.preset.variable
    return kept_secret(endpoint.name) if is_its_own else None
