"""The JSON documents of `gwctl validate` and `doctor`."""

from __future__ import annotations

from typing import Literal

from reconciler.render.json.types.shared import DiagnosticDocument, SourceDocument, TypedDict


class ValidateDocument(TypedDict):
    """The output of `gwctl validate --format json`."""

    format_version: str
    valid: bool
    diagnostics: list[DiagnosticDocument]


class FindingDocument(TypedDict):
    """One result of a check. `group` is the heading of the result: `machine`, `state` …, or an endpoint's address."""

    group: str
    severity: Literal["ok", "note", "warning", "error"]
    code: str
    summary: str
    detail: str
    hint: str
    source: SourceDocument | None


class DoctorDocument(TypedDict):
    """The output of `gwctl doctor --format json`. `ok` is true if no finding is an error."""

    format_version: str
    ok: bool
    findings: list[FindingDocument]
