"""The `Gateway`: the checked content of the gateway file, with the position of every part in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from reconciler.address import CLIENT, PURPOSES, Address, Api, Purpose
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.config.attributes import endpoint_attributes
from reconciler.config.filters import as_meant, matcher
from reconciler.diagnostics import Source
from reconciler.presets.preset import Preset
from reconciler.resources.attributes import NO_DETAILS, EndpointAttributes, ModelDetails, plain_defaults
from reconciler.resources.tls import Tls
from reconciler.secrets.header import HeaderReference, Headers
from reconciler.secrets.reference import EnvReference, KeyReference
from reconciler.values import dataclass

StoreKey = Literal["keyring", "if-available"]
SetDefault = Literal["if-unset", "always", "never"]


@dataclass(frozen=True, slots=True)
class DeclaredModel:
    """A model that the gateway file declares. Such a model is desired even if the model list cannot be fetched."""

    id: str
    purpose: Purpose | None  # None: the purpose comes from the list, the records or the ID
    source: Source
    details: ModelDetails = NO_DETAILS  # what is left open is as listed or as recorded


@dataclass(frozen=True)
class Discover:
    """The use of an endpoint's model list, and the filters for the list. Filters are shell patterns. Case matters."""

    enabled: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def passing(self, ids: Iterable[str], known: Collection[str]) -> list[str]:
        """Return the IDs that pass the filters. If a pattern is ambiguous, the IDs in `known` decide its meaning."""
        if not self.enabled:
            return []
        included, excluded = (
            matcher(tuple(as_meant(pattern, known) for pattern in patterns))
            for patterns in (self.include, self.exclude)
        )
        wanted = (model_id for model_id in ids if not excluded(model_id))
        return [model_id for model_id in wanted if not self.include or included(model_id)]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint: a base URL with an optional key. Values that the file does not give come from the preset."""

    name: str
    base_url: str  # without a trailing slash and without /chat/completions
    preset: Preset
    key: KeyReference | None
    models: tuple[DeclaredModel, ...]
    discover: Discover
    headers: Headers
    timeout: float  # seconds, for the whole exchange
    source: Source
    tls: Tls | None = None
    proxy: str | None = None  # scheme://host[:port]
    store_key: StoreKey | None = None  # store the key in the OS keychain; if-available: only if there is a keychain
    when_no_key: Literal["error", "skip"] = "error"
    scope: Literal["shared", "machine"] = "shared"  # for all users of a shared state, or for each machine
    written_apis: tuple[Api, ...] | None = None  # None: the APIs of the preset
    plain: Mapping[str, Any] = field(default_factory=plain_defaults)  # fields that are recorded as written

    @cached_property
    def attributes(self) -> EndpointAttributes:
        """The attributes of the endpoint that gwctl records and compares."""
        return endpoint_attributes(self)

    @property
    def apis(self) -> tuple[Api, ...]:
        """The APIs of the endpoint. If the gateway file names no APIs, these are the APIs of the preset."""
        return self.preset.speaks if self.written_apis is None else self.written_apis

    @property
    def key_required(self) -> bool:
        """Return whether the endpoint needs a key in the field `key:`.

        A header with a key reference may replace this key.
        """
        own = self.preset.auth.header.lower()
        return self.preset.key == "required" and own not in (name.lower() for name, _ in self.header_references)

    @property
    def key_variable(self) -> str | None:
        """The variable from which programs take the key. If the endpoint has no key, the value is None.

        If `key:` does not name a variable, the name is made from the endpoint's name. The vendor's usual variable is
        not used, because it could contain another key.
        """
        if isinstance(self.key, EnvReference):
            return self.key.name
        has_key = self.key is not None or self.store_key
        return f"GWCTL_KEY_{self.name.upper().replace('-', '_')}" if has_key else None

    @property
    def not_passed(self) -> tuple[str, ...]:
        """The names of the endpoint's fields that neither a variable nor a tool's file can express."""
        settings = {"headers": self.headers, "tls": self.tls, "proxy": self.proxy}
        return tuple(name for name, value in settings.items() if value)

    @property
    def header_references(self) -> tuple[tuple[str, KeyReference], ...]:
        """The headers whose value is a key, each as (header, key reference)."""
        return tuple((name, value.reference) for name, value in self.headers if isinstance(value, HeaderReference))

    @property
    def references(self) -> tuple[KeyReference, ...]:
        """All key references of the endpoint, in `key:` and in the headers."""
        return (*((self.key,) if self.key else ()), *(reference for _, reference in self.header_references))


@dataclass(frozen=True)
class DefaultCandidate:
    """A model that may become the default for a role."""

    model: Address
    source: Source


@dataclass(frozen=True, kw_only=True)
class Client:
    """A tool that uses the endpoints on each machine whose user agrees."""

    name: str
    tool: str  # a name of the registry of tools
    source: Source
    file: FileUse  # gwctl's own, the user's, or none
    path: Path | None = None  # absolute; None: the tool's usual place
    endpoints: tuple[str, ...] = ()  # empty: all
    models: tuple[str, ...] = ()  # patterns of IDs; empty: all
    serves: str = ""  # the endpoint of the server that reads the file: compared with it, and not in it
    key_from: KeyWay = "helper"
    set_default: SetDefault = "if-unset"
    when_absent: Literal["skip", "write"] = "skip"  # where the tool is not found on the machine

    @property
    def address(self) -> Address:
        """The address of the client. The address of each part of the client's file begins with this address."""
        return Address(CLIENT, self.name)


@dataclass(frozen=True)
class Role:
    """The name under which code and tools ask for a model, and the purpose of that model."""

    name: str
    purpose: Purpose

    def __str__(self) -> str:
        return self.name


PURPOSE_ROLES = tuple(Role(purpose, purpose) for purpose in PURPOSES)


@dataclass(frozen=True)
class Removed:
    """A consent in the gateway file to delete the resource at an address.

    With `keep`, gwctl only forgets the resource.
    """

    address: Address
    keep: bool
    source: Source


@dataclass(frozen=True)
class Moved:
    """The rename of a recorded resource in the gateway file."""

    origin: Address
    target: Address
    source: Source


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The whole gateway file, with overlays and variables applied. The order of the file is kept."""

    name: str
    directory: Path  # of the first file; a relative path of the state starts here
    state: str  # the URL of a store, or file:PATH
    endpoints: dict[str, Endpoint]
    clients: dict[str, Client] = field(default_factory=dict)
    defaults: dict[str, tuple[DefaultCandidate, ...]] = field(default_factory=dict)  # by role, of `roles:`, `defaults:`
    default_sources: dict[str, Source] = field(default_factory=dict)
    own_roles: tuple[Role, ...] = ()  # the roles of the file that are no purposes
    removed: tuple[Removed, ...] = ()
    moved: tuple[Moved, ...] = ()
    presets: dict[str, Preset] = field(default_factory=dict)  # the custom presets
    digest: str = ""  # SHA-256 of the merged file after ${…}, without header values
    lock: Path | None = None  # the path in `lock:`; None: the lock file beside the first file

    @property
    def roles(self) -> tuple[Role, ...]:
        """All roles: first the five purposes, then the other roles in file order."""
        return (*PURPOSE_ROLES, *self.own_roles)

    @cached_property
    def names_before(self) -> dict[str, str]:
        """The former names in `moved` as {endpoint: former name}. The first entry of an endpoint counts."""
        moves = (move for move in reversed(self.moved) if move.target.is_endpoint)
        return {move.target.name: move.origin.name for move in moves}

    def declared(self, address: Address) -> DeclaredModel | None:
        """Return the declaration of the model. If the file does not declare the model, return None."""
        entry = self.endpoints.get(address.endpoint)
        return next((model for model in entry.models if model.id == address.model_id), None) if entry else None
