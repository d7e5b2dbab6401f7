"""One finding of `gwctl doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Severity, Source

Grade = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of a group: how it is, and for what is not well, why it matters and what to type next."""

    group: str  # `machine`, `gateway file`, `state`, `network`, or an endpoint's address
    grade: Grade
    code: Code
    summary: str
    detail: str = ""
    hint: str = ""
    source: Source | None = None


def ok(group: str, summary: str) -> Finding:
    """All is well with it."""
    return Finding(group=group, grade="ok", code=codes.OK, summary=summary)


def of(group: str, diagnostic: Diagnostic, grade: Severity | None = None) -> Finding:
    """A diagnostic, as a finding of that group."""
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
    """Return whether none of them is an error."""
    return all(finding.grade != "error" for finding in findings)
