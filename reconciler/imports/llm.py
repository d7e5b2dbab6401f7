"""The import of the file `extra-openai-models.yaml` of the tool `llm`.

https://llm.datasette.io/en/stable/other-models.html#openai-compatible-models
"""

from __future__ import annotations

from reconciler.diagnostics import Diagnosing
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import fields_at, list_from_yaml, text_at
from reconciler.text import printable
from reconciler.yaml.tree import Node

NO_MODELS = "no entry in the list"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return a server for each entry of the list. Yield a finding for each part that is left out.

    Raise `Failed` if the file is not valid.
    """
    servers: list[FoundServer] = []
    said: set[str] = set()
    for entry in list_from_yaml(data, file):
        named = text_at(entry, "api_key_name")
        if named and str(named.value) not in said:
            said.add(str(named.value))
            shown = printable(str(named.value), 80)
            why = "`api_key_name` is a name in the keys of `llm`, and not a variable."
            yield left_out(f"The key `{shown}`", why, f"to see the key: llm keys get {shown}", named.source)
        if fields_at(entry, "headers"):
            why = "A header may hold a credential."
            hint = "add them to the endpoint: `headers: {NAME: {env: VARIABLE}}`"
            yield left_out("The headers", why, hint, entry.source)
        server = _server(entry)
        servers += [server] if server else []
    return servers


def _server(entry: Node) -> FoundServer | None:
    written, url = text_at(entry, "model_name") or text_at(entry, "model_id"), text_at(entry, "api_base")
    named = text_at(entry, "api_key_name")
    if written is None:
        return None
    return FoundServer(
        name=str(named.value) if named else "",
        source=(url or written).source,
        url=str(url.value) if url else "",
        vendor="" if url else "openai",
        key=FoundKey(name="api_key_name") if named else None,
        models=(FoundModel(model_id=str(written.value), source=written.source, purpose="chat"),),
    )
