"""Functions that read the parts of chat responses in the spellings of many servers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

_ENDS = ("finish_reason", "finishReason", "stop_reason", "done_reason")
_SAID_ONCE = ("role", "type", "model", "modelVersion", *_ENDS, "id", "name", "error")
_THINKING = ("reasoning_content", "reasoning", "thinking", "reasoning_text")


def text_of(content: Any, kinds: Sequence[str] = ("text", "output_text", "")) -> str:
    """Return the content if the content is text. For a list, return the joined text of all parts of these kinds."""
    if isinstance(content, str):
        return content if "" in kinds else ""
    parts = content if isinstance(content, list) else []
    return "".join(_texts(part, kinds) for part in parts if isinstance(part, dict))


def _texts(part: dict[str, Any], kinds: Sequence[str]) -> str:
    kind = part.get("type") or ""
    values = (part.get(name) for name in ("text", kind) if isinstance(kind, str) and kind in kinds)
    return next((text_of(value) for value in values if isinstance(value, str | list)), "")


def thinking_of(message: dict[str, Any]) -> str:
    """Return the model's reasoning, from a field of the message or from parts of its content."""
    beside = "".join(word(message.get(name)) for name in _THINKING)
    return beside or text_of(message.get("content"), ("thinking", "reasoning"))


def calls_of(calls: Any) -> tuple[str, ...]:
    """Return the names of the tools in one call or a list of calls."""
    items = calls if isinstance(calls, list) else [calls] if isinstance(calls, dict) else []
    return tuple(_call(item) for item in items if isinstance(item, dict))


def _call(call: dict[str, Any]) -> str:
    function = call.get("function")
    return word(function.get("name") if isinstance(function, dict) else call.get("name")) or "unnamed"


def word(value: Any) -> str:
    """Return the value if it is text. Return "" for any other value."""
    return value if isinstance(value, str) else ""


def first(value: Any) -> dict[str, Any]:
    """Return the first item of a list if the item is an object. Return an empty object for any other value."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list. Return an empty list if the value is not a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def inside(holder: Any, name: str) -> dict[str, Any]:
    """Return the object in the field `name`. Return an empty object if the field holds no object."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def picked(holder: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields of the object that are named in `names`."""
    return {name: holder[name] for name in names if name in holder}


def joined(messages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return one message, joined from pieces. Texts and lists are joined.

    Of each other field, the last value is kept.
    """
    pieces: dict[str, list[Any]] = {}
    for message in messages:
        for name, value in message.items():
            if value is not None:
                pieces.setdefault(name, []).append(value)
    return {name: _whole(name, piece) for name, piece in pieces.items()}


def _whole(name: str, pieces: list[Any]) -> Any:
    if name in _SAID_ONCE:
        return pieces[-1]
    for kind, put in ((str, "".join), (list, lambda lists: list(chain.from_iterable(lists)))):
        if all(isinstance(piece, kind) for piece in pieces):
            return put(pieces)
    return pieces[-1]
