"""The tools of this machine, as text and as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.clients.report import ToolReport
from reconciler.render.json.types.clients import ClientsDocument, ToolDocument
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.render.tree import Document, Span, Table, document, section

_WAYS = {"helper": "runs `gwctl key print`", "env": "reads a variable", "none": "its own store"}


def clients_view(reports: Sequence[ToolReport]) -> Document:
    """Return a document with a row per tool.

    The row says whether the tool is installed and in use, and how the tool gets a key.
    """
    header = ("TOOL", "FOUND", "VERSION", "KEY", "IN USE", "FILE")
    return document(section(Table(header, tuple(map(_row, reports)), spare=(5, 3))))


def clients_document(reports: Sequence[ToolReport]) -> ClientsDocument:
    """Return the document of `gwctl clients --format json`."""
    return {"format_version": FORMAT_VERSION, "tools": [_tool(report) for report in reports]}


def _row(report: ToolReport) -> tuple[Span, ...]:
    used = ", ".join(dict.fromkeys(f"client.{file.client}" for file in report.files))
    paths = ", ".join(dict.fromkeys(file.path for file in report.files))
    found = report.program or (report.folder if report.is_found else "no")
    return (
        Span(report.name, "strong"),
        Span(found, "plain" if report.is_found else "dim"),
        Span(report.version or ""),
        Span(_WAYS[report.keys[0]]),
        Span(used or "no", "good" if used else "dim"),
        Span(paths, "code"),
    )


def _tool(report: ToolReport) -> ToolDocument:
    return {
        "name": report.name,
        "title": report.title,
        "found": report.is_found,
        "program": report.program,
        "version": report.version,
        "folder": report.folder,
        "keys": list(report.keys),
        "uses": list(report.uses),
        "files": [{"client": file.client, "path": file.path, "gateway": file.gateway} for file in report.files],
    }
