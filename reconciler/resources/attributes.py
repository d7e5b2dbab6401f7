"""The attributes of endpoints, models and defaults that a plan compares. All documents use these definitions.

The state, the ledger and saved plans are validated against these types. `schemas/` is generated from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from reconciler.address import DEFAULT, ENDPOINT, ENDPOINT_NAME, MODEL, Api, Capability, Purpose
from reconciler.values import dataclass

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


class Bounds:
    """Bounds of a number or a count, for pydantic. To import the classes that pydantic has for this takes 10 ms."""

    def __init__(self, **bounds: int) -> None:
        self._bounds = bounds

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> CoreSchema:
        """Return pydantic's schema of the type, with the bounds."""
        return cast("CoreSchema", {**handler(source), **self._bounds})


ReferenceWord = Literal["env", "file", "command", "keyring"]
Reference = Annotated[dict[ReferenceWord, str | list[str]], Bounds(min_length=1, max_length=1)]
HeaderReference = Annotated[
    dict[ReferenceWord | Literal["scheme"], str | list[str]], Bounds(min_length=1, max_length=2)
]
MOST_TOKENS = 2**53  # beyond it, readers of JSON disagree about a number
Tokens = Annotated[int, Bounds(ge=1, le=MOST_TOKENS)]


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
    """A header whose value is written in the gateway file. The value is recorded nowhere else."""

    __pydantic_config__: ClassVar = _STRICT

    literal: Literal[True]


@dataclass(frozen=True, kw_only=True)
class DiscoverAttributes:
    """The choice whether the endpoint's model list is used, and the filters for the list."""

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
    """The attributes of an endpoint that a plan compares.

    The key and the headers hold references, never secret values.
    """

    __pydantic_config__: ClassVar = _STRICT

    base_url: str
    preset: str | None
    dialect: str
    key: Reference | None
    headers: dict[str, HeaderLiteralAttributes | HeaderReference] = field(
        metadata={"description": "for a reference, `scheme` is the word before the key"}
    )
    timeout: float = field(metadata={"description": "the time limit for the whole exchange, in seconds"})
    discover: DiscoverAttributes
    store_key: Literal["keyring", "if-available"] | None
    protect: bool = _plain(False, "whether the endpoint is protected, even after its removal from the gateway file")
    tls: TlsAttributes | None
    proxy: str | None
    apis: tuple[Api, ...] | None = field(
        default=None,
        metadata={"description": "the APIs that the gateway file names, or null for the APIs of the preset"},
    )


_CONTEXT = {"description": "input and output together, in tokens"}
_OUTPUT = {"description": "the longest output, in tokens"}
_CAPABILITIES = {"description": "the known capabilities, or null if the capabilities are not known"}
_APIS = {"description": "the APIs of this model, or null for the APIs of its endpoint"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelDetails:
    """The known limits, capabilities and APIs of a model."""

    __pydantic_config__: ClassVar = _STRICT

    context: Tokens | None = field(default=None, metadata=_CONTEXT)
    output: Tokens | None = field(default=None, metadata=_OUTPUT)
    capabilities: tuple[Capability, ...] | None = field(default=None, metadata=_CAPABILITIES)
    apis: tuple[Api, ...] | None = field(default=None, metadata=_APIS)

    def over(self, other: ModelDetails) -> ModelDetails:
        """Return these details. Details that are not known come from `other`."""
        if self is NO_DETAILS or other is NO_DETAILS:
            return other if self is NO_DETAILS else self
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
    """The attributes of a model that a plan compares."""

    __pydantic_config__: ClassVar = _STRICT

    purpose: Purpose
    context: Tokens | None = field(default=None, metadata=_CONTEXT)
    output: Tokens | None = field(default=None, metadata=_OUTPUT)
    capabilities: tuple[Capability, ...] | None = field(default=None, metadata=_CAPABILITIES)
    apis: tuple[Api, ...] | None = field(default=None, metadata=_APIS)

    @staticmethod
    def of(purpose: Purpose, details: ModelDetails) -> ModelAttributes:
        """Return the attributes of a model with this purpose and these details."""
        if details is NO_DETAILS:
            return _with_purpose(purpose)
        return ModelAttributes(
            purpose=purpose,
            context=details.context,
            output=details.output,
            capabilities=details.capabilities,
            apis=details.apis,
        )

    @property
    def details(self) -> ModelDetails:
        """The attributes of the model except its purpose."""
        return ModelDetails(context=self.context, output=self.output, capabilities=self.capabilities, apis=self.apis)


@cache
def _with_purpose(purpose: Purpose) -> ModelAttributes:
    """Return the attributes of a model of which only the purpose is known, as of most models."""
    return ModelAttributes(purpose=purpose)


@dataclass(frozen=True, kw_only=True)
class DefaultAttributes:
    """The attributes of a default that a plan compares."""

    __pydantic_config__: ClassVar = _STRICT

    model: str = field(metadata={"description": "ENDPOINT/ID", "pattern": rf"^{ENDPOINT_NAME.pattern}/"})


SlotAttributes = Mapping[str, str]  # the attributes of an owned resource, which name its slot
Attributes = EndpointAttributes | ModelAttributes | DefaultAttributes | SlotAttributes


RECORDED_ATTRIBUTES = {ENDPOINT: EndpointAttributes, MODEL: ModelAttributes, DEFAULT: DefaultAttributes}
PARTS = (HeaderLiteralAttributes, DiscoverAttributes, TlsAttributes)  # the classes of parts of attributes


@cache
def plain_fields() -> dict[str, PlainField]:
    """Return {name: field} for the endpoint fields whose values are recorded unchanged. Nobody may change it."""
    return {
        field_.name: field_.metadata["plain"] for field_ in fields(EndpointAttributes) if "plain" in field_.metadata
    }


def plain_defaults() -> dict[str, bool | str | None]:
    """Return {name: default} for the endpoint fields whose values are recorded unchanged."""
    return {name: plain.default for name, plain in plain_fields().items()}
