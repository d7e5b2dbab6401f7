"""Small pieces of wording that several views share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.diagnostics import Diagnostic
from reconciler.render.tree import Line, Role, Section, Span, line, section

_ORDER = {"error": 0, "warning": 1, "note": 2}


def counted(number: int, what: str) -> str:
    """Return `1 model`, `2 models`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def value(thing: Any) -> str:
    """An attribute's value on one line, as a reader of the gateway file would write it."""
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
    return str(thing)


def diagnostics_section(diagnostics: Sequence[Diagnostic], verbose: bool = False) -> Section:
    """Return errors, then warnings, then notes, each with its place, detail and hint."""
    ordered = sorted(diagnostics, key=lambda diagnostic: _ORDER[diagnostic.severity])
    return section(*(finding_line(diagnostic, verbose) for diagnostic in ordered))


def is_address_shown(diagnostic: Diagnostic) -> bool:
    """Return true where the address stands beside the summary, and false where the summary has it already."""
    return bool(diagnostic.address) and str(diagnostic.address) not in diagnostic.summary


def finding_line(diagnostic: Diagnostic, verbose: bool = False) -> Line:
    """One finding; `verbose` says its code, and what a note means."""
    role: Role = diagnostic.severity
    where = f"{diagnostic.source}: " if diagnostic.source else ""
    about = f" ({diagnostic.address})" if is_address_shown(diagnostic) else ""
    code = Span(f" [{diagnostic.code}]", "dim") if verbose else ""
    head = (Span(f"{diagnostic.severity}: ", role), where, Span(diagnostic.summary, "strong"), about, code)
    if diagnostic.severity == "note" and not verbose:
        return line(Span("note: ", role), f"{where}{diagnostic.summary}{about}")
    return line(*head, under=_below(diagnostic))


def _below(diagnostic: Diagnostic) -> Iterable[Line]:
    if diagnostic.detail:
        yield line(diagnostic.detail)
    if diagnostic.hint:
        yield line(Span("hint: ", "dim"), Span(diagnostic.hint, "typed"))
