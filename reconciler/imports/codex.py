"""The import of a Codex configuration (https://developers.openai.com/codex/config-reference)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.diagnostics import Diagnosing
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import fields_at, from_toml, text_at
from reconciler.imports.references import is_variable, key_at
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar

_BUILT_IN = "openai"  # the server if the configuration names none
_HEADERS = ("http_headers", "env_http_headers", "query_params")
NO_MODELS = "no entry in `model_providers`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return the servers in `model_providers`. Yield a finding for each part that is left out.

    Raise `Failed` if the file is not valid.
    """
    root = from_toml(data, file)
    chosen = list(_chosen(root))
    servers: list[FoundServer] = []
    own = text_at(root, "openai_base_url")
    if own or any(name == _BUILT_IN for name, _ in chosen):
        servers.append(_server(_BUILT_IN, root, url=own, key=None, chosen=chosen))
    for name, entry in fields_at(root, "model_providers").items():
        shown = printable(name, 80)
        for part in _HEADERS:
            if fields_at(entry, part):
                hint = "add the headers to the endpoint: `headers: {NAME: {env: VARIABLE}}`"
                yield left_out(f"`{part}` of `{shown}`", "The field may contain a credential.", hint, entry.source)
        if text_at(entry, "auth", "command"):
            hint = "add the command to the endpoint: `key: {command: [PROGRAM, ARGUMENT]}`"
            why = "gwctl does not run commands from another tool's configuration."
            yield left_out(f"The key command of `{shown}`", why, hint, entry.source)
        servers.append(_server(name, entry, url=text_at(entry, "base_url"), key=_key(entry), chosen=chosen))
    return servers


def _server(
    name: str, entry: Node, *, url: Scalar | None, key: FoundKey | None, chosen: list[tuple[str, Scalar]]
) -> FoundServer:
    ids = {str(model.value): model.source for provider, model in chosen if provider == name}
    return FoundServer(
        name=name,
        source=(url or entry).source,
        url=str(url.value) if url else "",
        vendor="" if url else name,
        key=key,
        models=tuple(FoundModel(model_id=model_id, source=source) for model_id, source in ids.items()),
        uses_list=True,
        default=next(iter(ids), ""),
    )


def _chosen(root: MappingNode) -> Iterator[tuple[str, Scalar]]:
    """Yield (server, model ID) for the top level of the file and for each profile."""
    usual = text_at(root, "model_provider")
    for place in (root, *fields_at(root, "profiles").values()):
        model, server = text_at(place, "model"), text_at(place, "model_provider") or usual
        if model:
            yield str(server.value) if server else _BUILT_IN, model


def _key(entry: Node) -> FoundKey | None:
    variable = text_at(entry, "env_key")
    if variable and is_variable(str(variable.value)):
        return FoundKey(variable=str(variable.value))
    if variable:
        return FoundKey(held=variable.source, name="env_key")
    return key_at(text_at(entry, "experimental_bearer_token"), "experimental_bearer_token")
