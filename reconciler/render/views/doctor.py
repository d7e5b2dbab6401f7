"""The findings of `gwctl doctor` as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler import codes
from reconciler.codes import NEEDS_ACTION
from reconciler.render.phrases import counted, hint_lines
from reconciler.render.tree import Document, Line, Role, Section, Span, document, line, section
from reconciler.resources.finding import Finding, Grade

_ROLES: dict[Grade, Role] = {"ok": "good", "note": "note", "warning": "warning", "error": "error"}
_WIDTH = len("warning")
_GRADES: dict[bool, tuple[Grade, ...]] = {False: ("ok", "note", "warning", "error"), True: ("warning", "error")}


def doctor_view(findings: Sequence[Finding], verbose: bool, quiet: bool) -> Document:
    """Return a section per group and a line per finding. With `quiet`, only warnings and errors are shown.

    The last line also says what was not tested.
    """
    shown = [finding for finding in findings if finding.grade in _GRADES[quiet] and finding.code != codes.NOT_TESTED]
    groups = (_group(name, list(group), verbose) for name, group in groupby(shown, lambda finding: finding.group))
    return document(*groups, section(_sum(findings)))


def _group(name: str, findings: Iterable[Finding], verbose: bool) -> Section:
    return section(line(Span(name, "strong"), under=(_line(finding, verbose) for finding in findings)))


def _line(finding: Finding, verbose: bool) -> Line:
    where = f"{finding.source}: " if finding.source else ""
    code = Span(f" [{finding.code}]", "dim") if verbose and finding.grade != "ok" else ""
    head = (
        Span(finding.grade, _ROLES[finding.grade]),
        " " * (_WIDTH - len(finding.grade) + 2),
        where,
        finding.summary,
        code,
    )
    return line(*head, under=_below(finding, verbose))


def _below(finding: Finding, verbose: bool) -> Iterable[Line]:
    is_brief = finding.grade == "note" and not verbose
    margin = " " * _WIDTH
    if finding.detail and not is_brief:
        yield line(margin, finding.detail)
    if not is_brief or finding.code in NEEDS_ACTION:
        yield from hint_lines(finding.hint, margin)


def _sum(findings: Sequence[Finding]) -> Line:
    errors, warnings = (sum(finding.grade == grade for finding in findings) for grade in ("error", "warning"))
    left = next((finding for finding in findings if finding.code == codes.NOT_TESTED), None)
    more = (f" {left.summary}. To test them: ", Span(left.hint, "typed")) if left else ()
    if not errors and not warnings:
        return line(Span("No problems found.", "good"), *more)
    return line(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}.", *more)
