"""The `gemini` dialect (ai.google.dev/api/models, /generate-content). IDs begin with `models/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Capability, Purpose
from reconciler.live.chat_apis.generate_content import generate_content
from reconciler.live.dialect import Dialect, next_by_token
from reconciler.live.lists.details import ReadDetails, read_details
from reconciler.live.purposes import ORDER, purpose_of
from reconciler.live.urls import path_segment
from reconciler.resources.purpose import purpose_of_id

_METHODS: dict[str, Purpose] = {
    "generateContent": "chat",
    "embedContent": "embedding",
    "predict": "image",
    "predictLongRunning": "other",
    "bidiGenerateContent": "voice",
    "generateAnswer": "other",
}

_COLLECTIONS = ("models", "tunedModels")


def path(_base_url: str, model_id: str) -> str:
    """Return the path of `{model=models/*}:generateContent`. An ID without a collection belongs to `models`."""
    collection, _, name = model_id.partition("/")
    if collection in _COLLECTIONS:
        return f"/{collection}/{path_segment(name)}:generateContent"
    return f"/models/{path_segment(model_id)}:generateContent"


def purpose(entry: Mapping[str, Any], model_id: str) -> tuple[Purpose, str]:
    """Return the purpose of a model from the field `supportedGenerationMethods`.

    Models for images and speech also support `generateContent`. For these models, a pattern of the ID decides.
    """
    methods = entry.get("supportedGenerationMethods")
    words = [word for word in methods if isinstance(word, str)] if isinstance(methods, list) else []
    purposes = {_METHODS[word] for word in words if word in _METHODS}
    if not purposes:
        return purpose_of(entry, model_id)
    by_id, source = purpose_of_id(model_id)
    if "chat" in purposes and source == "id" and by_id in ("image", "voice"):
        return by_id, "id"
    return next(word for word in ORDER if word in purposes), "supportedGenerationMethods"


def details(entry: Mapping[str, Any]) -> ReadDetails:
    """Return the limits of a model, and `reasoning` if `thinking` is true. The list has no other capabilities."""
    capabilities: list[Capability] | None = ["reasoning"] if entry.get("thinking") is True else None
    return read_details([entry], context=("inputTokenLimit",), output=("outputTokenLimit",), capabilities=capabilities)


DIALECT = Dialect(
    list_path="/models?pageSize=1000",
    containers=(("models",),),
    ids=("name",),
    may_be_bare=True,
    next_page=next_by_token("nextPageToken", "pageToken"),
    purpose=purpose,
    details=details,
    chat=generate_content(path),
    families=("gemini",),
)
