"""Building the `Gateway` from the checked content of a gateway file, with checks that the schema cannot express."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from reconciler import codes
from reconciler.address import ENDPOINT_NAME
from reconciler.config.build.defaults import build_defaults
from reconciler.config.build.endpoint import build_endpoint
from reconciler.config.build.lock import build_lock
from reconciler.config.build.moves import build_moved, build_removed
from reconciler.config.build.preset import build_presets
from reconciler.config.gateway import Client, Endpoint, Gateway
from reconciler.diagnostics import Diagnosing, error
from reconciler.store_url import UrlFault, fault_of, path_of, scheme_of
from reconciler.yaml.tree import MappingNode, Node, Scalar

DEFAULT_STATE = "file:.gwctl/state.json"
_BARE = UrlFault(codes.UNKNOWN_STORE, "`state` is not a URL", "write `file:` before the path")


def build(root: MappingNode, digest: str, directory: Path) -> Diagnosing[Gateway]:
    """Return the gateway as far as gwctl can build it. Yield the faults that the schema cannot find.

    `digest` is the digest of the file.
    """
    presets = yield from build_presets(root)
    endpoints: dict[str, Endpoint] = {}
    for name, node in entries(root.nodes.get("endpoints")).items():
        if ENDPOINT_NAME.fullmatch(name):
            endpoint = yield from build_endpoint(root, name, node=node, presets=presets)
            if endpoint:
                endpoints[name] = endpoint
    state = yield from _state(root, directory)
    lock = yield from build_lock(root)
    removed = yield from build_removed(root)
    moved = yield from build_moved(root, removed)
    defaults = yield from build_defaults(root)
    clients = yield from _clients(root)
    return Gateway(
        name=text(root.nodes.get("name")) or "",
        directory=directory,
        state=state,
        endpoints=endpoints,
        clients=clients,
        defaults=defaults.candidates,
        default_sources=defaults.sources,
        own_roles=defaults.own_roles,
        removed=removed,
        moved=moved,
        presets=presets,
        digest=digest,
        lock=lock,
    )


def _clients(root: MappingNode) -> Diagnosing[dict[str, Client]]:
    """Return the clients in the file. If the file has no clients, the modules of the tools are not loaded."""
    if "clients" not in root.nodes:
        return {}
    from reconciler.config.build.clients import build_clients

    return (yield from build_clients(root))


def entries(node: Node | None) -> dict[str, Node]:
    """Return the fields of a mapping. For any other value, return no fields, because the schema reports the fault."""
    return node.nodes if isinstance(node, MappingNode) else {}


def text(node: Node | None) -> str | None:
    """Return the text of a scalar. For any other value, return None."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _state(root: MappingNode, directory: Path) -> Diagnosing[str]:
    """Return the URL of the state. A relative path starts at the directory of the gateway file that has the field."""
    node = root.nodes.get("state")
    url = text(node)
    if node is None or url is None:
        return DEFAULT_STATE
    fault = fault_of(url) if scheme_of(url) else _BARE
    if fault:
        yield error(fault.code, fault.summary, hint=fault.hint, source=node.source)
    said_in = Path(node.source.file).parent.absolute()
    if fault or scheme_of(url) != "file" or said_in == directory.absolute():
        return url
    return f"file:{said_in / path_of(url)}"


def digest_of(data: dict[str, Any]) -> str:
    """Return the digest of a file from its plain data, without the user's own fields. Header values do not count."""
    # Keys are sorted, because their order means nothing. Only the order of endpoints matters: it can select a default.
    endpoints = data.get("endpoints")
    meaning = {"file": _without_values(data), "order": list(endpoints) if isinstance(endpoints, dict) else []}
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=True)
    return "sha256:" + sha256(text.encode()).hexdigest()


def _without_values(data: dict[str, Any]) -> dict[str, Any]:
    """Return the content of the file without literal header values, because these values may be secrets."""
    sections = ((name, data.get(name)) for name in ("endpoints", "presets"))
    hidden = {
        section: {name: _with_hidden_headers(each) for name, each in named.items()}
        for section, named in sections
        if isinstance(named, dict)
    }
    return data | hidden


def _with_hidden_headers(data: Any) -> Any:
    headers = data.get("headers") if isinstance(data, dict) else None
    if not isinstance(headers, dict):
        return data
    literal = {"literal": True}
    hidden = {name: value if isinstance(value, dict | list) else literal for name, value in headers.items()}
    return {**data, "headers": hidden}
