"""The `deepgram` dialect's list (developers.deepgram.com/reference/manage/models/list)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Purpose
from reconciler.live.dialects.dialect import Envelope

LIST_PATH = "/v1/models"
CONTAINERS = (("stt", "tts"),)
IDS = ("canonical_name", "name")
MAY_BE_BARE = False


def purpose(_entry: Mapping[str, Any], _model_id: str) -> tuple[Purpose, str]:
    """Both groups are for voice."""
    return "voice", "group"


def next_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """The list has one page."""
    return None
