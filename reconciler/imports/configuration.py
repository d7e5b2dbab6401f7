"""What a configuration of another tool contains: servers with their models, and where keys are. No key is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.address import Purpose
from reconciler.diagnostics import Diagnostic, Source


@dataclass(frozen=True, kw_only=True)
class FoundKey:
    """Where a server's key is.

    `variable` and `file` are references. `held` is the position of a key that the configuration itself holds, and
    `name` is the name of that field.
    """

    variable: str = ""
    file: str = ""
    held: Source | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class FoundModel:
    """A model of a configuration; the purpose None is derived from the ID. Limits are in tokens."""

    model_id: str
    source: Source
    purpose: Purpose | None = None
    context: int | None = None
    output: int | None = None


@dataclass(frozen=True, kw_only=True)
class FoundServer:
    """A server as the configuration names it.

    `url` is as written, and "" stands for the usual base URL of `vendor`, which is the ID of a preset or "".
    `patterns` are wildcards for the IDs of the server's model list.
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
    """An endpoint for the gateway file: a recognised preset or "", a base URL in its normal form, and references."""

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
    """The endpoints of one or more configurations, and what was left out."""

    endpoints: tuple[ImportedEndpoint, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
