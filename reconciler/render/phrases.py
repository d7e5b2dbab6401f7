"""Short phrases that several views share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.codes import NEEDS_ACTION
from reconciler.diagnostics import Diagnostic, QuotedSource, Source
from reconciler.render.tree import Line, Quote, Role, Section, Span, line, section

_ORDER = {"error": 0, "warning": 1, "note": 2}


def counted(number: int, what: str) -> str:
    """Return a number and a noun: `1 model`, `2 models`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def apply_question(number: int) -> str:
    """Return the question that is asked before `number` changes are applied."""
    return "Apply this change?" if number == 1 else f"Apply these {number} changes?"


def value(thing: Any) -> str:
    """Return the value of an attribute on one line, in the notation of a gateway file."""
    if thing is None:
        return "(none)"
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, list | tuple):
        return "[" + ", ".join(map(value, thing)) + "]"
    if thing == {"literal": True}:
        return "(a value in the gateway file)"
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{key}: {value(item)}" for key, item in thing.items()) + "}"
    return str(thing) or '""'


def diagnostics_section(diagnostics: Sequence[Diagnostic], verbose: bool = False) -> Section:
    """Return a section with the errors, the warnings and the notes, in this order.

    Each diagnostic has its position, the line at the position, its detail and its hint.
    """
    ordered = sorted(diagnostics, key=lambda diagnostic: _ORDER[diagnostic.severity])
    return section(*(finding_line(diagnostic, verbose) for diagnostic in ordered))


def is_address_shown(diagnostic: Diagnostic) -> bool:
    """Return whether the diagnostic has an address that is not in its summary."""
    return bool(diagnostic.address) and str(diagnostic.address) not in diagnostic.summary


def finding_line(diagnostic: Diagnostic, verbose: bool = False) -> Line:
    """Return the line of a diagnostic. With `verbose`, the line has the code, and a note has its detail and hint.

    The hint of a note that waits for the user is always shown.
    """
    role: Role = diagnostic.severity
    where = f"{diagnostic.source}: " if diagnostic.source else ""
    about = f" ({diagnostic.address})" if is_address_shown(diagnostic) else ""
    code = Span(f" [{diagnostic.code}]", "dim") if verbose else ""
    head = (Span(f"{diagnostic.severity}: ", role), where, Span(diagnostic.summary, "strong"), about, code)
    if diagnostic.severity == "note" and not verbose:
        under = hint_lines(diagnostic.hint) if diagnostic.code in NEEDS_ACTION else ()
        return line(Span("note: ", role), f"{where}{diagnostic.summary}{about}", under=under)
    return line(*head, under=_below(diagnostic), quote=_quote(diagnostic.source))


def _quote(source: Source | None) -> Quote | None:
    if not isinstance(source, QuotedSource):
        return None
    return Quote(source.line, source.excerpt.text, source.excerpt.start, source.excerpt.end)


def _below(diagnostic: Diagnostic) -> Iterable[Line]:
    if diagnostic.detail:
        yield line(diagnostic.detail)
    yield from hint_lines(diagnostic.hint)


def hint_lines(hint: str, margin: str = "") -> Iterable[Line]:
    """Yield the line of the hint, unless the hint is empty."""
    if hint:
        yield line(margin, Span("hint: ", "dim"), Span(hint, "typed"))
