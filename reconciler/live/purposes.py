"""What an item of a list says of the model's purpose: explicit field, output modalities, then its ID."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.resources.purpose import purpose_of_id

_WORDS = {
    # LiteLLM `mode`
    "chat": "chat",
    "completion": "chat",
    "responses": "chat",
    "embedding": "embedding",
    "image_generation": "image",
    "image_edit": "image",
    "audio_transcription": "voice",
    "audio_speech": "voice",
    "realtime": "voice",
    "rerank": "other",
    "moderation": "other",
    "moderations": "other",
    "video_generation": "other",
    "ocr": "other",
    "search": "other",
    # `type` of Together, LM Studio, Vercel
    "language": "chat",
    "code": "chat",
    "llm": "chat",
    "vlm": "chat",
    "embeddings": "embedding",
    "image": "image",
    "audio": "voice",
    "transcribe": "voice",
    "video": "other",
    # `kind` of Fireworks
    "hf_base_model": "chat",
    "hf_peft_addon": "chat",
    "embedding_model": "embedding",
    "flumina_base_model": "image",
    # `task.name` of Cloudflare
    "text generation": "chat",
    "text embeddings": "embedding",
    "text-to-image": "image",
    "automatic speech recognition": "voice",
    "text-to-speech": "voice",
    "text classification": "other",
    "translation": "other",
    "summarization": "other",
    "image classification": "other",
    "image-to-text": "other",
    "object detection": "other",
    # `endpoints` of Cohere, `capabilities` of Ollama and others
    "embed": "embedding",
    "classify": "other",
    "generate": "chat",
    "chat_completion": "chat",
    "completion_chat": "chat",
    "tools": "chat",
    # Deepgram
    "stt": "voice",
    "tts": "voice",
}
_METHODS = {  # Gemini `supportedGenerationMethods`
    "generateContent": "chat",
    "embedContent": "embedding",
    "predict": "image",
    "predictLongRunning": "other",
    "bidiGenerateContent": "voice",
    "generateAnswer": "other",
}
_NOT_PURPOSES = frozenset({"model", "list"})  # what `type` says at Anthropic's, `object` elsewhere


def purpose_of(item: Mapping[str, Any], model_id: str) -> tuple[str, str]:
    """(purpose, what it was read from): a field's name, `id`, or `assumed`."""
    return _explicit(item) or _by_methods(item, model_id) or _by_modalities(item, model_id) or purpose_of_id(model_id)


def _explicit(item: Mapping[str, Any]) -> tuple[str, str] | None:
    for name in ("mode", "kind", "type", "group"):
        found = _word(item.get(name))
        if found:
            return found, name
    info = item.get("model_info")  # LiteLLM's /model/info
    if isinstance(info, dict) and _word(info.get("mode")):
        return str(_word(info["mode"])), "mode"
    task = item.get("task")
    if isinstance(task, dict) and _word(task.get("name")):
        return str(_word(task["name"])), "task.name"
    for name in ("endpoints", "capabilities"):
        found = _first(_names(item.get(name)))
        if found:
            return found, name
    return _speech(item)


def _speech(item: Mapping[str, Any]) -> tuple[str, str] | None:
    """ElevenLabs: what a model can do."""
    able = [name for name in ("can_do_text_to_speech", "can_do_voice_conversion") if item.get(name) is True]
    return ("voice", able[0]) if able else None


def _word(value: Any) -> str | None:
    if not isinstance(value, str) or value in _NOT_PURPOSES:
        return None
    return _WORDS.get(value.lower())


def _names(value: Any) -> list[str]:
    """A list of words, or the true ones of a mapping of flags."""
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    if isinstance(value, dict):
        return [str(name) for name, each in value.items() if each is True]
    return []


def _first(words: Iterable[str]) -> str | None:
    """Of several abilities chat counts first: a chat model may embed and classify as well."""
    found = {purpose for word in words if (purpose := _word(word))}
    return next((purpose for purpose in ("chat", "embedding", "image", "voice", "other") if purpose in found), None)


def _by_methods(item: Mapping[str, Any], model_id: str) -> tuple[str, str] | None:
    methods = _names(item.get("supportedGenerationMethods"))
    found = {_METHODS[each] for each in methods if each in _METHODS}
    if not found:
        return None
    by_id, source = purpose_of_id(model_id)
    if "chat" in found and source == "id" and by_id in ("image", "voice"):
        return by_id, "id"  # -image and -tts models generate content, too
    order = ("chat", "embedding", "image", "voice", "other")
    return next(purpose for purpose in order if purpose in found), "supportedGenerationMethods"


def _by_modalities(item: Mapping[str, Any], model_id: str) -> tuple[str, str] | None:
    architecture = item.get("architecture")
    places = ((item, "output_modalities"), (item, "outputModalities"), (architecture, "output_modalities"))
    for holder, name in places:
        given = _names(holder.get(name)) if isinstance(holder, dict) else []
        found = _of_outputs({each.lower() for each in given}, model_id)
        if found:
            return found, name
    return None


def _of_outputs(outputs: set[str], model_id: str) -> str | None:
    if outputs & {"embedding", "embeddings"}:
        return "embedding"
    if outputs & {"audio", "speech", "transcription"}:
        return "voice"
    if "text" in outputs:
        by_id, _ = purpose_of_id(model_id)
        return None if by_id == "other" else "chat"  # a guard and an OCR answer with text as well
    if "image" in outputs:
        return "image"
    return "other" if outputs & {"video", "rerank"} else None
