"""The `elevenlabs` dialect, which has no chat (elevenlabs.io/docs/api-reference/models/list)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Purpose
from reconciler.live.dialect import Dialect
from reconciler.live.purposes import purpose_of

_SPEECH = ("can_do_text_to_speech", "can_do_voice_conversion")


def purpose(entry: Mapping[str, Any], model_id: str) -> tuple[Purpose, str]:
    """Return `voice` for a model that can speak. For other models, return the purpose by the usual fields."""
    field = next((name for name in _SPEECH if entry.get(name) is True), None)
    return ("voice", field) if field else purpose_of(entry, model_id)


DIALECT = Dialect(
    list_path="/v1/models",
    containers=(),  # the page is an array
    ids=("model_id",),
    purpose=purpose,
)
