"""The JSON document of `gwctl lock`."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Api, Capability, Purpose
from reconciler.render.json.types.shared import DiagnosticDocument, TypedDict


class PurposeChangeDocument(TypedDict):
    """A model whose purpose has changed."""

    id: str
    before: Purpose
    after: Purpose


class DetailsDocument(TypedDict, total=False):
    """The details of a model. A detail is not known if its field is missing."""

    context: int
    output: int
    capabilities: list[Capability]
    apis: list[Api]


class DetailsChangeDocument(TypedDict):
    """A model whose details have changed. `before` and `after` have only the details that differ."""

    id: str
    before: DetailsDocument
    after: DetailsDocument


class LockedEndpointDocument(TypedDict):
    """The update of one entry of the lock file. `models` is the number of models in the new entry, or null."""

    name: str
    result: Literal["added", "changed", "unchanged", "removed", "kept"]
    models: int | None
    added: list[str]
    removed: list[str]
    changed: list[PurposeChangeDocument]
    details: list[DetailsChangeDocument]
    why: str


class LockResultDocument(TypedDict):
    """The output of `gwctl lock --format json`.

    `current` is true if the lock file was up to date before the command. `digest` is the digest of the lock file after
    the command.
    """

    format_version: str
    file: str | None
    current: bool
    written: bool
    digest: str | None
    endpoints: list[LockedEndpointDocument]
    diagnostics: list[DiagnosticDocument]
