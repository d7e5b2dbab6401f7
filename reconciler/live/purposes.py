"""The purpose of a listed model: from an explicit field, from its modalities, or else from its ID."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.address import Purpose
from reconciler.resources.purpose import purpose_of_id

# The words that servers use, in lower case, with `-` in place of spaces, `_` and `/`.
_WORDS: dict[str, Purpose] = {
    # LiteLLM `mode`
    "chat": "chat",
    "completion": "chat",
    "responses": "chat",
    "embedding": "embedding",
    "image-generation": "image",
    "image-edit": "image",
    "audio-transcription": "voice",
    "audio-speech": "voice",
    "realtime": "voice",
    "rerank": "other",
    "moderation": "other",
    "moderations": "other",
    "video-generation": "other",
    "ocr": "other",
    "search": "other",
    # `type` of Together, LM Studio, Vercel; `model_type` of Xinference
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
    "hf-base-model": "chat",
    "hf-peft-addon": "chat",
    "embedding-model": "embedding",
    "flumina-base-model": "image",
    # `task.name` of Cloudflare, `pipeline_tag` of Hugging Face
    "text-generation": "chat",
    "text2text-generation": "chat",
    "conversational": "chat",
    "image-text-to-text": "chat",
    "audio-text-to-text": "chat",
    "video-text-to-text": "chat",
    "any-to-any": "chat",
    "text-embeddings": "embedding",
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    "text-to-image": "image",
    "image-to-image": "image",
    "automatic-speech-recognition": "voice",
    "text-to-speech": "voice",
    "text-classification": "other",
    "translation": "other",
    "summarization": "other",
    "image-classification": "other",
    "image-to-text": "other",
    "object-detection": "other",
    # `endpoints` of Cohere, `capabilities` of Ollama and others
    "embed": "embedding",
    "classify": "other",
    "generate": "chat",
    "chat-completion": "chat",
    "completion-chat": "chat",
    "tools": "chat",
    # paths of OpenAI's API
    "chat-completions": "chat",
    "completions": "chat",
    # LocalAI, Deepgram
    "transcript": "voice",
    "stt": "voice",
    "tts": "voice",
}
# Parts of unknown words. They prevent that a model for speech or embeddings counts as a chat model.
_ROOTS: tuple[tuple[Purpose, re.Pattern[str]], ...] = (
    ("embedding", re.compile(r"embed|vector")),
    ("other", re.compile(r"rank|moderat|classif|guard|video|ocr|detect|scor(e|ing)")),
    ("voice", re.compile(r"audio|speech|voice|transcri|sound|music|(^|-)(asr|stt|tts|vad)($|-)")),
    ("image", re.compile(r"image|picture|inpaint")),
)
_FIELDS = ("mode", "kind", "type", "model_type", "modelType", "group", "pipeline_tag", "task", "task_type")
_ABILITIES = ("endpoints", "capabilities", "model_ability", "supported_endpoints", "supported_endpoint_types")
_MODALITIES = (
    ("output_modalities", "input_modalities"),
    ("outputModalities", "inputModalities"),
    ("output", "input"),
)
_NOT_PURPOSES = frozenset({"model", "list"})  # the `type` of Anthropic's entries, the `object` of other vendors'
# The first purpose wins: a model for chat and embeddings is a chat model.
ORDER: tuple[Purpose, ...] = ("chat", "embedding", "image", "voice", "other")


def purpose_of(item: Mapping[str, Any], model_id: str) -> tuple[Purpose, str]:
    """Return (purpose, source) for a listed model. The source is `id`, `assumed`, or the name of a field."""
    return _explicit(item) or _by_modalities(item, model_id) or _by_roots(item) or purpose_of_id(model_id)


def _explicit(item: Mapping[str, Any]) -> tuple[Purpose, str] | None:
    for name, word in _single_words(item):
        if word in _WORDS:
            return _WORDS[word], name
    for name in _abilities(item):
        purposes = {_WORDS[word] for word in _names(item[name]) if word in _WORDS}
        if purposes:
            return next(purpose for purpose in ORDER if purpose in purposes), name
    return None


def _by_roots(item: Mapping[str, Any]) -> tuple[Purpose, str] | None:
    """Return a purpose from words that are not in the table of words.

    A list of abilities is used only if all of its words suggest the same purpose.
    """
    for name, word in _single_words(item):
        if root := _root(word):
            return root, name
    for name in _abilities(item):
        roots = {_root(word) for word in _names(item[name])}
        only = next(iter(roots)) if len(roots) == 1 else None
        if only:
            return only, name
    return None


def _root(word: str) -> Purpose | None:
    return next((purpose for purpose, root in _ROOTS if root.search(word)), None)


def _single_words(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, word) for the fields of a model that hold one word."""
    yield from ((name, _word(item[name])) for name in _FIELDS if name in item)
    info = item.get("model_info")  # LiteLLM's /model/info
    if isinstance(info, dict):
        yield "mode", _word(info.get("mode"))
    task = item.get("task")
    if isinstance(task, dict):
        yield "task.name", _word(task.get("name"))


def _abilities(item: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in _ABILITIES if name in item)


def _word(value: Any) -> str:
    """Return a word, or a path such as `/v1/audio/speech`, in the spelling of `_WORDS`.

    Return "" if the value is not a word.
    """
    if not isinstance(value, str) or value in _NOT_PURPOSES:
        return ""
    return re.sub(r"[\s_/-]+", "-", value[:100].lower().strip().removeprefix("/v1")).strip("-")


def _names(value: Any) -> list[str]:
    """Return the words of a list. For a mapping, return the names of its true flags."""
    if isinstance(value, list):
        return [_word(item) for item in value[:100]]
    if isinstance(value, dict):
        return [_word(str(name)) for name, item in list(value.items())[:100] if item is True]
    return []


def _by_modalities(item: Mapping[str, Any], model_id: str) -> tuple[Purpose, str] | None:
    for holder in (item, item.get("architecture"), item.get("modalities")):
        if not isinstance(holder, dict):
            continue
        for name, other in _MODALITIES:
            if name not in holder:
                continue
            purpose = _of_outputs(set(_names(holder[name])), set(_names(holder.get(other))), model_id)
            if purpose:
                return purpose, name
    return None


def _of_outputs(outputs: set[str], inputs: set[str], model_id: str) -> Purpose | None:
    if outputs & {"embedding", "embeddings"}:
        return "embedding"
    if outputs & {"audio", "speech", "transcription"}:
        return "voice"
    if "text" in outputs:
        by_id, _ = purpose_of_id(model_id)
        if inputs & {"audio", "speech"} and not inputs & {"text"}:
            return "voice"  # the model transcribes audio
        return None if by_id == "other" else "chat"  # guard and OCR models also return text
    if "image" in outputs:
        return "image"
    return "other" if outputs & {"video", "rerank"} else None
