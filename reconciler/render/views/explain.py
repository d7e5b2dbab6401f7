"""The meaning of a diagnostic code and what to do: one code, or all of them."""

from __future__ import annotations

from reconciler.codes import EXPLANATIONS, Code
from reconciler.render.tree import Document, Span, Table, document, line, section


def explanation_view(code: Code) -> Document:
    """Return the sentences on one code."""
    meaning, action = EXPLANATIONS[code]
    return document(section(line(Span(code, "strong"), under=(line(Span(meaning)), line(Span(action))))))


def codes_view() -> Document:
    """Return a row for each code, with what it means."""
    rows = tuple((Span(code, "strong"), Span(meaning)) for code, (meaning, _) in EXPLANATIONS.items())
    return document(section(Table(("CODE", "MEANING"), rows)))
