"""The test whether two documents are states of the same gateway.

A state may only replace a state of the same gateway.
"""

from __future__ import annotations

from typing import Any

from reconciler import safe_json
from reconciler.pattern import pattern

LARGEST = 256 * 1024 * 1024  # bytes of a state
# The first fields of a state, which every version of gwctl writes in this order.
_BEGINNING = pattern(
    rb'\{\s*"version": \d+,\s*"lineage": ("(?:[^"\\]|\\.)*"),\s*"serial": \d+,\s*"name": ("(?:[^"\\]|\\.)*"),'
)


def is_kin(state: bytes, other: bytes) -> bool:
    """Return whether both documents are states with the same lineage or name.

    Return True also if neither of the documents is a state.
    """
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
