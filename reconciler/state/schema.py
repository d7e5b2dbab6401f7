"""The state's document, as pydantic reads and checks it; `schemas/state.schema.json` is made from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reconciler.address import ENDPOINT_NAME, PURPOSES, Purpose

_NAME = ENDPOINT_NAME.pattern
_PURPOSE = f"({'|'.join(PURPOSES)})"

Kind = Literal["env", "file", "command", "keyring"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class HeaderLiteralAttributes(_Part):
    """A header whose value stands in the gateway file, and nowhere else."""

    literal: Literal[True]


Reference = Annotated[dict[Kind, str | list[str]], Field(min_length=1, max_length=1)]
HeaderReference = Annotated[
    dict[Kind | Literal["scheme"], str | list[str]],
    Field(min_length=1, max_length=2, description="a key reference; `scheme` is the word before the key"),
]


class DiscoverAttributes(_Part):
    """Whether the list is used, and its filters."""

    enabled: bool
    include: list[str]
    exclude: list[str]


class TlsAttributes(_Part):
    """PEM files, by the paths that the gateway file names."""

    ca_file: str | None
    client_cert: str | None
    client_key: str | None


class EndpointAttributes(_Part):
    """What of an endpoint is compared; `key` and headers hold references, never a key nor a header's value."""

    base_url: str
    preset: str | None
    dialect: str
    key: Reference | None
    headers: dict[str, HeaderLiteralAttributes | HeaderReference]
    timeout: float = Field(description="seconds, for the whole exchange")
    discover: DiscoverAttributes
    store_key: Literal["keyring", "if-available"] | None
    protect: bool
    tls: TlsAttributes | None
    proxy: str | None


class EndpointFacts(_Part):
    """What is only recorded of an endpoint: its raw list, and what was added to its URL to find it."""

    listed: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict, description="{ID: [purpose, what the purpose was read from]}"
    )
    reach: str = ""
    held: list[str] = Field(default_factory=list, description="IDs of `listed` that a short list omitted since")
    ca_content: str = Field(default="", description="the digest of `tls.ca_file`, where a pull may change it")


class EndpointEntry(_Part):
    """An endpoint as applied."""

    address: str = Field(pattern=rf"^endpoint\.{_NAME}$")
    kind: Literal["endpoint"]
    attributes: EndpointAttributes
    facts: EndpointFacts


class ModelAttributes(_Part):
    """What of a model is compared."""

    purpose: Purpose


class ModelFacts(_Part):
    """What is only recorded of a model."""

    origin: Literal["declared", "fetched", "last-known", "held"]
    purpose_source: str


class ModelEntry(_Part):
    """A model as applied."""

    address: str = Field(pattern=rf"^model\.{_NAME}/")
    kind: Literal["model"]
    attributes: ModelAttributes
    facts: ModelFacts


class DefaultAttributes(_Part):
    """What of a default is compared."""

    model: str = Field(pattern=rf"^{_NAME}/", description="ENDPOINT/ID")


class NoFacts(_Part):
    """A default records nothing more."""


class DefaultEntry(_Part):
    """A default as applied."""

    address: str = Field(pattern=rf"^default\.{_PURPOSE}$")
    kind: Literal["default"]
    attributes: DefaultAttributes
    facts: NoFacts


Gone = Annotated[str, Field(pattern=rf"^(endpoint\.{_NAME}|model\.{_NAME}/.*|default\.{_PURPOSE})$")]


class WrittenBy(_Part):
    """Who wrote the state, and when."""

    by: str = Field(description="USER@HOST, or the run of a pipeline")
    at: str = Field(description="UTC, ISO 8601")
    plan: str | None = Field(description="the digest of the saved plan that was applied")


class StateDocument(_Part):
    """gwctl's state: endpoints, models and defaults as applied. It holds no secret."""

    version: Literal[4]
    lineage: str = Field(min_length=1, description="drawn when the state was first written")
    serial: int = Field(ge=1, description="one more at each change")
    name: str = Field(description="the `name` of the gateway file that it belongs to")
    gwctl_version: str = Field(description="the version that wrote it")
    written: WrittenBy | None = Field(description="null: by a version that did not say")
    wants: str | None = Field(
        None,
        pattern=r"^sha256:[0-9a-f]{64}$",
        description="of what the gateway file wanted at the last complete apply, without the values of headers",
    )
    gone: list[Gone] = Field([], description="what was taken out by hand since an apply recorded it")
    resources: list[Annotated[EndpointEntry | ModelEntry | DefaultEntry, Field(discriminator="kind")]]
