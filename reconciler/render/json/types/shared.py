"""The parts that several JSON documents share."""

from __future__ import annotations

import sys
from typing import NotRequired

if sys.version_info >= (3, 12):
    from typing import TypedDict
else:  # before Python 3.12, pydantic (which makes the schemas) accepts only this TypedDict
    from typing_extensions import TypedDict

from reconciler.diagnostics import Severity
from reconciler.resources.observation import Status

__all__ = ["FORMAT_VERSION", "DiagnosticDocument", "EndpointDocument", "SourceDocument", "TypedDict"]

FORMAT_VERSION = "1.1"  # minor: something added; major: something removed or changed


class SourceDocument(TypedDict):
    """A position in a file. Lines and columns count from 1. Line 0 stands for the whole file."""

    file: str
    line: int
    column: int


class DiagnosticDocument(TypedDict):
    """A diagnostic. `detail` and `hint` can be empty. `blocks_apply` is present only if it is true.

    With `blocks_apply`, the diagnostic is an error in `gwctl apply`. The error blocks the address of the diagnostic. If
    the diagnostic has no address, the error blocks the whole apply.
    """

    severity: Severity
    code: str
    summary: str
    detail: str
    hint: str
    address: str | None
    source: SourceDocument | None
    blocks_apply: NotRequired[bool]


class EndpointDocument(TypedDict):
    """The observation of an endpoint.

    `models` is the number of listed models, or null. `pinned` is the number of models in the lock file.
    `listed_at` is the time of the last list of an endpoint that `--max-age` left out.
    """

    name: str
    status: Status
    code: str | None
    http_status: int | None
    url: str | None
    models: int | None
    pinned: NotRequired[int]
    listed_at: NotRequired[str]
    latency_ms: int | None
