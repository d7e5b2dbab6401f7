"""The offer to a tool: the endpoints and models that it is to use, and how it gets their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.address import Api

KeyWay = Literal["helper", "env", "none"]


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
    """One endpoint, and what prints or holds its key."""

    name: str
    base_url: str  # as recorded: with or without /v1, without a slash at its end
    apis: tuple[Api, ...]
    chat_base: str = ""  # the base URL that `/chat/completions` is added to
    models: tuple[OfferedModel, ...] = ()
    helper: tuple[str, ...] = ()  # the command that prints the key; empty where it needs none, or is not used
    variable: str = ""  # the environment variable that holds the key; empty where it needs none
    has_key: bool = True

    @property
    def root(self) -> str:
        """The base URL without a version at its end."""
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
    small: Choice  # for what needs no more; the chat model where there is no small one
    key_from: KeyWay

    @property
    def first(self) -> OfferedEndpoint:
        """The endpoint of the chat model."""
        return next(endpoint for endpoint in self.endpoints if endpoint.name == self.chat.endpoint)


def entry_name(gateway: str, endpoint: str) -> str:
    """Return the name of an endpoint in a tool's file, which two gateways may share.

    Tools merge an entry with one of the same name in their own catalog, which has more vendors every week.
    """
    return f"{gateway}-{endpoint}"


def endpoint_of(endpoints: Sequence[OfferedEndpoint], choice: Choice | None) -> OfferedEndpoint | None:
    """Return the endpoint that offers that choice; None if no endpoint offers the choice."""
    if choice is None:
        return None
    return next((each for each in endpoints if each.name == choice.endpoint and each.has(choice.model)), None)
