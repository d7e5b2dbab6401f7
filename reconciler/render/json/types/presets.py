"""The JSON document of `gwctl presets`."""

from __future__ import annotations

from typing import Literal

from reconciler.render.json.types.shared import DiagnosticDocument, TypedDict


class PresetDocument(TypedDict):
    """The properties of a preset for a vendor or a server."""

    id: str
    name: str
    description: str
    base_url: str
    dialect: str
    key: Literal["required", "optional", "none"]
    key_hint: str
    variable: str
    docs_url: str
    verified: bool
    builtin: bool


class PresetsDocument(TypedDict):
    """The output of `gwctl presets --format json`."""

    format_version: str
    presets: list[PresetDocument]
    diagnostics: list[DiagnosticDocument]
