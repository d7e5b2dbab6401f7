"""The environment of a tool, as a pure function of the endpoint, its reach, the model, the key and `environ`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from reconciler.config.gateway import Endpoint
from reconciler.resources.urls import is_loopback, origin
from reconciler.secrets.key import Key
from reconciler.secrets.marks import VARIABLE, SetFor, marked
from reconciler.secrets.reference import EnvReference
from reconciler.tools.families import Family, families_of
from reconciler.values import dataclass

# Without a key, SDKs refuse to start, or send another vendor's key from a .env file. This placeholder prevents both.
PLACEHOLDER = "none"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
OURS = ("GWCTL_ENDPOINT", "GWCTL_MODEL", "GWCTL_BASE_URL", "GWCTL_RESOLVED_JSON", VARIABLE)


class LeftOut:
    """A stand-in for a key that exists but must not be in the environment."""


@dataclass(frozen=True)
class Stamp:
    """The inputs of the mark for variables (`secrets.marks`): the gateway's name, and random bytes."""

    gateway: str
    salt: bytes


@dataclass(frozen=True, kw_only=True)
class ToolEnvironment:
    """The variables to set and the variables to unset. `values` contains no key."""

    endpoint: str
    model: str | None
    values: Mapping[str, str]
    key_names: tuple[str, ...]  # the variables that hold the key; empty without a key
    key: Key | None
    unset: tuple[str, ...]

    def with_key(self) -> dict[str, str]:
        """Return the values with the key in plain text."""
        keys = {name: self.key.reveal() for name in self.key_names} if self.key else {}
        return {**self.values, **keys}

    def over(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the tool's whole environment: `environ` with these changes, and the key in plain text."""
        kept = {name: value for name, value in environ.items() if name not in self.unset}
        return kept | self.with_key()


def tool_environment(
    endpoint: Endpoint,
    model: str | None,
    reach: str | None,
    key: Key | LeftOut | None,
    environ: Mapping[str, str],
    stamp: Stamp,
) -> ToolEnvironment:
    """Return the environment for tools that use the endpoint.

    `reach` is the prefix of the model list's path, or None without a list. `environ` is the caller's environment.
    Variables in `environ` that belong to another endpoint are unset.
    """
    values = {"GWCTL_ENDPOINT": endpoint.name, "GWCTL_BASE_URL": endpoint.base_url}
    values |= {"GWCTL_MODEL": model} if model else {}
    values |= _no_proxy(endpoint, environ)
    names: dict[str, None] = dict.fromkeys(OURS)
    keys: list[str] = []
    for family in families_of(endpoint):
        if model or not family.needs_model:
            values |= _values(family, endpoint, model=model, reach=reach, key=key)
            keys += [family.key_name(endpoint.preset.auth)] if key else []
        kept = _kept(family, endpoint, key, environ)
        names |= dict.fromkeys(name for name in (*family.names, *family.also(environ)) if name not in kept)
    revealed = key if isinstance(key, Key) else None
    own = endpoint.key_variable  # that the file of a tool names
    keys += [own] if revealed and own and own not in keys else []
    values |= _mark(endpoint, values, key_names=keys, key=revealed, environ=environ, stamp=stamp)
    set_to = (*values, *keys) if revealed else tuple(values)
    unset = tuple(name for name in names if name not in set_to)
    return ToolEnvironment(
        endpoint=endpoint.name, model=model, values=values, key_names=tuple(keys), key=revealed, unset=unset
    )


def _mark(
    endpoint: Endpoint,
    values: Mapping[str, str],
    key_names: Sequence[str],
    key: Key | None,
    environ: Mapping[str, str],
    stamp: Stamp,
) -> dict[str, str]:
    """Return the mark for every variable from which a tool may read a key. The mark contains no part of the key."""
    keys = dict.fromkeys(key_names, key.reveal()) if key else {}
    placeholders = {name: value for name, value in values.items() if value == PLACEHOLDER}
    text = marked(environ, SetFor(stamp.gateway, endpoint.name), placeholders | keys, stamp.salt)
    return {VARIABLE: text} if text else {}


def _no_proxy(endpoint: Endpoint, environ: Mapping[str, str]) -> dict[str, str]:
    """Return NO_PROXY for an endpoint on this machine.

    Without NO_PROXY, tools would contact the endpoint through the caller's proxy, which would see the key.
    """
    if not is_loopback(endpoint.base_url) or not any(environ.get(name) for name in _PROXIES):
        return {}
    listed = [environ.get("no_proxy", ""), environ.get("NO_PROXY", ""), urlsplit(endpoint.base_url).hostname or ""]
    value = ",".join(dict.fromkeys(host for host in listed if host))
    return {"NO_PROXY": value, "no_proxy": value}


def _values(
    family: Family, endpoint: Endpoint, model: str | None, reach: str | None, key: Key | LeftOut | None
) -> dict[str, str]:
    values = dict.fromkeys(family.urls, family.base(endpoint, reach)) | dict(family.constants)
    if key is None and family.needs_key:
        values[family.key_name(endpoint.preset.auth)] = PLACEHOLDER
    return values | (dict.fromkeys(family.models, model) if model else {})


def _kept(family: Family, endpoint: Endpoint, key: Key | LeftOut | None, environ: Mapping[str, str]) -> frozenset[str]:
    companions = family.companions_in(environ) if _is_set_for(family, endpoint, environ) else ()
    return frozenset((*companions, *_already_there(family, endpoint, key)))


def _is_set_for(family: Family, endpoint: Endpoint, environ: Mapping[str, str]) -> bool:
    set_to = next((environ[name] for name in family.urls if environ.get(name)), family.home)
    try:
        return origin(set_to) == origin(endpoint.base_url)
    except ValueError:  # the text is not a URL
        return False


def _already_there(family: Family, endpoint: Endpoint, key: Key | LeftOut | None) -> Iterator[str]:
    """Yield the variable of a left-out key, if the key comes from this same variable.

    The caller's value of the variable is then kept.
    """
    name = family.key_name(endpoint.preset.auth)
    if isinstance(key, LeftOut) and isinstance(endpoint.key, EnvReference) and endpoint.key.name == name:
        yield name
