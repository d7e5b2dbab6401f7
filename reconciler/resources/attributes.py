"""The compared attributes of an endpoint, a model and a default: one definition for every document.

The state, the ledger and saved plans are validated against these types. `schemas/` is generated from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le, Len

from reconciler.address import DEFAULT, ENDPOINT, ENDPOINT_NAME, MODEL, Api, Capability, Purpose

ReferenceWord = Literal["env", "file", "command", "keyring"]
Reference = Annotated[dict[ReferenceWord, str | list[str]], Len(1, 1)]
HeaderReference = Annotated[dict[ReferenceWord | Literal["scheme"], str | list[str]], Len(1, 2)]
MOST_TOKENS = 2**53  # beyond it, readers of JSON disagree about a number
Tokens = Annotated[int, Ge(1), Le(MOST_TOKENS)]


@dataclass(frozen=True)
class PlainField:
    """A field of an endpoint whose value in the gateway file is recorded unchanged."""

    default: bool | str | None  # the value if the gateway file omits the field
    description: str


def _plain(default: bool | str | None, description: str) -> Any:
    return field(metadata={"plain": PlainField(default, description)})


_STRICT = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}  # pydantic's settings


@dataclass(frozen=True, kw_only=True)
class HeaderLiteralAttributes:
    """A header whose value is written in the gateway file and recorded nowhere else."""

    __pydantic_config__: ClassVar = _STRICT

    literal: Literal[True]


@dataclass(frozen=True, kw_only=True)
class DiscoverAttributes:
    """The use of the endpoint's model list, and its filters."""

    __pydantic_config__: ClassVar = _STRICT

    enabled: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TlsAttributes:
    """The paths of PEM files, as written in the gateway file."""

    __pydantic_config__: ClassVar = _STRICT

    ca_file: str | None
    client_cert: str | None
    client_key: str | None


@dataclass(frozen=True, kw_only=True)
class EndpointAttributes:
    """The compared attributes of an endpoint; key and headers hold references, never a secret value."""

    __pydantic_config__: ClassVar = _STRICT

    base_url: str
    preset: str | None
    dialect: str
    key: Reference | None
    headers: dict[str, HeaderLiteralAttributes | HeaderReference] = field(
        metadata={"description": "for a reference, `scheme` is the word before the key"}
    )
    timeout: float = field(metadata={"description": "the time limit of the whole exchange, in seconds"})
    discover: DiscoverAttributes
    store_key: Literal["keyring", "if-available"] | None
    protect: bool = _plain(False, "recorded: removing the endpoint from the gateway file does not end the protection")
    tls: TlsAttributes | None
    proxy: str | None
    apis: tuple[Api, ...] | None = field(
        default=None, metadata={"description": "the APIs that the gateway file names; null: those of the preset"}
    )


_CONTEXT = {"description": "input and output together, in tokens"}
_OUTPUT = {"description": "the longest output, in tokens"}
_CAPABILITIES = {"description": "the known capabilities; null: not known"}
_APIS = {"description": "the APIs of this model; null: those of its endpoint"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelDetails:
    """The limits, capabilities and APIs of a model, as far as they are known."""

    __pydantic_config__: ClassVar = _STRICT

    context: Tokens | None = field(default=None, metadata=_CONTEXT)
    output: Tokens | None = field(default=None, metadata=_OUTPUT)
    capabilities: tuple[Capability, ...] | None = field(default=None, metadata=_CAPABILITIES)
    apis: tuple[Api, ...] | None = field(default=None, metadata=_APIS)

    def over(self, other: ModelDetails) -> ModelDetails:
        """Return these details. Details that are not known here come from the other ones."""
        return ModelDetails(
            context=other.context if self.context is None else self.context,
            output=other.output if self.output is None else self.output,
            capabilities=other.capabilities if self.capabilities is None else self.capabilities,
            apis=other.apis if self.apis is None else self.apis,
        )


NO_DETAILS = ModelDetails()
DETAILS: tuple[str, ...] = tuple(field_.name for field_ in fields(ModelDetails))


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelAttributes:
    """The compared attributes of a model."""

    __pydantic_config__: ClassVar = _STRICT

    purpose: Purpose
    context: Tokens | None = field(default=None, metadata=_CONTEXT)
    output: Tokens | None = field(default=None, metadata=_OUTPUT)
    capabilities: tuple[Capability, ...] | None = field(default=None, metadata=_CAPABILITIES)
    apis: tuple[Api, ...] | None = field(default=None, metadata=_APIS)

    @staticmethod
    def of(purpose: Purpose, details: ModelDetails) -> ModelAttributes:
        """Return the attributes of a model with that purpose and these details."""
        return ModelAttributes(
            purpose=purpose,
            context=details.context,
            output=details.output,
            capabilities=details.capabilities,
            apis=details.apis,
        )

    @property
    def details(self) -> ModelDetails:
        """All attributes except the purpose."""
        return ModelDetails(context=self.context, output=self.output, capabilities=self.capabilities, apis=self.apis)


@dataclass(frozen=True, kw_only=True)
class DefaultAttributes:
    """The compared attributes of a default."""

    __pydantic_config__: ClassVar = _STRICT

    model: str = field(metadata={"description": "ENDPOINT/ID", "pattern": rf"^{ENDPOINT_NAME.pattern}/"})


SlotAttributes = Mapping[str, str]  # the attributes of an owned resource, which name its slot
Attributes = EndpointAttributes | ModelAttributes | DefaultAttributes | SlotAttributes


RECORDED_ATTRIBUTES = {ENDPOINT: EndpointAttributes, MODEL: ModelAttributes, DEFAULT: DefaultAttributes}


def plain_fields() -> dict[str, PlainField]:
    """Return {name: field} of the endpoint fields whose values are recorded unchanged."""
    return {
        field_.name: field_.metadata["plain"] for field_ in fields(EndpointAttributes) if "plain" in field_.metadata
    }


def plain_defaults() -> dict[str, bool | str | None]:
    """Return {name: default} of the endpoint fields whose values are recorded unchanged."""
    return {name: plain.default for name, plain in plain_fields().items()}
