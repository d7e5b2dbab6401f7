"""The Gateway: what the gateway file asks for, checked, with the place of every part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from reconciler.address import Address, Purpose
from reconciler.config.attributes import endpoint_attributes
from reconciler.config.filters import as_meant, fits
from reconciler.diagnostics import Source
from reconciler.presets.preset import Preset
from reconciler.resources.attributes import EndpointAttributes, plain_defaults
from reconciler.resources.tls import Tls
from reconciler.secrets.header import HeaderReference, Headers
from reconciler.secrets.reference import KeyReference

StoreKey = Literal["keyring", "if-available"]


@dataclass(frozen=True)
class DeclaredModel:
    """A model that is always wanted, also while the list cannot be fetched."""

    id: str
    purpose: Purpose | None  # None: as listed, as recorded, or read from the ID
    source: Source


@dataclass(frozen=True)
class Discover:
    """The use of the model list, and its filters (shell patterns, case-sensitive)."""

    enabled: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def passing(self, ids: Iterable[str], known: Collection[str]) -> list[str]:
        """Return the IDs that pass the filters; `known` IDs decide what an ambiguous pattern means."""
        include, exclude = (
            [as_meant(pattern, known) for pattern in patterns] for patterns in (self.include, self.exclude)
        )
        wanted = (model_id for model_id in ids if self.enabled and not fits(model_id, exclude))
        return [model_id for model_id in wanted if not include or fits(model_id, include)]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One base URL with an optional key, all that its preset gives filled in."""

    name: str
    base_url: str  # no trailing slash, no pasted /chat/completions
    preset: Preset
    key: KeyReference | None
    models: tuple[DeclaredModel, ...]
    discover: Discover
    headers: Headers
    timeout: float  # seconds, for the whole exchange
    source: Source
    tls: Tls | None = None
    proxy: str | None = None  # scheme://host[:port]
    store_key: StoreKey | None = None  # apply keeps the key in the OS keychain: always, or where there is one
    when_no_key: Literal["error", "skip"] = "error"
    scope: Literal["shared", "machine"] = "shared"  # whose it is, where the state is shared
    plain: Mapping[str, Any] = field(default_factory=plain_defaults)  # fields taken as they are written

    @cached_property
    def attributes(self) -> EndpointAttributes:
        """The attributes that are recorded and compared."""
        return endpoint_attributes(self)

    @property
    def key_required(self) -> bool:
        """Return whether the endpoint is skipped when it has no key; one of its headers may take the key's place."""
        own = self.preset.auth.header.lower()
        return self.preset.key == "required" and own not in (name.lower() for name, _ in self.header_references)

    @property
    def header_references(self) -> tuple[tuple[str, KeyReference], ...]:
        """The (header, reference) pairs of headers whose value is a key."""
        return tuple((name, value.reference) for name, value in self.headers if isinstance(value, HeaderReference))

    @property
    def references(self) -> tuple[KeyReference, ...]:
        """Every key reference: that of `key:`, and those of the headers."""
        return (*((self.key,) if self.key else ()), *(reference for _, reference in self.header_references))


@dataclass(frozen=True)
class DefaultCandidate:
    """One model that may become a default."""

    model: Address
    source: Source


@dataclass(frozen=True)
class Removed:
    """Consent, in the file, to delete what an address names, or only to forget it."""

    address: Address
    keep: bool
    source: Source


@dataclass(frozen=True)
class Moved:
    """A rename of what is recorded."""

    origin: Address
    target: Address
    source: Source


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The whole of the gateway file, overlays and variables applied, in file order."""

    name: str
    directory: Path  # of the first file: relative state paths begin here
    state: str  # a store's URL, or file:PATH
    endpoints: dict[str, Endpoint]
    defaults: dict[Purpose, tuple[DefaultCandidate, ...]] = field(default_factory=dict)
    default_sources: dict[Purpose, Source] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    moved: tuple[Moved, ...] = ()
    presets: dict[str, Preset] = field(default_factory=dict)  # the file's own
    digest: str = ""  # sha256 of the merged file after ${}, without the values of headers
    lock: Path | None = None  # the lock file that it names; None: the one beside the first file

    @property
    def names_before(self) -> dict[str, str]:
        """The former name of each endpoint by `moved`, {endpoint: name}; the first one counts."""
        moves = (move for move in reversed(self.moved) if move.target.is_endpoint)
        return {move.target.name: move.origin.name for move in moves}

    def declared(self, address: Address) -> DeclaredModel | None:
        """The declaration of that model, if there is one."""
        entry = self.endpoints.get(address.endpoint)
        return next((model for model in entry.models if model.id == address.model_id), None) if entry else None
