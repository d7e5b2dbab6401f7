"""The JSON document of `gwctl env`."""

from __future__ import annotations

from reconciler.render.json.types.shared import DiagnosticDocument, TypedDict


class EnvironmentDocument(TypedDict):
    """The output of `gwctl env --format json`. `left_out` names the variables that are shown only with --with-keys."""

    format_version: str
    endpoint: str | None
    model: str | None
    variables: dict[str, str]
    unset: list[str]
    left_out: list[str]
    diagnostics: list[DiagnosticDocument]
