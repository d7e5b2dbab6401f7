"""The JSON document of `gwctl clients`."""

from __future__ import annotations

from typing import Literal

from reconciler.render.json.types.shared import TypedDict


class UsedFileDocument(TypedDict):
    """A file of a tool that contains entries of gwctl."""

    client: str
    path: str
    gateway: str


class ToolDocument(TypedDict):
    """A tool that gwctl can configure, with its program, version and files on this machine."""

    name: str
    title: str
    found: bool
    program: str | None
    version: str | None
    folder: str
    keys: list[Literal["helper", "env", "none"]]
    uses: list[Literal["own", "shared", "none"]]
    files: list[UsedFileDocument]


class ClientsDocument(TypedDict):
    """The output of `gwctl clients --format json`."""

    format_version: str
    tools: list[ToolDocument]
