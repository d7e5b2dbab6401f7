"""The import of LibreChat's `librechat.yaml` (https://www.librechat.ai/docs/configuration/librechat_yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.diagnostics import Diagnosing
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import fields_at, from_yaml, items_at, text_at
from reconciler.imports.references import key_at
from reconciler.yaml.tree import Node, Scalar, at

_ASKED = "user_provided"  # LibreChat asks each user for the key
NO_MODELS = "no entry in `endpoints.custom`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return a server for each entry of `endpoints.custom`. Yield a finding for each part that is left out.

    Raise `Failed` if the file is not valid.
    """
    root = from_yaml(data, file)
    servers: list[FoundServer] = []
    for entry in items_at(root, "endpoints", "custom"):
        if fields_at(entry, "headers"):
            why = "A header may hold a credential."
            hint = "add them to the endpoint: `headers: {NAME: {env: VARIABLE}}`"
            yield left_out("The headers", why, hint, entry.source)
        servers.append(_server(entry))
    for name, entry in fields_at(root, "endpoints").items():
        if name not in ("custom", "agents", "assistants", "all"):
            why = "gwctl reads only `endpoints.custom`."
            yield left_out(f"`endpoints.{name}`", why, "add it with `gwctl connect PRESET`", entry.source)
    return servers


def _server(entry: Node) -> FoundServer:
    name, url, models = text_at(entry, "name"), text_at(entry, "baseURL"), tuple(_models(entry))
    fetch = at(entry, ("models", "fetch"))
    return FoundServer(
        name=str(name.value) if name else "",
        source=(url or entry).source,
        url=str(url.value) if url else "",
        key=_key(text_at(entry, "apiKey")),
        models=models,
        uses_list=not models or (isinstance(fetch, Scalar) and fetch.value is True),
        default=models[0].model_id if models else "",
    )


def _key(written: Scalar | None) -> FoundKey | None:
    if written and written.value == _ASKED:
        return FoundKey(name="apiKey")
    return key_at(written, "apiKey")


def _models(entry: Node) -> Iterator[FoundModel]:
    for item in items_at(entry, "models", "default"):
        named = item if isinstance(item, Scalar) else text_at(item, "name")
        if named and isinstance(named.value, str):
            yield FoundModel(model_id=named.value, source=named.source)
