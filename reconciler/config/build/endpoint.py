"""Building an endpoint: the preset, the URL, the key reference, and the checks of their combination."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, get_args

from reconciler import codes
from reconciler.address import APIS
from reconciler.config.build.header_references import build_all_headers, sets_key_header
from reconciler.config.build.key import build_key
from reconciler.config.build.models import build_discover, build_models, words_of
from reconciler.config.build.network.proxy import about_loopback, build_proxy
from reconciler.config.build.network.tls import about_plain_http, build_tls
from reconciler.config.build.preset import named_preset
from reconciler.config.gateway import Endpoint, StoreKey
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, error
from reconciler.presets.preset import KeyPolicy, Preset
from reconciler.resources.attributes import plain_defaults
from reconciler.resources.urls import is_loopback, normalise_base_url, origin
from reconciler.secrets.header import Headers
from reconciler.secrets.reference import EnvReference, KeyReference, KeyringReference
from reconciler.yaml.tree import MappingNode, Node, Scalar, place, value_place

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_LONGEST = 600.0  # seconds
DEFAULT_TIMEOUT = 10.0


def build_endpoint(root: MappingNode, name: str, node: Node, presets: dict[str, Preset]) -> Diagnosing[Endpoint | None]:
    """Return the endpoint. If its preset or base URL is missing or wrong, return None."""
    if not isinstance(node, MappingNode):
        return None
    preset = yield from _preset(root, name, node=node, presets=presets)
    timeout = yield from _timeout(root, name, node)
    models = yield from build_models(node)
    discover = yield from build_discover(node)
    key_header = preset.auth.header if preset else ""
    headers = yield from build_all_headers(node.nodes.get("headers"), key_header, "key" in node.nodes)
    tls = yield from build_tls(root, name, node)
    proxy = yield from build_proxy(node)
    key = yield from build_key(root, name, node)
    base_url = (yield from _base_url(root, name, node=node, preset=preset)) if preset else None
    if preset is None or base_url is None:
        return None
    key = key or _usual_key(node, preset, base_url, headers)
    stored, when = yield from _keeping(root, name, node=node, key=key)
    endpoint = Endpoint(
        name=name,
        base_url=base_url,
        preset=preset,
        key=key,
        models=models,
        discover=discover,
        headers=headers,
        timeout=timeout,
        source=place(root, ("endpoints", name)),
        tls=tls,
        proxy=proxy,
        store_key=stored,
        when_no_key=when,
        scope=_scope(node, base_url),
        written_apis=words_of(node, "apis", APIS),
        plain=_plain(node),
    )
    yield from _refuse_plain_http(root, node, endpoint)
    yield from about_plain_http(root, name, base_url, tls)
    yield from about_loopback(root, name, base_url, proxy)
    return endpoint


def _preset(root: MappingNode, name: str, node: MappingNode, presets: dict[str, Preset]) -> Diagnosing[Preset | None]:
    preset = node.nodes.get("preset")
    if preset is None:
        return _without_preset("required" if node.nodes.keys() & {"key", "store_key"} else "optional")
    if not isinstance(preset, Scalar) or not isinstance(preset.value, str):
        return None
    return (yield from named_preset(preset.value, presets, value_place(root, ("endpoints", name, "preset"))))


@cache
def _without_preset(key: KeyPolicy) -> Preset:
    """Return the preset of every endpoint that names none."""
    return Preset(id="", key=key)


def _base_url(root: MappingNode, name: str, node: MappingNode, preset: Preset) -> Diagnosing[str | None]:
    base_url = node.nodes.get("base_url")
    written = base_url.value if isinstance(base_url, Scalar) else None
    where = value_place(root, ("endpoints", name, "base_url"))
    if not isinstance(written, str) or not written.strip():
        if base_url is None and preset.base_url and "{" not in preset.base_url:
            return _own_url(preset)
        if base_url is None or isinstance(written, str):
            yield _no_base_url(preset, name, where if base_url else place(root, ("endpoints", name)))
        return None
    try:
        if "{" in written or "}" in written:
            raise ValueError("it contains a placeholder")
        return normalise_base_url(written.strip())
    except ValueError as fault:
        hint = f"as in `{preset.base_url or 'https://llm.example/v1'}`"
        yield error(codes.BAD_URL, f"`base_url`: {fault}", hint=hint, source=where)
        return None


def _own_url(preset: Preset) -> str | None:
    try:
        return normalise_base_url(preset.base_url)
    except ValueError:  # reported where the custom preset is built
        return None


def _no_base_url(preset: Preset, name: str, source: Source) -> Diagnostic:
    if preset.base_url:
        summary = f"the base URL of preset `{preset.id}` has placeholders, but the endpoint has no `base_url`"
        return error(
            codes.NO_BASE_URL, summary, hint=f"write `base_url: {preset.base_url}` with your own values", source=source
        )
    hint = "write `base_url: https://…`, or `preset: NAME` (`gwctl presets` lists them)"
    return error(
        codes.NO_BASE_URL, f"`endpoints.{name}` has neither a preset nor a `base_url`", hint=hint, source=source
    )


def _usual_key(node: MappingNode, preset: Preset, base_url: str, headers: Headers) -> KeyReference | None:
    """Return a reference to the usual variable of the preset. If this variable must not be used, return None.

    The variable is used only for the preset's own host. The variable is not used if a header contains the key.
    """
    if sets_key_header(headers, preset.auth.header):
        return None
    if "key" in node.nodes or not preset.variable or preset.key == "none" or "{" in preset.base_url:
        return None
    own = _own_url(preset) if preset.base_url else None
    return EnvReference(preset.variable, unasked=True) if own and origin(base_url) == origin(own) else None


def _plain(node: MappingNode) -> dict[str, bool | str | None]:
    """Return the fields of the endpoint that are recorded as written. The schema has already checked these fields."""
    usual = plain_defaults()
    written = {name: value for name in usual if isinstance(value := _text(node, name), bool | str)}
    return usual | written


def _scope(node: MappingNode, base_url: str) -> Literal["shared", "machine"]:
    """Return the scope in the gateway file, or the default scope.

    The default scope for a loopback URL is `machine`, because each machine has another server at this URL.
    """
    written = _text(node, "scope")
    if written is None:
        return "machine" if is_loopback(base_url) else "shared"
    return "machine" if written == "machine" else "shared"


def _refuse_plain_http(root: MappingNode, node: MappingNode, endpoint: Endpoint) -> Diagnosing[None]:
    has_key = endpoint.references or endpoint.store_key
    if not has_key or not endpoint.base_url.startswith("http:") or is_loopback(endpoint.base_url):
        return
    if _is_true(node, "insecure_http"):
        return
    yield error(
        codes.INSECURE_KEY,
        "the key would be sent over plain http to another machine",
        detail="Anyone on the network path could read the key.",
        hint=f"either use https, or allow plain http: write `insecure_http: true` under endpoints.{endpoint.name}",
        source=value_place(root, ("endpoints", endpoint.name, "base_url")),
    )


def _keeping(
    root: MappingNode, name: str, node: MappingNode, key: KeyReference | None
) -> Diagnosing[tuple[StoreKey | None, Literal["error", "skip"]]]:
    """Return the values of the fields `store_key` and `when_no_key`."""
    written = _text(node, "store_key")
    stored = next((policy for policy in get_args(StoreKey) if policy == written), None)
    if stored and isinstance(key, KeyringReference):
        yield _kept_twice(place(root, ("endpoints", name, "store_key")))
    return stored, "skip" if _text(node, "when_no_key") == "skip" else "error"


def _kept_twice(source: Source) -> Diagnostic:
    summary = "`store_key` is not needed: the key is already in the keychain"
    return error(
        codes.BAD_KEY, summary, hint="remove `store_key`: the key reference reads the keychain entry", source=source
    )


def _text(node: MappingNode, name: str) -> object:
    scalar = node.nodes.get(name)
    return scalar.value if isinstance(scalar, Scalar) else None


def _timeout(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[float]:
    timeout = node.nodes.get("timeout")
    written = timeout.value if isinstance(timeout, Scalar) else None
    match = _DURATION.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return DEFAULT_TIMEOUT
    seconds = float(match[1]) * _SECONDS[match[2]]
    if not 0 < seconds <= _LONGEST:
        where = value_place(root, ("endpoints", name, "timeout"))
        yield error(codes.BAD_VALUE, "`timeout` must be more than 0 and at most 10m", source=where)
        return DEFAULT_TIMEOUT
    return seconds


def _is_true(node: MappingNode, name: str) -> bool:
    scalar = node.nodes.get(name)
    return isinstance(scalar, Scalar) and scalar.value is True
