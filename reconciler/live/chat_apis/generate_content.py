"""The generateContent API of Google, for chat with Gemini and Vertex AI (ai.google.dev/api/generate-content).

If the prompt was blocked, the response has no candidates, and `promptFeedback.blockReason` has the reason. If a
candidate was blocked, its `finishReason` has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reconciler.live.chat_apis.parts import calls_of, first, inside, joined, objects, picked, word
from reconciler.live.dialect import ChatApi, ChatReply
from reconciler.text import printable

_BLOCKED = frozenset(
    [
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "MODEL_ARMOR",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    ]
)


def body(_model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message."""
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}]}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in the parts of the first candidate. A part with `thought: true` is reasoning.

    Return None if the response has neither candidates nor feedback on the prompt.
    """
    if not isinstance(answer, dict) or not answer.keys() & {"candidates", "promptFeedback"}:
        return None
    candidate = first(answer.get("candidates"))
    parts = objects(inside(candidate, "content").get("parts"))
    text = "".join(word(part.get("text")) for part in parts if part.get("thought") is not True)
    return ChatReply(
        text=text,
        thinking="".join(word(part.get("text")) for part in parts if part.get("thought") is True),
        refusal="" if text.strip() else _refusal(answer, candidate),
        calls=calls_of([part["functionCall"] for part in parts if "functionCall" in part]),
        model=word(answer.get("modelVersion")) or None,
        stopped=word(candidate.get("finishReason")),
    )


def _refusal(answer: dict[str, Any], candidate: dict[str, Any]) -> str:
    blocked, stopped = word(inside(answer, "promptFeedback").get("blockReason")), word(candidate.get("finishReason"))
    if blocked:
        return f"The prompt was blocked ({printable(blocked, 40)})."
    return f"The answer was blocked ({stopped})." if stopped in _BLOCKED else ""


def join_events(events: Sequence[Any]) -> Any:
    """Return one response from the events of a stream. The parts of the first candidate are joined.

    An error is kept.
    """
    answers = objects(list(events))
    candidates = [candidate for answer in answers if (candidate := first(answer.get("candidates")))]
    content = joined(picked(inside(candidate, "content"), "parts") for candidate in candidates)
    ends = joined(picked(candidate, "finishReason") for candidate in candidates)
    rest = joined(picked(answer, "modelVersion", "promptFeedback", "error") for answer in answers)
    return rest | ({"candidates": [{"content": content, **ends}]} if candidates else {})


def generate_content(path: Callable[[str, str], str]) -> ChatApi:
    """Return the generateContent API with the dialect's own function for the path."""
    return ChatApi(path=path, body=body, reply=reply, join_events=join_events)
