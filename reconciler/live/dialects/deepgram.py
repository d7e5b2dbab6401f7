"""The `deepgram` dialect, which has no chat (developers.deepgram.com/reference/manage/models/list)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Purpose
from reconciler.live.dialect import Dialect


def purpose(_entry: Mapping[str, Any], _model_id: str) -> tuple[Purpose, str]:
    """Return `voice`, because both groups of models, `stt` and `tts`, are for voice."""
    return "voice", "group"


DIALECT = Dialect(list_path="/v1/models", containers=(("stt", "tts"),), ids=("canonical_name", "name"), purpose=purpose)
