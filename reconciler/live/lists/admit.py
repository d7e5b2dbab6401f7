"""The conversion of an entry in a server's list into a model. Every dialect uses this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from reconciler.live.dialect import Dialect
from reconciler.resources.observation import ListedModel

LONGEST_ID = 4096  # characters


class Admitted(NamedTuple):
    """The model of a list's entry. `is_odd` is true if a limit was ignored because it is not a number of tokens."""

    model: ListedModel
    is_odd: bool


def admitted(dialect: Dialect, entry: Any) -> Admitted | None:
    """Return the model of a list's entry. Return None if the entry has no usable ID."""
    model_id = _id_of(entry, dialect.ids)
    if not is_usable(model_id):
        return None
    fields = entry if isinstance(entry, dict) else {}
    details, is_odd = dialect.details(fields)
    return Admitted(ListedModel(model_id, *dialect.purpose(fields, model_id), details), is_odd)


def is_usable(word: Any) -> bool:
    """Return whether the value is text that is not blank, not too long, and without lone surrogates.

    A lone surrogate cannot be written to a file.
    """
    if not isinstance(word, str) or len(word) > LONGEST_ID or not word.strip():
        return False
    return word.isascii() or not any("\ud800" <= character <= "\udfff" for character in word)


def _id_of(entry: Any, fields: Sequence[str]) -> Any:
    """Return the ID in the server's spelling.

    The ID is the entry itself if the entry is text, or else the first of `fields` that holds text.
    """
    if not isinstance(entry, dict):
        return entry
    values = (entry.get(name) for name in fields)
    return next((value for value in values if isinstance(value, str) and value.strip()), None)
