"""The import of an opencode configuration (https://opencode.ai/docs/config/). Kilo uses the same format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from reconciler.diagnostics import Diagnosing, Diagnostic
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import fields_at, from_json, items_at, number_at, text_at
from reconciler.imports.references import is_variable, key_at
from reconciler.presets.load import names
from reconciler.yaml.tree import MappingNode, Node, Scalar

_PACKAGES = {"@ai-sdk/anthropic": "anthropic", "@ai-sdk/openai": "openai"}
NO_MODELS = "no entry in `provider`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return the servers in `provider`. Yield a finding for each part that is left out.

    Raise `Failed` if the file is not valid.
    """
    root = from_json(data, file)
    chosen = text_at(root, "model")
    yield from _small(root)
    used, _, default = str(chosen.value).partition("/") if chosen else ("", "", "")
    servers: list[FoundServer] = []
    for name, entry in fields_at(root, "provider").items():
        if fields_at(entry, "options", "headers"):
            why = "The field may contain a credential."
            hint = "add the headers to the endpoint: `headers: {NAME: {env: VARIABLE}}`"
            yield left_out("The field `headers`", why, hint, entry.source)
        servers.append(_server(name, entry, default if name == used else "", PurePath(file).parent))
    return servers


def _small(root: Node) -> Iterator[Diagnostic]:
    """Yield a finding if the configuration has `small_model`, because gwctl imports no roles."""
    small = text_at(root, "small_model")
    if small:
        why = "gwctl imports only one default model for each purpose."
        hint = "add the model to the gateway file: `roles: {small: ENDPOINT/MODEL}`"
        yield left_out("`small_model`", why, hint, small.source)


def _server(name: str, entry: Node, default: str, folder: PurePath) -> FoundServer:
    url = text_at(entry, "options", "baseURL") or text_at(entry, "api")
    package = text_at(entry, "npm")
    models = tuple(_models(entry))
    ids = {key: model.model_id for key, model in zip(fields_at(entry, "models"), models, strict=True)}
    return FoundServer(
        name=name,
        source=(url or entry).source,
        url=str(url.value) if url else "",
        vendor=_PACKAGES.get(str(package.value), "") if url and package else name if name in names() else "",
        key=_key(entry, folder),
        models=models,
        uses_list=not models,
        default=ids.get(default, ""),
    )


def _key(entry: Node, folder: PurePath) -> FoundKey | None:
    """Return the place of the server's key. If there is no key, return None.

    A relative path starts at the directory of the configuration.
    """
    written = key_at(text_at(entry, "options", "apiKey"), "apiKey")
    if written and written.file and written.file[0] not in "/~":
        return FoundKey(file=str(folder / written.file))
    if written:
        return written
    for item in items_at(entry, "env"):
        if isinstance(item, Scalar) and isinstance(item.value, str) and is_variable(item.value):
            return FoundKey(variable=item.value)
    return None


def _models(entry: Node) -> Iterator[FoundModel]:
    for name, model in fields_at(entry, "models").items():
        given = text_at(model, "id") if isinstance(model, MappingNode) else None
        yield FoundModel(
            model_id=str(given.value) if given else name,
            source=model.source,
            context=number_at(model, "limit", "context"),
            output=number_at(model, "limit", "output"),
        )
