"""The parts that answers are made of, as servers spell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

_ENDS = ("finish_reason", "finishReason", "stop_reason", "done_reason")
_SAID_ONCE = ("role", "type", "model", "modelVersion", *_ENDS, "id", "name", "error")
_THINKING = ("reasoning_content", "reasoning", "thinking", "reasoning_text")


def text_of(content: Any, kinds: Sequence[str] = ("text", "output_text", "")) -> str:
    """Return the text, or the text of all parts of these kinds."""
    if isinstance(content, str):
        return content if "" in kinds else ""
    parts = content if isinstance(content, list) else []
    return "".join(_texts(part, kinds) for part in parts if isinstance(part, dict))


def _texts(part: dict[str, Any], kinds: Sequence[str]) -> str:
    kind = part.get("type") or ""
    values = (part.get(name) for name in ("text", kind) if isinstance(kind, str) and kind in kinds)
    return next((text_of(value) for value in values if isinstance(value, str | list)), "")


def thinking_of(message: dict[str, Any]) -> str:
    """Return the model's reasoning: beside its content, or in parts of it."""
    beside = "".join(word(message.get(name)) for name in _THINKING)
    return beside or text_of(message.get("content"), ("thinking", "reasoning"))


def calls_of(calls: Any) -> tuple[str, ...]:
    """The names of the tools in a list of calls."""
    items = calls if isinstance(calls, list) else [calls] if isinstance(calls, dict) else []
    return tuple(_call(item) for item in items if isinstance(item, dict))


def _call(call: dict[str, Any]) -> str:
    function = call.get("function")
    return word(function.get("name") if isinstance(function, dict) else call.get("name")) or "unnamed"


def word(value: Any) -> str:
    """The value where it is text, else nothing."""
    return value if isinstance(value, str) else ""


def first(value: Any) -> dict[str, Any]:
    """The first of a list, where it is an object."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def inside(holder: Any, name: str) -> dict[str, Any]:
    """The object of that name, or an empty one."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def picked(holder: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return those fields that the object has."""
    return {name: holder[name] for name in names if name in holder}


def joined(messages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The pieces of one message put together: texts and lists one after the other, of the rest the last."""
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
