"""The formats of users' documents. Each format has a module with the same three functions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal, Protocol, cast, get_args

from reconciler.documents.edit import Edit, NoValue, Path

Format = Literal["json", "yaml", "toml", "env"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Document(Protocol):
    """The functions of a format's module. Every function raises `DocumentFault` if the document is not valid."""

    def value_at(self, data: bytes, path: Path) -> Any | NoValue:
        """Return the value at the path. If the document has no such value, return `MISSING`."""
        ...

    def with_value(self, data: bytes, path: Path, value: Any) -> Edit:
        """Return the document with this value at the path, and the text that undoes the edit."""
        ...

    def without(self, data: bytes, path: Path, undo: Mapping[int, str | None] = ...) -> bytes:
        """Return the document without the value at the path."""
        ...


def document(name: Format) -> Document:
    """Return the module for the format with this name."""
    return cast("Document", import_module(f"reconciler.documents.{name}_text"))
