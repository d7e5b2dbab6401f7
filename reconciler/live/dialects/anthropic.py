"""The `anthropic` dialect (docs.anthropic.com/en/api/models-list, /messages)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Capability, Purpose
from reconciler.live.chat_apis.messages import MESSAGES
from reconciler.live.chat_apis.parts import inside
from reconciler.live.dialect import Dialect, Envelope
from reconciler.live.lists.details import ReadDetails, read_details

_CAPABILITIES: dict[str, Capability] = {"image_input": "vision", "thinking": "reasoning"}


def purpose(_entry: Mapping[str, Any], _model_id: str) -> tuple[Purpose, str]:
    """Return `chat`, because every listed model is a chat model."""
    return "chat", "dialect"


def details(entry: Mapping[str, Any]) -> ReadDetails:
    """Return the limits and capabilities of a model. Every model of this API can call tools."""
    said = entry.get("capabilities")
    flags = said if isinstance(said, dict) else {}
    there = [capability for name, capability in _CAPABILITIES.items() if inside(flags, name).get("supported") is True]
    capabilities: list[Capability] | None = ["tools", *there] if flags else None
    return read_details([entry], context=("max_input_tokens",), output=("max_tokens",), capabilities=capabilities)


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """Return the query for the entries after `last_id` if `has_more` is true. Return None if it is not."""
    last = envelope.get("last_id")
    return {"after_id": last} if envelope.get("has_more") is True and isinstance(last, str) else None


DIALECT = Dialect(
    list_path="/v1/models?limit=1000",
    containers=(("data",),),
    ids=("id",),
    next_page=next_page,
    purpose=purpose,
    details=details,
    chat=MESSAGES,
    apis={"messages": MESSAGES},
    families=("anthropic", "copilot-anthropic"),
)
