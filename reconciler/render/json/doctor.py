"""The findings of `gwctl doctor` as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.render.json.plan import source_document
from reconciler.render.json.types.checks import DoctorDocument, FindingDocument
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.resources.finding import Finding, is_well


def doctor_document(findings: Sequence[Finding]) -> DoctorDocument:
    """Return the document of `gwctl doctor --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "ok": is_well(findings),
        "findings": [_finding(finding) for finding in findings],
    }


def _finding(finding: Finding) -> FindingDocument:
    return {
        "group": finding.group,
        "severity": finding.grade,
        "code": finding.code,
        "summary": finding.summary,
        "detail": finding.detail,
        "hint": finding.hint,
        "source": source_document(finding.source),
    }
