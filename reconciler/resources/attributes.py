"""The compared attributes of an endpoint, a model and a default: one definition for every document.

The state, the ledger and a saved plan check what they read against these types, and `schemas/` is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Len

from reconciler.address import DEFAULT, ENDPOINT, ENDPOINT_NAME, MODEL, Purpose

ReferenceWord = Literal["env", "file", "command", "keyring"]
Reference = Annotated[dict[ReferenceWord, str | list[str]], Len(1, 1)]
HeaderReference = Annotated[dict[ReferenceWord | Literal["scheme"], str | list[str]], Len(1, 2)]


@dataclass(frozen=True)
class PlainField:
    """The gateway file's form of an endpoint field that is recorded as it is written."""

    default: bool | str | None  # of a file that leaves it out
    description: str


def _plain(default: bool | str | None, description: str) -> Any:
    return field(metadata={"plain": PlainField(default, description)})


_STRICT = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}  # what pydantic reads of a class


@dataclass(frozen=True, kw_only=True)
class HeaderLiteralAttributes:
    """A header whose value stands in the gateway file, and nowhere else."""

    __pydantic_config__: ClassVar = _STRICT

    literal: Literal[True]


@dataclass(frozen=True, kw_only=True)
class DiscoverAttributes:
    """The use of the list, and its filters."""

    __pydantic_config__: ClassVar = _STRICT

    enabled: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TlsAttributes:
    """PEM files, by the paths that the gateway file names."""

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
    timeout: float = field(metadata={"description": "seconds, for the whole exchange"})
    discover: DiscoverAttributes
    store_key: Literal["keyring", "if-available"] | None
    protect: bool = _plain(False, "recorded: removing the entry from the file does not end it")
    tls: TlsAttributes | None
    proxy: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelAttributes:
    """The compared attributes of a model."""

    __pydantic_config__: ClassVar = _STRICT

    purpose: Purpose


@dataclass(frozen=True, kw_only=True)
class DefaultAttributes:
    """The compared attributes of a default."""

    __pydantic_config__: ClassVar = _STRICT

    model: str = field(metadata={"description": "ENDPOINT/ID", "pattern": rf"^{ENDPOINT_NAME.pattern}/"})


SlotAttributes = Mapping[str, str]  # of an owned resource: what names its slot
Attributes = EndpointAttributes | ModelAttributes | DefaultAttributes | SlotAttributes


RECORDED_ATTRIBUTES = {ENDPOINT: EndpointAttributes, MODEL: ModelAttributes, DEFAULT: DefaultAttributes}


def plain_fields() -> dict[str, PlainField]:
    """Return {name: how the gateway file writes it} of the fields that are recorded as they are written."""
    return {
        field_.name: field_.metadata["plain"] for field_ in fields(EndpointAttributes) if "plain" in field_.metadata
    }


def plain_defaults() -> dict[str, bool | str | None]:
    """Return the fields that are recorded as they are written, of a file that leaves them all out."""
    return {name: plain.default for name, plain in plain_fields().items()}
