"""The offer for a tool: the endpoints and models that the tool will use, and how the tool gets the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from reconciler.address import Api
from reconciler.clients.fields import KeyWay
from reconciler.values import dataclass

Limit = Literal["context", "output"]  # of tokens


@dataclass(frozen=True, kw_only=True)
class OfferedModel:
    """A model that the tool can use. `id` is the exact ID on the server."""

    id: str
    purpose: str = "chat"
    context: int | None = None  # tokens
    output: int | None = None  # tokens
    capabilities: tuple[str, ...] = ()  # tools, vision, reasoning

    @property
    def limits(self) -> dict[Limit, int | None]:
        """The token limits by name. None means that a limit is not known."""
        return {"context": self.context, "output": self.output}


@dataclass(frozen=True, kw_only=True)
class OfferedEndpoint:
    """An endpoint that the tool can use. The endpoint has the command or the variable that supplies the key."""

    name: str
    base_url: str  # as recorded: with or without /v1, without a final slash
    apis: tuple[Api, ...]
    chat_base: str = ""  # the base URL to which a client adds `/chat/completions`
    models: tuple[OfferedModel, ...] = ()
    helper: tuple[str, ...] = ()  # the command that prints the key; empty if no command is used
    variable: str = ""  # the environment variable that contains the key; empty without a key
    has_key: bool = True
    is_local: bool = False  # its URL is for this machine only

    @property
    def root(self) -> str:
        """The base URL without a version such as /v1 at the end."""
        return self.base_url.removesuffix("/v1")

    def has(self, model_id: str) -> bool:
        """Return whether the endpoint offers the model with this ID."""
        return any(model.id == model_id for model in self.models)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A model on an endpoint that the tool can use."""

    endpoint: str
    model: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The endpoints and models for a tool's file. An offer has at least one endpoint with at least one model."""

    gateway: str  # its name
    client: str  # its name in the gateway file
    endpoints: tuple[OfferedEndpoint, ...]
    chat: Choice  # the model to begin with
    small: Choice  # for simple tasks; the chat model if there is no small model
    key_from: KeyWay
    defaults: Mapping[str, Choice] = field(default_factory=dict)  # {purpose: the model that is its default}

    @property
    def first(self) -> OfferedEndpoint:
        """The endpoint that serves the chat model."""
        return next(endpoint for endpoint in self.endpoints if endpoint.name == self.chat.endpoint)


def entry_name(gateway: str, endpoint: str) -> str:
    """Return the name of an endpoint's entry in a tool's file.

    The name contains the gateway's name, because two gateways may share the file. A name from the tool's own catalog of
    vendors must not be used, because the tool would merge the two entries. The catalog grows every week.
    """
    return f"{gateway}-{endpoint}"


def endpoint_of(endpoints: Sequence[OfferedEndpoint], choice: Choice | None) -> OfferedEndpoint | None:
    """Return the endpoint of the chosen model. If no endpoint offers this model, return None."""
    if choice is None:
        return None
    return next((each for each in endpoints if each.name == choice.endpoint and each.has(choice.model)), None)
