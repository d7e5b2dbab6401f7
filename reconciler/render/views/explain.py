"""The explanation of one diagnostic code, and the table of all codes."""

from __future__ import annotations

from reconciler.codes import EXPLANATIONS, Code
from reconciler.render.tree import Document, Span, Table, document, line, section


def explanation_view(code: Code) -> Document:
    """Return the meaning of a diagnostic code and the recommended action."""
    meaning, action = EXPLANATIONS[code]
    return document(section(line(Span(code, "strong"), under=(line(Span(meaning)), line(Span(action))))))


def codes_view() -> Document:
    """Return a table of all diagnostic codes and their meanings."""
    rows = tuple((Span(code, "strong"), Span(meaning)) for code, (meaning, _) in EXPLANATIONS.items())
    return document(section(Table(("CODE", "MEANING"), rows)))
