"""The JSON documents of `gwctl models`, `test` and `chat`."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Api, Capability, Purpose
from reconciler.render.json.types.shared import DiagnosticDocument, EndpointDocument, TypedDict


class ModelDocument(TypedDict):
    """A model of an endpoint. `wanted` is false if the model is listed but the filters exclude it.

    `context` and `output` are numbers of tokens, or null if not known. `capabilities` has the known capabilities.
    `apis` has the APIs of the model, or the APIs of the endpoint if the model has none. `roles` has the applied roles
    of the model.
    """

    address: str
    endpoint: str
    id: str
    purpose: Purpose
    purpose_source: str
    context: int | None
    output: int | None
    capabilities: list[Capability] | None
    apis: list[Api]
    roles: list[str]
    origin: Literal["declared", "fetched", "last-known", "held"]
    wanted: bool


class ModelsDocument(TypedDict):
    """The output of `gwctl models --format json`."""

    format_version: str
    endpoints: list[EndpointDocument]
    models: list[ModelDocument]
    diagnostics: list[DiagnosticDocument]


class ChatDocument(TypedDict):
    """The result of one message to one model. `answered_by` is the name of the model in the response.

    `api` is null if only the endpoint's dialect has this API.
    """

    address: str
    api: Api | None
    ok: bool
    code: str | None
    http_status: int | None
    latency_ms: int | None
    answered_by: str | None
    text: str


class TestDocument(TypedDict):
    """The output of `gwctl test --format json`. `chat` is empty without --chat."""

    format_version: str
    endpoints: list[EndpointDocument]
    chat: list[ChatDocument]
    diagnostics: list[DiagnosticDocument]


class ChatsDocument(TypedDict):
    """The output of `gwctl chat --format json`."""

    format_version: str
    chat: ChatDocument | None
    diagnostics: list[DiagnosticDocument]
