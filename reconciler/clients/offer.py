"""The offer to a tool: the endpoints and models that the tool will use, and how the tool gets the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.address import Api
from reconciler.clients.fields import KeyWay


@dataclass(frozen=True, kw_only=True)
class OfferedModel:
    """One model, by the exact ID that the server uses."""

    id: str
    purpose: str = "chat"
    context: int | None = None  # tokens
    output: int | None = None  # tokens
    capabilities: tuple[str, ...] = ()  # tools, vision, reasoning


@dataclass(frozen=True, kw_only=True)
class OfferedEndpoint:
    """One endpoint, with the command or the variable that supplies its key."""

    name: str
    base_url: str  # as recorded: with or without /v1, without a final slash
    apis: tuple[Api, ...]
    chat_base: str = ""  # the base URL to which a client adds `/chat/completions`
    models: tuple[OfferedModel, ...] = ()
    helper: tuple[str, ...] = ()  # the command that prints the key; empty if no command is used
    variable: str = ""  # the environment variable that contains the key; empty without a key
    has_key: bool = True

    @property
    def root(self) -> str:
        """The base URL without a final version such as /v1."""
        return self.base_url.removesuffix("/v1")

    def has(self, model_id: str) -> bool:
        """Return whether the endpoint offers that model."""
        return any(model.id == model_id for model in self.models)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One model on one endpoint."""

    endpoint: str
    model: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The content of a tool's file: at least one endpoint with at least one model."""

    gateway: str  # its name
    client: str  # its name in the gateway file
    endpoints: tuple[OfferedEndpoint, ...]
    chat: Choice  # the model to begin with
    small: Choice  # for simple tasks; the chat model if there is no small model
    key_from: KeyWay

    @property
    def first(self) -> OfferedEndpoint:
        """The endpoint of the chat model."""
        return next(endpoint for endpoint in self.endpoints if endpoint.name == self.chat.endpoint)


def entry_name(gateway: str, endpoint: str) -> str:
    """Return the name of an endpoint in a tool's file. The name contains the gateway: two gateways may share the file.

    Tools merge an entry with an entry of the same name in their own catalog of vendors, which grows every week.
    """
    return f"{gateway}-{endpoint}"


def endpoint_of(endpoints: Sequence[OfferedEndpoint], choice: Choice | None) -> OfferedEndpoint | None:
    """Return the endpoint that offers that choice; None if no endpoint offers the choice."""
    if choice is None:
        return None
    return next((each for each in endpoints if each.name == choice.endpoint and each.has(choice.model)), None)
