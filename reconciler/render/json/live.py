"""Live looks as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.diagnostics import Diagnostic
from reconciler.presets.preset import Preset
from reconciler.render.json.plan import diagnostic_documents, endpoint_documents
from reconciler.render.json.types import (
    FORMAT_VERSION,
    ChatDocument,
    ChatsDocument,
    ModelDocument,
    ModelsDocument,
    PresetDocument,
    PresetsDocument,
    TestDocument,
)
from reconciler.resources.live_model import Chatted, ShownModel
from reconciler.resources.observation import Observation


def models_document(
    observations: Mapping[str, Observation], shown: Iterable[ShownModel], found: Iterable[Diagnostic]
) -> ModelsDocument:
    """`gwctl models --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "endpoints": endpoint_documents(observations),
        "models": [_model(each) for each in shown],
        "diagnostics": diagnostic_documents(found),
    }


def test_document(
    observations: Mapping[str, Observation], chats: Sequence[Chatted], found: Iterable[Diagnostic]
) -> TestDocument:
    """`gwctl test --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "endpoints": endpoint_documents(observations),
        "chat": [_chat(each) for each in chats],
        "diagnostics": diagnostic_documents(found),
    }


def chats_document(found: Chatted | None, diagnostics: Iterable[Diagnostic] = ()) -> ChatsDocument:
    """`gwctl chat --format json`; `chat` is null when nobody could be asked."""
    said = (*(found.diagnostics if found else ()), *diagnostics)
    return {
        "format_version": FORMAT_VERSION,
        "chat": _chat(found) if found else None,
        "diagnostics": diagnostic_documents(said),
    }


def presets_document(presets: Iterable[Preset], found: Iterable[Diagnostic]) -> PresetsDocument:
    """`gwctl presets --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "presets": [_preset(each) for each in presets],
        "diagnostics": diagnostic_documents(found),
    }


def _model(shown: ShownModel) -> ModelDocument:
    found = shown.resource
    return {
        "address": str(found.address),
        "endpoint": found.address.endpoint,
        "id": found.address.model_id,
        "purpose": found.purpose,
        "purpose_source": found.facts["purpose_source"],
        "origin": found.facts["origin"],
        "wanted": shown.wanted,
    }


def _chat(found: Chatted) -> ChatDocument:
    return {
        "address": str(found.model),
        "ok": found.ok,
        "code": found.code,
        "http_status": found.http_status,
        "latency_ms": found.latency_ms,
        "answered_by": found.answered_by,
        "text": found.text,
    }


def _preset(found: Preset) -> PresetDocument:
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "base_url": found.base_url,
        "dialect": found.dialect,
        "key": found.key,
        "key_hint": found.key_hint,
        "variable": found.variable,
        "docs_url": found.docs_url,
        "verified": found.verified,
        "builtin": found.builtin,
    }
