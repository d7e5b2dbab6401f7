"""Environment variables as text for other programs: for a POSIX shell, for a dotenv reader, or as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence

from reconciler.diagnostics import Diagnostic
from reconciler.documents.env_text import quoted
from reconciler.render.json.plan import diagnostic_documents
from reconciler.render.json.types.environment import EnvironmentDocument
from reconciler.render.json.types.shared import FORMAT_VERSION


def shell_text(values: Mapping[str, str], unset: Sequence[str]) -> str:
    """Return lines for `eval` in any POSIX shell. The lines unset the variables in `unset` before they set `values`."""
    away = f"unset {' '.join(unset)}\n" if unset else ""
    return away + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def dotenv_text(values: Mapping[str, str]) -> str:
    """Return lines NAME=value, with quotes if a value needs quotes.

    Raise ValueError for a value that some readers of dotenv files would change.
    """
    return "".join(f"{name}={quoted(name, value)}\n" for name, value in values.items())


def environment_document(
    endpoint: str | None,
    model: str | None,
    values: Mapping[str, str],
    unset: Sequence[str],
    left_out: Sequence[str],
    diagnostics: Iterable[Diagnostic],
) -> EnvironmentDocument:
    """Return the document of `gwctl env --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "endpoint": endpoint,
        "model": model,
        "variables": dict(values),
        "unset": list(unset),
        "left_out": list(left_out),
        "diagnostics": diagnostic_documents(diagnostics),
    }
