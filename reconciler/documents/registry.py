"""The formats of users' documents: one module for each format, with the same three functions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal, Protocol, cast, get_args

from reconciler.documents.edit import Edit, NoValue, Path

Format = Literal["json", "yaml", "toml", "env"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Document(Protocol):
    """The functions of one format's module. Every function raises `DocumentFault`."""

    def value_at(self, data: bytes, path: Path) -> Any | NoValue:
        """Return the value at the path; `MISSING` if there is none."""
        ...

    def with_value(self, data: bytes, path: Path, value: Any) -> Edit:
        """Return the document with that value at the path, and what undoes the edit."""
        ...

    def without(self, data: bytes, path: Path, undo: Mapping[int, str | None] = ...) -> bytes:
        """Return the document without the value at the path."""
        ...


def document(name: Format) -> Document:
    """Return the module with the functions of a format."""
    return cast("Document", import_module(f"reconciler.documents.{name}_text"))
