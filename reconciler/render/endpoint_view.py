"""What asking an endpoint gave, in the user's words."""

from __future__ import annotations

from reconciler.render.tree import Span
from reconciler.render.words import counted
from reconciler.resources.catalog import Listed, Observation


def endpoint_words(seen: Observation) -> list[Span]:
    """URL and outcome on one line: `http://localhost:4000/models  connected, 14 models`."""
    url = [Span(seen.url, "code"), Span("  ")] if seen.url else []
    return [*url, outcome(seen)]


def outcome(seen: Observation) -> Span:
    """The outcome alone, as the design words it."""
    if seen.status == "listed" and isinstance(seen.catalog, Listed):
        return Span(f"connected, {counted(len(seen.catalog.models), 'model')}", "good")
    if seen.status == "empty":
        return Span(f"connected. {seen.summary}", "warning")
    reason = f"{seen.summary}: {seen.detail.rstrip('.')}" if seen.detail else seen.summary
    return Span(reason, "dim" if seen.status == "skipped" and seen.code == "OFFLINE" else "warning")
