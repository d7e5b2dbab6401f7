"""The gate: the one place where an entry of a server's list becomes a model, whatever the dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.dialect import Dialect
from reconciler.resources.observation import ListedModel

LONGEST_ID = 4096  # characters


def admitted(dialect: Dialect, entry: Any) -> ListedModel | None:
    """The model of an entry; None for one without an ID that can be written down and called."""
    model_id = _id_of(entry, dialect.ids)
    if not is_usable(model_id):
        return None
    return ListedModel(model_id, *dialect.purpose(entry if isinstance(entry, dict) else {}, model_id))


def is_usable(word: Any) -> bool:
    """Return whether it is text, not blank, not endless, and without a lone surrogate, which no file can hold."""
    if not isinstance(word, str) or len(word) > LONGEST_ID or not word.strip():
        return False
    return word.isascii() or not any("\ud800" <= character <= "\udfff" for character in word)


def _id_of(entry: Any, fields: Sequence[str]) -> Any:
    """The ID as the server spells it: the entry itself, or its first field that holds some text."""
    if not isinstance(entry, dict):
        return entry
    values = (entry.get(name) for name in fields)
    return next((value for value in values if isinstance(value, str) and value.strip()), None)
