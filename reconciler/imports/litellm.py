"""LiteLLM's `config.yaml` (https://docs.litellm.ai/docs/proxy/configs)."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import codes
from reconciler.address import Purpose
from reconciler.diagnostics import Diagnosing, Source, note
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import from_yaml, items_at, number_at, text_at
from reconciler.imports.references import key_at
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, at

# {LiteLLM's name for a vendor (https://docs.litellm.ai/docs/providers): ID of the preset}
_VENDORS = {
    "openai": "openai", "text-completion-openai": "openai", "anthropic": "anthropic", "gemini": "gemini",
    "azure": "azure-openai", "azure_ai": "foundry", "groq": "groq", "mistral": "mistral", "deepseek": "deepseek",
    "cohere": "cohere", "cohere_chat": "cohere", "together_ai": "together", "fireworks_ai": "fireworks",
    "openrouter": "openrouter", "perplexity": "perplexity", "xai": "xai", "cerebras": "cerebras",
    "nvidia_nim": "nvidia-nim", "huggingface": "huggingface", "ollama": "ollama", "ollama_chat": "ollama",
    "lm_studio": "lmstudio", "hosted_vllm": "vllm", "litellm_proxy": "litellm", "deepgram": "deepgram",
    "elevenlabs": "elevenlabs", "vercel_ai_gateway": "vercel-ai-gateway",
}  # fmt: skip
_BARE = {"gpt-": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "text-embedding-": "openai",
         "dall-e": "openai", "whisper": "openai", "tts-": "openai", "claude": "anthropic"}  # fmt: skip
_MODES: Mapping[str, Purpose] = {
    "chat": "chat", "completion": "chat", "responses": "chat", "embedding": "embedding", "image_generation": "image",
    "image_edit": "image", "audio_transcription": "voice", "audio_speech": "voice", "realtime": "voice",
    "rerank": "other", "moderation": "other", "video_generation": "other", "ocr": "other", "search": "other",
}  # fmt: skip
NO_MODELS = "no entry in `model_list`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return a server per model of `model_list`; yield a finding per part left out. Raise `Failed` on a broken file."""
    root = from_yaml(data, file)
    servers: list[FoundServer] = []
    renamed: list[tuple[str, Source]] = []
    for entry in items_at(root, "model_list"):
        server = yield from _server(entry, root)
        if server:
            servers.append(server)
            name = text_at(entry, "model_name")
            if name and server.models and str(name.value) != server.models[0].model_id:
                renamed.append((str(name.value), name.source))
    for included in items_at(root, "include"):
        why = "gwctl reads only the files that the command line names."
        yield left_out("An included file", why, "add the included file: --from FILE --from INCLUDED", included.source)
    if renamed:
        summary = f"The proxy's own model names were left out, such as `{printable(renamed[0][0], 80)}`"
        detail = "The gateway file contains the vendors' model IDs, because the proxy's names work only at the proxy."
        hint = "to use the proxy itself: gwctl init --from URL"
        yield note(codes.NOT_IMPORTED, summary, detail=detail, hint=hint, source=renamed[0][1])
    return servers


def _server(entry: Node, root: MappingNode) -> Diagnosing[FoundServer | None]:
    written = text_at(entry, "litellm_params", "model")
    if written is None:
        why = "The entry has no `litellm_params.model`."
        yield left_out("An entry of `model_list`", why, "add the field, or remove the entry", entry.source)
        return None
    url, key = _connection(entry, root)
    vendor, model_id = _divided(str(written.value).strip())
    if not vendor and not url:
        shown = printable(str(written.value), 80)
        why = "gwctl has no preset for this vendor, and the entry has no `api_base`."
        hint = "add the endpoint yourself: gwctl connect PRESET --base-url URL"
        yield left_out(f"The model `{shown}`", why, hint, written.source)
        return None
    name = text_at(entry, "model_name")
    is_pattern = "*" in model_id
    mode = text_at(entry, "model_info", "mode")
    model = FoundModel(
        model_id=model_id,
        source=written.source,
        purpose=_MODES.get(str(mode.value)) if mode else None,
        context=number_at(entry, "model_info", "max_input_tokens") or number_at(entry, "model_info", "max_tokens"),
        output=number_at(entry, "model_info", "max_output_tokens"),
    )
    return FoundServer(
        name="" if url else vendor or (str(name.value) if name else "llm"),
        source=written.source,
        url=url,
        vendor=vendor,
        key=key,
        models=() if is_pattern else (model,),
        patterns=(model_id,) if is_pattern else (),
    )


def _connection(entry: Node, root: MappingNode) -> tuple[str, FoundKey | None]:
    """Return the base URL as written, and the place of the key. Both may come from an entry of `credential_list`."""
    params = at(entry, ("litellm_params",))
    url, key = text_at(params, "api_base") or text_at(params, "base_url"), text_at(params, "api_key")
    shown = "api_key"
    if named := text_at(params, "litellm_credential_name"):
        for each in items_at(root, "credential_list"):
            name = text_at(each, "credential_name")
            if name and name.value == named.value:
                url = url or text_at(each, "credential_values", "api_base")
                key = key or text_at(each, "credential_values", "api_key")
    return str(url.value) if url else "", key_at(key, shown)


def _divided(model: str) -> tuple[str, str]:
    """Return the preset of the model's vendor ("" if gwctl has none), and the vendor's ID for the model."""
    first, slash, rest = model.partition("/")
    if slash and first in _VENDORS and rest:
        return _VENDORS[first], rest
    lowered = model.lower()
    return next((vendor for start, vendor in _BARE.items() if lowered.startswith(start)), ""), model
