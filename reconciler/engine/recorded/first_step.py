"""The first step on a machine where a gateway file is not applied. `gwctl status` and its line show the same step.

No store, keychain or network is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import place_of
from reconciler.files.read_file import from_home, is_there
from reconciler.render.json.types.state import KeyCondition
from reconciler.secrets.marks import SetFor
from reconciler.secrets.reference import EnvReference
from reconciler.secrets.resolve_key import is_blank
from reconciler.store_url import is_remote, path_of


def key_of(
    endpoint: Endpoint, gateway: str, environ: Mapping[str, str], kept: Mapping[str, str]
) -> tuple[str | None, KeyCondition]:
    """Return the source of the key and the condition of the key. The source is not opened.

    `kept` is {endpoint: name of its stored key}.
    """
    source = str(endpoint.key) if endpoint.key else None
    if endpoint.key and not is_blank(endpoint.key, environ, SetFor(gateway, endpoint.name)):
        return source, "set" if isinstance(endpoint.key, EnvReference) else "not read"
    if endpoint.name in kept:
        return "stored key", "stored"
    is_needed = endpoint.key_required or bool(endpoint.store_key) or (source is not None and not _is_unasked(endpoint))
    return source, "missing" if is_needed else "none"


def first_command(gateway: Gateway, options: Options, kept: Mapping[str, str]) -> Literal["join", "apply"]:
    """Return the command for a gateway file that is not applied on this machine.

    `gwctl join` asks for a missing key of a gateway file that others may have applied.
    """
    endpoints = gateway.endpoints.values()
    conditions = (key_of(endpoint, gateway.name, options.environ, kept)[1] for endpoint in endpoints)
    return "join" if "missing" in conditions and _may_be_applied_elsewhere(gateway, options) else "apply"


def _may_be_applied_elsewhere(gateway: Gateway, options: Options) -> bool:
    url, directory = place_of(gateway, options)
    return is_remote(url) or is_there(directory / from_home(path_of(url)))


def _is_unasked(endpoint: Endpoint) -> bool:
    """Return true if the reference is only the usual variable of the preset, and the key is optional."""
    return isinstance(endpoint.key, EnvReference) and endpoint.key.unasked
