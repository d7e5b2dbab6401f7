"""The state's document, as pydantic reads and checks it; `schemas/state.schema.json` is made from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reconciler.address import ENDPOINT_NAME, PURPOSES
from reconciler.resources.attributes import DefaultAttributes, EndpointAttributes, ModelAttributes
from reconciler.state.upgrades import VERSION

_NAME = ENDPOINT_NAME.pattern
_PURPOSE = f"({'|'.join(PURPOSES)})"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class EndpointFacts(_Part):
    """The facts recorded of an endpoint: its raw list, and the prefix with which the list was found."""

    listed: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict, description="{ID: [purpose, source of the purpose]}"
    )
    reach: str = ""
    held: list[str] = Field(
        default_factory=list, description="IDs of `listed` that were missing from a later short list"
    )
    ca_content: str = Field(default="", description="the digest of `tls.ca_file`, if a pull can change it")


class EndpointEntry(_Part):
    """An endpoint as applied."""

    address: str = Field(pattern=rf"^endpoint\.{_NAME}$")
    kind: Literal["endpoint"]
    attributes: EndpointAttributes
    facts: EndpointFacts


class ModelFacts(_Part):
    """The facts recorded of a model."""

    origin: Literal["declared", "fetched", "last-known", "held"]
    purpose_source: str


class ModelEntry(_Part):
    """A model as applied."""

    address: str = Field(pattern=rf"^model\.{_NAME}/")
    kind: Literal["model"]
    attributes: ModelAttributes
    facts: ModelFacts


class NoFacts(_Part):
    """A default records nothing more."""


class DefaultEntry(_Part):
    """A default as applied."""

    address: str = Field(pattern=rf"^default\.{_PURPOSE}$")
    kind: Literal["default"]
    attributes: DefaultAttributes
    facts: NoFacts


Gone = Annotated[str, Field(pattern=rf"^(endpoint\.{_NAME}|model\.{_NAME}/.*|default\.{_PURPOSE})$")]


Entry = Annotated[EndpointEntry | ModelEntry | DefaultEntry, Field(discriminator="kind")]


class WrittenBy(_Part):
    """The author of the state, and the time."""

    by: str = Field(description="USER@HOST, or the pipeline run")
    at: str = Field(description="UTC, ISO 8601")
    plan: str | None = Field(description="the digest of the saved plan that was applied")


class StateDocument(_Part):
    """gwctl's state: endpoints, models and defaults as applied. It holds no secret."""

    version: Literal[VERSION]  # type: ignore[valid-type]
    lineage: str = Field(min_length=1, description="created when the state was first written")
    serial: int = Field(ge=1, description="increases with each change")
    name: str = Field(description="the `name` of the gateway file that it belongs to")
    gwctl_version: str = Field(description="the version that wrote it")
    written: WrittenBy | None = Field(description="null: written by a version that did not record it")
    wants: str | None = Field(
        None,
        pattern=r"^sha256:[0-9a-f]{64}$",
        description="of the gateway file's resources at the last complete apply, without header values",
    )
    gone: list[Gone] = Field([], description="addresses that were removed by hand since the last apply")
    resources: list[Entry]
