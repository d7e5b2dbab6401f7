"""One finding of `gwctl doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Severity, Source
from reconciler.values import dataclass

Grade = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One result of a check of `gwctl doctor`. A finding other than `ok` can have a detail and a hint."""

    group: str  # `machine`, `gateway file`, `state`, `network`, or an endpoint's address
    grade: Grade
    code: Code
    summary: str
    detail: str = ""
    hint: str = ""
    source: Source | None = None


def ok(group: str, summary: str) -> Finding:
    """Return the finding of a check that found no fault."""
    return Finding(group=group, grade="ok", code=codes.OK, summary=summary)


def of(group: str, diagnostic: Diagnostic, grade: Severity | None = None) -> Finding:
    """Return the diagnostic as a finding of the group."""
    return Finding(
        group=group,
        grade=grade or diagnostic.severity,
        code=diagnostic.code,
        summary=diagnostic.summary,
        detail=diagnostic.detail,
        hint=diagnostic.hint,
        source=diagnostic.source,
    )


def is_well(findings: Iterable[Finding]) -> bool:
    """Return True if no finding is an error."""
    return all(finding.grade != "error" for finding in findings)
