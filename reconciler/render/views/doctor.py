"""The doctor's findings, for people and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler.render.json.plan import source_document
from reconciler.render.json.types import FORMAT_VERSION, DoctorDocument, FindingDocument
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Line, Role, Section, Span, document, line, section
from reconciler.resources.finding import Finding, Grade, is_well

_ROLES: dict[Grade, Role] = {"ok": "good", "note": "note", "warning": "warning", "error": "error"}
_WIDTH = len("warning")


def doctor_view(findings: Sequence[Finding], verbose: bool, quiet: bool) -> Document:
    """A section a group and a line a finding; `quiet` leaves out what is well."""
    shown = [found for found in findings if not quiet or found.grade in ("warning", "error")]
    groups = (_group(name, list(each), verbose) for name, each in groupby(shown, lambda found: found.group))
    return document(*groups, section(_sum(findings)))


def _group(name: str, findings: Iterable[Finding], verbose: bool) -> Section:
    return section(line(Span(name, "strong"), under=(_line(found, verbose) for found in findings)))


def _line(found: Finding, verbose: bool) -> Line:
    where = f"{found.source}: " if found.source else ""
    code = Span(f" [{found.code}]", "dim") if verbose and found.grade != "ok" else ""
    head = (Span(found.grade, _ROLES[found.grade]), " " * (_WIDTH - len(found.grade) + 2), where, found.summary, code)
    return line(*head, under=_below(found, verbose))


def _below(found: Finding, verbose: bool) -> Iterable[Line]:
    if found.grade == "note" and not verbose:
        return
    margin = " " * _WIDTH
    if found.detail:
        yield line(margin, found.detail)
    if found.hint:
        yield line(margin, Span("hint: ", "dim"), Span(found.hint, "typed"))


def _sum(findings: Sequence[Finding]) -> Line:
    errors, warnings = (sum(found.grade == grade for found in findings) for grade in ("error", "warning"))
    if not errors and not warnings:
        return line(Span("All is well.", "good"))
    return line(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}.")


def doctor_document(findings: Sequence[Finding]) -> DoctorDocument:
    """`gwctl doctor --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "ok": is_well(findings),
        "findings": [_finding(found) for found in findings],
    }


def _finding(found: Finding) -> FindingDocument:
    return {
        "group": found.group,
        "severity": found.grade,
        "code": found.code,
        "summary": found.summary,
        "detail": found.detail,
        "hint": found.hint,
        "source": source_document(found.source),
    }
