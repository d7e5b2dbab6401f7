"""Connection tests, models, chat replies and presets as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.presets.preset import Preset
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Span, Table, document, line, section
from reconciler.resources.observation import Listed, Observation

if TYPE_CHECKING:
    from reconciler.resources.attributes import ModelAttributes
    from reconciler.resources.live_model import Chatted, ShownModel


def test_view(observations: Mapping[str, Observation], chats: Sequence[Chatted]) -> Document:
    """Return a document with a row per endpoint. After these rows, the document has a row per message."""
    rows = tuple(
        (Span(name, "strong"), outcome(seen), Span(seen.url or "", "code"), _milliseconds(seen.latency_ms))
        for name, seen in observations.items()
    )
    answers = tuple(
        (
            Span(reply.model.name, "strong"),
            Span(reply.api or ""),
            _answer(reply),
            Span(reply.answered_by or ""),
            _milliseconds(reply.latency_ms),
        )
        for reply in chats
    )
    sent = Table(("MODEL", "API", "CHAT", "ANSWERED BY", "TIME"), answers, spare=(4, 3))
    return document(
        section(Table(("ENDPOINT", "CONNECTION", "URL", "TIME"), rows, spare=(3, 2)))
        if rows
        else section(line("no endpoints")),
        section(sent) if answers else section(),
    )


def models_view(shown: Sequence[ShownModel]) -> Document:
    """Return a document with a row per model."""
    rows = tuple(
        (
            Span(shown.resource.address.name, "strong" if shown.wanted else "dim"),
            Span(shown.resource.purpose),
            Span(", ".join(shown.roles)),
            *_details(shown.resource.as_model),
            Span(str(shown.resource.facts["purpose_source"]), "dim"),
            Span(str(shown.resource.facts["origin"]) if shown.wanted else "fetched, filtered out", "dim"),
        )
        for shown in shown
    )
    return document(section(Table(_COLUMNS, rows, spare=(6, 7, 4, 5, 2))) if rows else section())


_COLUMNS = ("MODEL", "PURPOSE", "ROLES", "CONTEXT", "OUTPUT", "CAPABILITIES", "READ FROM", "ORIGIN")


def _details(model: ModelAttributes) -> tuple[Span, Span, Span]:
    context, output = (Span("" if limit is None else str(limit)) for limit in (model.context, model.output))
    return context, output, Span(", ".join(model.capabilities or ()))


def answer_view(reply: Chatted) -> Document:
    """Return one line about a chat reply: the endpoint, the model and the time."""
    other = f", model reported as {reply.answered_by}" if reply.answered_by not in (None, reply.model.model_id) else ""
    return document(section(line(Span(f"{reply.model.name}{other}: {reply.latency_ms} ms", "dim"))))


def presets_view(presets: Iterable[Preset], verbose: bool) -> Document:
    """Return a document with a row per preset. With `verbose`, the rows have descriptions."""
    header = ("PRESET", "KEY", "VARIABLE", "BASE URL", "VERIFIED", "HINT") + (("DESCRIPTION",) if verbose else ())
    rows = tuple(_preset_row(preset, verbose) for preset in presets)
    return document(section(Table(header, rows, spare=(4, 5, 1))))


def _preset_row(preset: Preset, verbose: bool) -> tuple[Span, ...]:
    key = Span(preset.key, "plain" if preset.key == "required" else "dim")
    verified = Span("yes", "good") if preset.verified else Span("not verified" if preset.builtin else "yours", "dim")
    row = (Span(preset.id, "strong"), key, Span(preset.variable), Span(preset.base_url, "code"), verified)
    described = (Span(preset.description or preset.name),) if verbose else ()
    return (*row, Span(preset.key_hint, "dim"), *described)


def _answer(reply: Chatted) -> Span:
    if reply.ok:
        return Span("answered", "good")
    return Span(reply.diagnostics[0].summary if reply.diagnostics else "failed", "error")


def _milliseconds(duration: int | None) -> Span:
    return Span("" if duration is None else f"{duration} ms", "dim")


def endpoint_words(seen: Observation) -> list[Span]:
    """Return the URL and the outcome on one line: `http://localhost:4000/models  connected, 14 models`."""
    url = [Span(seen.url, "code"), Span("  ")] if seen.url else []
    return [*url, outcome(seen)]


def outcome(seen: Observation) -> Span:
    """Return the outcome of a connection test, and the number of models that the lock file has for the endpoint."""
    words = _of_exchange(seen)
    return words if seen.pinned is None else Span(f"{words.text}; {seen.pinned} pinned", words.role)


def _of_exchange(seen: Observation) -> Span:
    if seen.status == "listed" and isinstance(seen.answer, Listed):
        return Span(f"connected, {counted(len(seen.answer.models), 'model')}", "good")
    if seen.status == "empty":
        return Span(f"connected. {seen.summary}", "warning")
    reason = f"{seen.summary}: {seen.detail.rstrip('.')}" if seen.detail else seen.summary
    return Span(reason, "dim" if seen.code in (codes.OFFLINE, codes.NO_KEYS, codes.RECENT_LIST) else "warning")
