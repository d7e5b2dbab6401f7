"""The import of LiteLLM's `config.yaml` (https://docs.litellm.ai/docs/proxy/configs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

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


_MOST_INCLUDED = 100
Beside = Callable[[str], bytes | None]  # the content of a file of the same directory; None if it cannot be read


def servers_in(data: bytes, file: str, beside: Beside = lambda _: None) -> Diagnosing[list[FoundServer]]:
    """Return a server for each model of `model_list`. Yield a finding for each part that is left out.

    Models in included files count too. Raise `Failed` if the file or an included file is not valid.
    """
    roots = yield from _with_included(from_yaml(data, file), file, beside)
    servers: list[FoundServer] = []
    renamed: list[tuple[str, Source]] = []
    for entry in (entry for root in roots for entry in items_at(root, "model_list")):
        server = yield from _server(entry, roots)
        if server:
            servers.append(server)
            name = text_at(entry, "model_name")
            if name and server.models and str(name.value) != server.models[0].model_id:
                renamed.append((str(name.value), name.source))
    if renamed:
        summary = f"The proxy's own model names were left out, such as `{printable(renamed[0][0], 80)}`"
        detail = "The gateway file contains the vendors' model IDs, because the proxy's names work only at the proxy."
        hint = "to use the proxy itself: gwctl init --from URL"
        yield note(codes.NOT_IMPORTED, summary, detail=detail, hint=hint, source=renamed[0][1])
    return servers


def _with_included(root: MappingNode, file: str, beside: Beside) -> Diagnosing[list[MappingNode]]:
    """Return the file and the files that it includes, in LiteLLM's order and without duplicates.

    gwctl reads an included file only from the same directory. A configuration from a stranger could name any other
    file.
    """
    roots, read = [root], {PurePath(file).name}
    pending = items_at(root, "include")
    while pending:
        entry, *pending = pending
        name = text_at(entry)
        included = str(name.value) if name else ""
        if included in read:
            continue
        found = beside(included) if _is_beside(included) and len(read) <= _MOST_INCLUDED else None
        if found is None:
            why = "gwctl reads included files only from the directory of the configuration."
            hint = "add the included file: --from FILE --from INCLUDED"
            yield left_out("An included file", why, hint, entry.source)
            continue
        read.add(included)
        roots.append(from_yaml(found, str(PurePath(file).with_name(included))))
        pending += items_at(roots[-1], "include")
    return roots


def _is_beside(name: str) -> bool:
    return bool(name) and name not in (".", "..") and not any(mark in name for mark in "/\\:\0")


def _server(entry: Node, roots: Sequence[MappingNode]) -> Diagnosing[FoundServer | None]:
    written = text_at(entry, "litellm_params", "model")
    if written is None:
        why = "The entry has no `litellm_params.model`."
        yield left_out("An entry of `model_list`", why, "add the field, or remove the entry", entry.source)
        return None
    url, key = _connection(entry, roots)
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


def _connection(entry: Node, roots: Sequence[MappingNode]) -> tuple[str, FoundKey | None]:
    """Return the base URL as written, and the place of the key. An entry of `credential_list` may supply both."""
    params = at(entry, ("litellm_params",))
    url, key = text_at(params, "api_base") or text_at(params, "base_url"), text_at(params, "api_key")
    shown = "api_key"
    if named := text_at(params, "litellm_credential_name"):
        for each in (each for root in roots for each in items_at(root, "credential_list")):
            name = text_at(each, "credential_name")
            if name and name.value == named.value:
                url = url or text_at(each, "credential_values", "api_base")
                key = key or text_at(each, "credential_values", "api_key")
    return str(url.value) if url else "", key_at(key, shown)


def _divided(model: str) -> tuple[str, str]:
    """Return the preset of the model's vendor, and the vendor's ID for the model.

    If gwctl has no preset for the vendor, the first value is "".
    """
    first, slash, rest = model.partition("/")
    if slash and first in _VENDORS and rest:
        return _VENDORS[first], rest
    lowered = model.lower()
    return next((vendor for start, vendor in _BARE.items() if lowered.startswith(start)), ""), model
