"""The endpoints for the gateway file, from the servers in configurations: their presets, names and key references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field, replace
from functools import cache
from urllib.parse import urlsplit

from reconciler import codes
from reconciler.address import PURPOSES, Purpose
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, warning
from reconciler.imports.configuration import FoundModel, FoundServer, ImportedEndpoint
from reconciler.imports.recognise import recognised
from reconciler.imports.references import open_url
from reconciler.presets.load import key_prefixes, load
from reconciler.presets.preset import Preset
from reconciler.resources.purpose import purpose_of_id
from reconciler.resources.urls import is_loopback, normalise_base_url
from reconciler.secrets.literal import Known, why_credential
from reconciler.text import printable
from reconciler.values import dataclass

_PLAIN = "openai"  # servers at many other base URLs use this vendor's API, so they do not get its preset


@dataclass(kw_only=True)
class _Group:
    """The servers that have the same base URL and the same key."""

    name: str
    preset: Preset | None
    base_url: str
    variable: str
    key_file: str
    servers: list[FoundServer] = field(default_factory=list)
    held: list[tuple[str, Source]] = field(default_factory=list)  # (field, position) of each key that is not copied


def endpoints_of(servers: Iterable[FoundServer]) -> Diagnosing[list[ImportedEndpoint]]:
    """Return an endpoint for each pair of a base URL and a key. Yield a finding for each part that is left out."""
    groups: dict[tuple[str, str, str], _Group] = {}
    for server in servers:
        group = yield from _group(server)
        if group is None:
            continue
        there = groups.setdefault((group.base_url, group.variable, group.key_file), group)
        there.servers.append(server)
        if server.key and server.key.held and (server.key.name, server.key.held) not in there.held:
            there.held.append((server.key.name, server.key.held))
    endpoints: list[ImportedEndpoint] = []
    taken: set[str] = set()
    for group in groups.values():
        endpoint = yield from _endpoint(group, taken)
        taken.add(endpoint.name)
        endpoints.append(endpoint)
        if group.held:
            yield _not_copied(endpoint, group.held)
    return _with_defaults(endpoints, [server for group in groups.values() for server in group.servers])


def left_out(what: str, why: str, hint: str, source: Source) -> Diagnostic:
    """Return a warning about a part of a configuration that was left out."""
    return warning(codes.NOT_IMPORTED, f"{what} was left out", detail=why, hint=hint, source=source)


def _group(server: FoundServer) -> Diagnosing[_Group | None]:
    vendor = load(server.vendor) if server.vendor else None
    if server.url:
        preset, base_url, is_own = yield from _placed(server, vendor)
    else:
        preset, base_url, is_own = vendor, vendor.base_url if vendor else "", True
    if not base_url and not server.url:
        why = "The configuration has no base URL for this server, and gwctl has no preset with this name."
        yield _unplaced(server, why, "PRESET")
        return None
    if "{" in base_url.replace("${", ""):
        why = "The base URL has a placeholder whose value is not in the configuration."
        yield _unplaced(server, why, preset.id if preset else "PRESET")
        return None
    if not base_url:
        return None
    name = preset.id if preset and is_own else _slug(server.name) or _of_host(base_url) or "llm"
    return _Group(
        name=name,
        preset=preset,
        base_url=base_url,
        variable=_variable(server, preset if is_own else None, name),
        key_file=server.key.file if server.key else "",
    )


def _unplaced(server: FoundServer, why: str, preset: str) -> Diagnostic:
    hint = f"add the server with its base URL: gwctl connect {preset} --base-url URL"
    return left_out(f"`{printable(server.name, 80)}`", why, hint, server.source)


def _variable(server: FoundServer, own: Preset | None, name: str) -> str:
    """Return the name of the variable for the server's key. If the endpoint needs no variable, return "".

    `own` is the server's preset if the base URL is the preset's own. Otherwise `own` is None.
    """
    key, usual = server.key, own.variable if own else ""
    if key is None:
        return usual if own and own.key == "required" else ""
    if key.variable or key.file:
        return key.variable
    made = f"{name.upper().replace('-', '_')}_API_KEY"
    return usual or (made if made[0].isalpha() else f"LLM_{made}")


def _placed(server: FoundServer, vendor: Preset | None) -> Diagnosing[tuple[Preset | None, str, bool]]:
    """Return the server's preset, its base URL, and whether the base URL is the preset's own.

    If the base URL is not valid, return "" instead.
    """
    preset, url = vendor if vendor and vendor.id != _PLAIN else None, open_url(server.url.strip())
    if "${" in url:
        return preset, url, False
    try:
        base_url = normalise_base_url(url)
    except ValueError as fault:
        summary = f"The base URL of `{printable(server.name, 80)}` was left out: {fault}"
        hint = "correct the base URL in that file, or add the endpoint with `gwctl connect`"
        yield warning(codes.NOT_IMPORTED, summary, hint=hint, source=server.source)
        return None, "", False
    if "{" in base_url:
        return preset, base_url, False
    known, placed = recognised(base_url)
    if known:
        return known, placed, True
    if preset and not urlsplit(preset.base_url).path:
        base_url = base_url.removesuffix("/v1")
    return preset, base_url, False


def _endpoint(group: _Group, taken: set[str]) -> Diagnosing[ImportedEndpoint]:
    numbers = (f"{group.name}-{number}" if number > 1 else group.name for number in range(1, len(taken) + 2))
    models: dict[str, FoundModel] = {}
    for server in group.servers:
        for model in server.models:
            if why := _why_no_id(model.model_id):
                yield left_out("A model ID", why, "", model.source)
            else:
                models.setdefault(model.model_id, model)
    patterns = tuple(dict.fromkeys(pattern for server in group.servers for pattern in server.patterns))
    return ImportedEndpoint(
        name=next(name for name in numbers if name not in taken),
        preset=group.preset.id if group.preset else "",
        base_url=group.base_url,
        variable=group.variable,
        key_file=group.key_file,
        models=tuple(models.values()),
        patterns=() if "*" in patterns else patterns,
        uses_list=bool(patterns) or not models or any(server.uses_list for server in group.servers),
    )


def _why_no_id(model_id: str) -> str:
    if not model_id.isprintable() or model_id != model_id.strip() or len(model_id) > 500:
        return "The ID is too long, contains control characters, or has spaces around it."
    reason = why_credential(model_id, Known(frozenset(key_prefixes())))
    return f"The ID looks like a key: {reason}." if reason else ""


def _with_defaults(endpoints: list[ImportedEndpoint], servers: list[FoundServer]) -> list[ImportedEndpoint]:
    """Return the endpoints with a default model for each purpose.

    The default is the model that the tool uses. If the tool uses none of the models, the first model is the default.
    """
    wanted = [server.default for server in servers if server.default]
    chosen: dict[Purpose, tuple[str, str]] = {}
    for endpoint in endpoints:
        for model in sorted(endpoint.models, key=lambda each: each.model_id not in wanted[:1]):
            purpose = model.purpose or purpose_of_id(model.model_id)[0]
            is_wanted = purpose == "chat" and model.model_id in wanted[:1]
            if purpose != "other" and (purpose not in chosen or (is_wanted and chosen[purpose][1] not in wanted)):
                chosen[purpose] = (endpoint.name, model.model_id)
    return [
        replace(
            endpoint,
            defaults={p: chosen[p][1] for p in PURPOSES if p in chosen and chosen[p][0] == endpoint.name},
        )
        for endpoint in endpoints
    ]


def _not_copied(endpoint: ImportedEndpoint, held: list[tuple[str, Source]]) -> Diagnostic:
    (name, source), *more = held
    places = ", ".join(str(place) for _, place in more[:5])
    also = f" More keys of this endpoint are at {places}{', …' if len(more) > 5 else ''}." if more else ""
    detail = (
        f"The endpoint reads its key from the variable {endpoint.variable} instead.{also} "
        "A reference such as `key: {file: PATH}` is also possible. "
        f"To store the key in the keychain, write `store_key: if-available`, then run `gwctl key set {endpoint.name}`."
    )
    summary = f"The key in `{printable(name, 80)}` was not copied"
    hint = f"export {endpoint.variable}=…"
    finding = warning(codes.KEY_NOT_COPIED, summary, detail=detail, hint=hint, source=source)
    return finding.at(f"endpoint.{endpoint.name}")


def _of_host(url: str) -> str:
    return "local" if is_loopback(url) else _slug(urlsplit(url).hostname or "")


@cache
def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()[:60]).strip("-")
