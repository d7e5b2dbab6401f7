"""The observation of an endpoint, in words."""

from __future__ import annotations

from reconciler import codes
from reconciler.render.phrases import counted
from reconciler.render.tree import Span
from reconciler.resources.observation import Listed, Observation


def endpoint_words(seen: Observation) -> list[Span]:
    """URL and outcome on one line: `http://localhost:4000/models  connected, 14 models`."""
    url = [Span(seen.url, "code"), Span("  ")] if seen.url else []
    return [*url, outcome(seen)]


def outcome(seen: Observation) -> Span:
    """The outcome alone, as the design words it, and how many models the lock file has instead."""
    words = _of_exchange(seen)
    return words if seen.pinned is None else Span(f"{words.text}; {seen.pinned} pinned", words.role)


def _of_exchange(seen: Observation) -> Span:
    if seen.status == "listed" and isinstance(seen.answer, Listed):
        return Span(f"connected, {counted(len(seen.answer.models), 'model')}", "good")
    if seen.status == "empty":
        return Span(f"connected. {seen.summary}", "warning")
    reason = f"{seen.summary}: {seen.detail.rstrip('.')}" if seen.detail else seen.summary
    return Span(reason, "dim" if seen.code in (codes.OFFLINE, codes.NO_KEYS) else "warning")
