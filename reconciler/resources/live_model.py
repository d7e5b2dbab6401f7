"""The results of requests to endpoints: a listed model, or an answer to a message."""

from __future__ import annotations

from reconciler.address import Address, Api
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True)
class ShownModel:
    """A model as `gwctl models` shows it. `wanted` is false if the filters exclude the listed model."""

    resource: Resource
    wanted: bool
    apis: tuple[Api, ...]  # of the model, else of its endpoint
    roles: tuple[str, ...] = ()  # that have this model, as applied


@dataclass(frozen=True, kw_only=True)
class Chatted:
    """The result of sending one message to one model."""

    model: Address
    ok: bool
    api: Api | None = None  # None: one that only the dialect has
    text: str = ""
    answered_by: str | None = None
    code: Code | None = None
    http_status: int | None = None
    latency_ms: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
