"""The survey of the tools that gwctl can configure. gwctl does not start the tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler import address, safe_json
from reconciler.address import CLIENT
from reconciler.clients.registry import all_tools
from reconciler.clients.report import ToolReport, UsedFile
from reconciler.clients.tool import Surroundings, Tool
from reconciler.files.read_file import read_file
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.owned.clients.paths import is_installed, made_files, program_of, surroundings
from reconciler.resources.presence import Rows

_LARGEST = 1 << 20  # bytes of a package.json
_HIGH = 6  # number of directories above a program that may contain its package


def survey(environ: Mapping[str, str]) -> tuple[ToolReport, ...]:
    """Return a report on every tool that gwctl knows. Raise `Failed` if the ledger cannot be used."""
    here, rows = surroundings(environ), OwnedRows(ledger_path(environ)).read()
    used, made = _used_files(rows), made_files(rows)
    return tuple(
        _report(tool, here, used.get(tool.name, []), is_installed(tool, here, lambda: made)) for tool in all_tools()
    )


def version_of(tool: Tool, program: Path | None) -> str | None:
    """Return the version of the package that contains the program, or None if no version is known."""
    if program is None or not tool.package:
        return None
    for folder in program.resolve().parents[:_HIGH]:
        document = _package(folder / "package.json")
        if document.get("name") == tool.package:
            version = document.get("version")
            return version if isinstance(version, str) else None
    return None


def _report(tool: Tool, here: Surroundings, files: list[UsedFile], is_found: bool) -> ToolReport:
    program = program_of(tool, here)
    return ToolReport(
        name=tool.name,
        title=tool.title,
        program=str(program) if program else None,
        version=version_of(tool, program),
        folder=str(tool.folder(here)),
        is_found=is_found,
        keys=tool.keys,
        uses=tool.uses,
        files=tuple(files),
    )


def _used_files(rows: Rows) -> dict[str, list[UsedFile]]:
    """Return {tool: files that contain entries of gwctl}, without duplicates."""
    files: dict[str, dict[UsedFile, None]] = {}
    for slot, row in rows.items():
        if slot.kind is CLIENT:
            tool, path, _ = slot.path
            for owner in row.owners:
                client = address.parse(owner.address).whole.name
                files.setdefault(tool, {})[UsedFile(client=client, path=path, gateway=owner.name)] = None
    return {tool: list(each) for tool, each in files.items()}


def _package(path: Path) -> dict[str, Any]:
    try:
        document = safe_json.loads(read_file(path, _LARGEST))
    except (OSError, ValueError):  # the folder has no readable package.json
        return {}
    return document if isinstance(document, dict) else {}
