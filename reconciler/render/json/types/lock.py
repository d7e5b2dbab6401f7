"""The JSON document of `gwctl lock`."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Purpose
from reconciler.render.json.types.shared import DiagnosticDocument, TypedDict


class PurposeChangeDocument(TypedDict):
    """A model whose purpose has changed."""

    id: str
    before: Purpose
    after: Purpose


class LockedEndpointDocument(TypedDict):
    """The update of one lock-file entry; `models` is the number of models in the new entry, or null."""

    name: str
    result: Literal["added", "changed", "unchanged", "removed", "kept"]
    models: int | None
    added: list[str]
    removed: list[str]
    changed: list[PurposeChangeDocument]
    why: str


class LockResultDocument(TypedDict):
    """`gwctl lock --format json`.

    `current` is true if the file was up to date before the command. `digest` is the digest of the file afterwards.
    """

    format_version: str
    file: str | None
    current: bool
    written: bool
    digest: str | None
    endpoints: list[LockedEndpointDocument]
    diagnostics: list[DiagnosticDocument]
