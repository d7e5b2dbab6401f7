"""The import of Continue's `config.yaml` (https://docs.continue.dev/reference)."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.address import Purpose
from reconciler.diagnostics import Diagnosing
from reconciler.imports.configuration import FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import fields_at, from_yaml, items_at, number_at, text_at
from reconciler.imports.references import key_at
from reconciler.text import printable
from reconciler.yaml.tree import Node, Scalar

# Continue's names for vendors (https://docs.continue.dev/customize/model-providers), and the presets.
_VENDORS = {
    "openai": "openai", "anthropic": "anthropic", "gemini": "gemini", "azure": "azure-openai", "groq": "groq",
    "mistral": "mistral", "deepseek": "deepseek", "cohere": "cohere", "together": "together",
    "fireworks": "fireworks", "openrouter": "openrouter", "xAI": "xai", "cerebras": "cerebras",
    "nvidia": "nvidia-nim", "ollama": "ollama", "lmstudio": "lmstudio", "vllm": "vllm", "llama.cpp": "llama-cpp",
}  # fmt: skip
_PURPOSES: Mapping[str, Purpose] = {"embed": "embedding", "rerank": "other"}
NO_MODELS = "no entry in `models`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return a server for each entry of `models`. Yield a finding for each part that is left out.

    Raise `Failed` if the file is not valid.
    """
    servers: list[FoundServer] = []
    for entry in items_at(from_yaml(data, file), "models"):
        server = yield from _server(entry)
        servers += [server] if server else []
    return servers


def _server(entry: Node) -> Diagnosing[FoundServer | None]:
    written, vendor, url = text_at(entry, "model"), text_at(entry, "provider"), text_at(entry, "apiBase")
    if written is None:
        what = "A block of Continue's hub" if fields_at(entry).get("uses") else "An entry of `models`"
        yield left_out(what, "It has no `model`.", "add the endpoint yourself: gwctl connect PRESET", entry.source)
        return None
    preset = _VENDORS.get(str(vendor.value), "") if vendor else ""
    if not preset and not url:
        shown = printable(str(written.value), 80)
        why = "gwctl has no preset for this vendor. The entry has no `apiBase`."
        hint = "add the endpoint yourself: gwctl connect PRESET --base-url URL"
        yield left_out(f"The model `{shown}`", why, hint, written.source)
        return None
    roles = [str(item.value) for item in items_at(entry, "roles") if isinstance(item, Scalar)]
    purpose = next((_PURPOSES[role] for role in roles if role in _PURPOSES), None)
    model = FoundModel(
        model_id=str(written.value),
        source=written.source,
        purpose=purpose or ("chat" if "chat" in roles else None),
        context=number_at(entry, "defaultCompletionOptions", "contextLength"),
        output=number_at(entry, "defaultCompletionOptions", "maxTokens"),
    )
    return FoundServer(
        name="" if url else preset,
        source=(url or written).source,
        url=str(url.value) if url else "",
        vendor=preset,
        key=key_at(text_at(entry, "apiKey"), "apiKey"),
        models=(model,),
    )
