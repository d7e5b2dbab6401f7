"""Live looks as people read them: connections, models, answers, presets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.presets.preset import Preset
from reconciler.render.tree import Document, Span, Table, document, line, section
from reconciler.render.views.endpoint import outcome
from reconciler.resources.observation import Observation

if TYPE_CHECKING:
    from reconciler.resources.live_model import Chatted, ShownModel


def test_view(observations: Mapping[str, Observation], chats: Sequence[Chatted]) -> Document:
    """A row an endpoint, and below it a row a message."""
    rows = tuple(
        (Span(name, "strong"), outcome(seen), Span(seen.url or "", "code"), _milliseconds(seen.latency_ms))
        for name, seen in observations.items()
    )
    answers = tuple(
        (
            Span(found.model.name, "strong"),
            _answer(found),
            Span(found.answered_by or ""),
            _milliseconds(found.latency_ms),
        )
        for found in chats
    )
    return document(
        section(Table(("ENDPOINT", "CONNECTION", "URL", "TIME"), rows, spare=(3, 2)))
        if rows
        else section(line("no endpoints")),
        section(Table(("MODEL", "CHAT", "ANSWERED BY", "TIME"), answers, spare=(3, 2))) if answers else section(),
    )


def models_view(shown: Sequence[ShownModel]) -> Document:
    """A row a model."""
    rows = tuple(
        (
            Span(found.resource.address.name, "strong" if found.wanted else "dim"),
            Span(found.resource.purpose),
            Span(str(found.resource.facts["purpose_source"]), "dim"),
            Span(str(found.resource.facts["origin"]) if found.wanted else "fetched, filtered out", "dim"),
        )
        for found in shown
    )
    return document(
        section(Table(("MODEL", "PURPOSE", "READ FROM", "ORIGIN"), rows, spare=(2, 3))) if rows else section()
    )


def answer_view(found: Chatted) -> Document:
    """Who answered, and how fast."""
    other = f", which calls itself {found.answered_by}" if found.answered_by not in (None, found.model.model_id) else ""
    return document(section(line(Span(f"{found.model.name}{other}: {found.latency_ms} ms", "dim"))))


def presets_view(presets: Iterable[Preset], verbose: bool) -> Document:
    """A row a preset; with `verbose` what it is, too."""
    header = ("PRESET", "KEY", "VARIABLE", "BASE URL", "VERIFIED", "HINT") + (("DESCRIPTION",) if verbose else ())
    rows = tuple(_preset_row(found, verbose) for found in presets)
    return document(section(Table(header, rows, spare=(4, 5, 1))))


def _preset_row(found: Preset, verbose: bool) -> tuple[Span, ...]:
    key = Span(found.key, "plain" if found.key == "required" else "dim")
    verified = Span("yes", "good") if found.verified else Span("not verified" if found.builtin else "yours", "dim")
    row = (Span(found.id, "strong"), key, Span(found.variable), Span(found.base_url, "code"), verified)
    described = (Span(found.description or found.name),) if verbose else ()
    return (*row, Span(found.key_hint, "dim"), *described)


def _answer(found: Chatted) -> Span:
    if found.ok:
        return Span("answered", "good")
    return Span(found.diagnostics[0].summary if found.diagnostics else "failed", "error")


def _milliseconds(found: int | None) -> Span:
    return Span("" if found is None else f"{found} ms", "dim")
