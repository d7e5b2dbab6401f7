"""Models, connection tests, chat replies and presets as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.diagnostics import Diagnostic
from reconciler.presets.preset import Preset
from reconciler.render.json.plan import diagnostic_documents, endpoint_documents
from reconciler.render.json.types.models import ChatDocument, ChatsDocument, ModelDocument, ModelsDocument, TestDocument
from reconciler.render.json.types.presets import PresetDocument, PresetsDocument
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.resources.live_model import Chatted, ShownModel
from reconciler.resources.observation import Observation


def models_document(
    observations: Mapping[str, Observation], shown: Iterable[ShownModel], diagnostics: Iterable[Diagnostic]
) -> ModelsDocument:
    """Return the document of `gwctl models --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "endpoints": endpoint_documents(observations),
        "models": [_model(shown) for shown in shown],
        "diagnostics": diagnostic_documents(diagnostics),
    }


def test_document(
    observations: Mapping[str, Observation], chats: Sequence[Chatted], diagnostics: Iterable[Diagnostic]
) -> TestDocument:
    """Return the document of `gwctl test --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "endpoints": endpoint_documents(observations),
        "chat": [_chat(reply) for reply in chats],
        "diagnostics": diagnostic_documents(diagnostics),
    }


def chats_document(reply: Chatted | None, diagnostics: Iterable[Diagnostic] = ()) -> ChatsDocument:
    """Return the document of `gwctl chat --format json`. `chat` is null if no message was sent."""
    every = (*(reply.diagnostics if reply else ()), *diagnostics)
    return {
        "format_version": FORMAT_VERSION,
        "chat": _chat(reply) if reply else None,
        "diagnostics": diagnostic_documents(every),
    }


def presets_document(presets: Iterable[Preset], diagnostics: Iterable[Diagnostic]) -> PresetsDocument:
    """Return the document of `gwctl presets --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "presets": [_preset(preset) for preset in presets],
        "diagnostics": diagnostic_documents(diagnostics),
    }


def _model(shown: ShownModel) -> ModelDocument:
    resource, details = shown.resource, shown.resource.as_model
    return {
        "address": str(resource.address),
        "endpoint": resource.address.endpoint,
        "id": resource.address.model_id,
        "purpose": resource.purpose,
        "purpose_source": resource.facts["purpose_source"],
        "context": details.context,
        "output": details.output,
        "capabilities": None if details.capabilities is None else list(details.capabilities),
        "apis": list(shown.apis),
        "roles": list(shown.roles),
        "origin": resource.facts["origin"],
        "wanted": shown.wanted,
    }


def _chat(reply: Chatted) -> ChatDocument:
    return {
        "address": str(reply.model),
        "api": reply.api,
        "ok": reply.ok,
        "code": reply.code,
        "http_status": reply.http_status,
        "latency_ms": reply.latency_ms,
        "answered_by": reply.answered_by,
        "text": reply.text,
    }


def _preset(preset: Preset) -> PresetDocument:
    return {
        "id": preset.id,
        "name": preset.name,
        "description": preset.description,
        "base_url": preset.base_url,
        "dialect": preset.dialect,
        "key": preset.key,
        "key_hint": preset.key_hint,
        "variable": preset.variable,
        "docs_url": preset.docs_url,
        "verified": preset.verified,
        "builtin": preset.builtin,
    }
