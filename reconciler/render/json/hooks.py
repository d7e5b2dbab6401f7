"""The git hooks of a gateway file as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath

from reconciler.diagnostics import Diagnostic
from reconciler.render.json.plan import diagnostic_documents
from reconciler.render.json.types.machine import HookCondition, HooksDocument
from reconciler.render.json.types.shared import FORMAT_VERSION


def hooks_document(conditions: Mapping[str, HookCondition], diagnostics: Iterable[Diagnostic] = ()) -> HooksDocument:
    """Return the document of `gwctl hook status --format json`. `conditions` is {path: condition}."""
    return {
        "format_version": FORMAT_VERSION,
        "hooks": [
            {"name": PurePath(path).name, "path": path, "condition": condition}
            for path, condition in conditions.items()
        ],
        "diagnostics": diagnostic_documents(diagnostics),
    }
