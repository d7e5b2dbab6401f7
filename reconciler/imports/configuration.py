"""The content of another tool's configuration: servers, models, and the places of keys.

The keys themselves are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.address import Purpose
from reconciler.diagnostics import Diagnostic, Source
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class FoundKey:
    """The place where a configuration has a server's key, or names the key.

    `variable` and `file` are references to the key. If the configuration contains the key itself, `held` is the
    position of the key in the file, and `name` is the name of the key's field.
    """

    variable: str = ""
    file: str = ""
    held: Source | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class FoundModel:
    """A model in a configuration. `context` and `output` are numbers of tokens.

    If `purpose` is None, gwctl decides the purpose by the model's ID.
    """

    model_id: str
    source: Source
    purpose: Purpose | None = None
    context: int | None = None
    output: int | None = None


@dataclass(frozen=True, kw_only=True)
class FoundServer:
    """A server in a configuration.

    `vendor` is the ID of a preset, or "". `url` is the base URL as written. If `url` is "", the server has the usual
    base URL of `vendor`. `patterns` are wildcards that select IDs from the server's model list.
    """

    name: str
    source: Source
    url: str = field(default="", repr=False)  # it may contain a password
    vendor: str = ""
    key: FoundKey | None = None
    models: tuple[FoundModel, ...] = ()
    patterns: tuple[str, ...] = ()
    uses_list: bool = False
    default: str = ""  # the ID of the model that the tool uses for chat


@dataclass(frozen=True, kw_only=True)
class ImportedEndpoint:
    """An endpoint for the gateway file. `base_url` is normalised. If no preset fits, `preset` is ""."""

    name: str
    preset: str
    base_url: str
    variable: str = ""
    key_file: str = ""
    models: tuple[FoundModel, ...] = ()
    patterns: tuple[str, ...] = ()
    uses_list: bool = False
    defaults: Mapping[Purpose, str] = field(default_factory=dict)  # {purpose: model ID}


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The endpoints in one or more configurations, and a finding for each part of a configuration that was left out."""

    endpoints: tuple[ImportedEndpoint, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
