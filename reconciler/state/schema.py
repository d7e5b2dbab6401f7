"""The schema of the state. pydantic reads states with this schema and generates `schemas/state.schema.json` from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reconciler.address import ENDPOINT_NAME, Purpose
from reconciler.resources.attributes import DefaultAttributes, EndpointAttributes, ModelAttributes, ModelDetails
from reconciler.state.upgrades import VERSION

_NAME = ENDPOINT_NAME.pattern


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class EndpointFacts(_Part):
    """The recorded facts of an endpoint.

    `listed` is the unfiltered model list. `reach` is the change to the base URL, such as `/v1`, with which gwctl found
    the list.
    """

    listed: dict[str, tuple[Purpose, str] | tuple[Purpose, str, ModelDetails]] = Field(
        default_factory=dict,
        description="{ID: [purpose, source of the purpose, details]}. An older gwctl recorded no details.",
    )
    reach: str = ""
    held: list[str] = Field(
        default_factory=list, description="IDs in `listed` that were missing from a later, shorter list"
    )
    replaced_by: list[str] = Field(
        default_factory=list, description="the new endpoints whose short lists keep this endpoint in the state"
    )
    ca_content: str = Field(default="", description="the digest of `tls.ca_file`, if a `git pull` can change the file")


class EndpointEntry(_Part):
    """An applied endpoint."""

    address: str = Field(pattern=rf"^endpoint\.{_NAME}$")
    kind: Literal["endpoint"]
    attributes: EndpointAttributes
    facts: EndpointFacts


class ModelFacts(_Part):
    """The recorded facts of a model."""

    origin: Literal["declared", "fetched", "last-known", "held"]
    purpose_source: str


class ModelEntry(_Part):
    """An applied model."""

    address: str = Field(pattern=rf"^model\.{_NAME}/")
    kind: Literal["model"]
    attributes: ModelAttributes
    facts: ModelFacts


class NoFacts(_Part):
    """The facts of a default. A default has no facts."""


class DefaultEntry(_Part):
    """An applied default."""

    address: str = Field(pattern=rf"^default\.{_NAME}$")
    kind: Literal["default"]
    attributes: DefaultAttributes
    facts: NoFacts


Gone = Annotated[str, Field(pattern=rf"^(endpoint\.{_NAME}|model\.{_NAME}/.*|default\.{_NAME})$")]


Entry = Annotated[EndpointEntry | ModelEntry | DefaultEntry, Field(discriminator="kind")]


class WrittenBy(_Part):
    """The user or pipeline run that wrote the state, and the time."""

    by: str = Field(description="USER@HOST, or the pipeline run")
    at: str = Field(description="UTC, ISO 8601")
    plan: str | None = Field(description="the digest of the saved plan that was applied")


class StateDocument(_Part):
    """The state of gwctl: the applied endpoints, models and defaults. A state contains no secret."""

    version: Literal[VERSION]  # type: ignore[valid-type]
    lineage: str = Field(min_length=1, description="the random ID of the state, created at the first write")
    serial: int = Field(ge=1, description="increases with each change")
    name: str = Field(description="the `name` of the gateway file that the state belongs to")
    gwctl_version: str = Field(description="the version of gwctl that wrote the state")
    written: WrittenBy | None = Field(description="null if an older version of gwctl wrote the state")
    wants: str | None = Field(
        None,
        pattern=r"^sha256:[0-9a-f]{64}$",
        description="the digest of the gateway file's resources at the last complete apply, without header values",
    )
    gone: list[Gone] = Field([], description="addresses that were removed by hand since the last apply")
    resources: list[Entry]
