"""Whether one document is an earlier or later state of the same gateway: what may be replaced by the other."""

from __future__ import annotations

import re
from typing import Any

from reconciler import safe_json

LARGEST = 256 * 1024 * 1024  # bytes of a state
# As every version of gwctl begins a state.
_BEGINNING = re.compile(
    rb'\{\s*"version": \d+,\s*"lineage": ("(?:[^"\\]|\\.)*"),\s*"serial": \d+,\s*"name": ("(?:[^"\\]|\\.)*"),'
)


def is_kin(state: bytes, other: bytes) -> bool:
    """Whether both are states with the lineage or the name in common; of two that are none, nothing can be told."""
    ours, theirs = _marks(state), _marks(other)
    return bool(ours & theirs) or not (ours or theirs)


def _marks(data: bytes) -> frozenset[tuple[str, str]]:
    try:
        document = _said(data)
    except ValueError:
        return frozenset()
    if not isinstance(document, dict) or "resources" not in document:
        return frozenset()
    marks = ((name, document.get(name)) for name in ("lineage", "name"))
    return frozenset((name, value) for name, value in marks if isinstance(value, str) and value)


def _said(data: bytes) -> Any:
    match = _BEGINNING.match(data)
    if match is None:
        return safe_json.loads(data)
    return {"lineage": safe_json.loads(match[1]), "name": safe_json.loads(match[2]), "resources": None}
