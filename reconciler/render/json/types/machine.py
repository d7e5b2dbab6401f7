"""The JSON documents about this machine: of `gwctl trust list` and `gwctl hook status`."""

from __future__ import annotations

from typing import Literal

from reconciler.render.json.types.shared import DiagnosticDocument, TypedDict
from reconciler.resources.agreement import AgreedPair

HookCondition = Literal["installed", "not installed", "changed", "missing", "of another program", "not readable"]


class TrustedStackDocument(TypedDict):
    """A gateway file on this machine. `path` is empty if only an older gwctl wrote the records of the gateway file."""

    path: str
    state: str
    name: str
    lineage: str
    pairs: list[AgreedPair]


class TrustDocument(TypedDict):
    """The output of `gwctl trust list --format json`."""

    format_version: str
    stacks: list[TrustedStackDocument]


class HookDocument(TypedDict):
    """A git hook. `name` is the name that git gives to the hook, such as `post-merge`."""

    name: str
    path: str
    condition: HookCondition


class HooksDocument(TypedDict):
    """The output of `gwctl hook status --format json`.

    `hooks` contains the hooks of the gateway file's repository, and the hooks that this machine has recorded for the
    gateway file. `condition` is `missing` if gwctl wrote the hook and the hook no longer exists, and `changed` if
    another program changed the hook. `diagnostics` says why no hook could be read.
    """

    format_version: str
    hooks: list[HookDocument]
    diagnostics: list[DiagnosticDocument]
