"""The built-in presets: a file each in `data/`, read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from reconciler.files.read_file import packaged, packaged_names
from reconciler.presets.preset import Auth, Preset
from reconciler.yaml.packaged import load_packaged

_ENDING = ".yaml"


def names() -> list[str]:
    """The IDs of all built-in presets, sorted; no file is read."""
    return sorted(name.removesuffix(_ENDING) for name in packaged_names(__package__, "data") if name.endswith(_ENDING))


def load(name: str) -> Preset | None:
    """The built-in preset of that ID; None when there is none."""
    if name not in names():
        return None
    return from_data(name, load_packaged(packaged(__package__, f"data/{name}{_ENDING}")))


def load_all() -> list[Preset]:
    """All built-in presets, by ID."""
    return [preset for name in names() if (preset := load(name))]


@cache
def key_prefixes() -> Mapping[str, str]:
    """Every well-known prefix of keys, and the name of the vendor whose keys begin with it."""
    return {prefix: preset.name.partition(",")[0] for preset in load_all() for prefix in preset.key_prefixes}


@cache
def plain_headers() -> frozenset[str]:
    """Every well-known header that holds no credential, in lower case."""
    return frozenset(name.lower() for preset in load_all() for name in (*preset.plain_headers, *preset.headers))


@cache
def tenant_depths() -> Mapping[str, int]:
    """Return, by vendor origin, the number of path parts that name a customer."""
    patterns = (urlsplit(preset.base_url) for preset in load_all())
    return {
        f"{pattern.scheme}://{pattern.netloc}": depth for pattern in patterns if (depth := tenant_depth(pattern.path))
    }


def tenant_depth(pattern: str) -> int:
    """Return the number of path parts down to the last one that the user fills in; 0 where none is."""
    return max((number for number, part in enumerate(pattern.split("/"), 1) if "{" in part), default=0)


def from_data(preset_id: str, data: Mapping[str, Any], builtin: bool = True) -> Preset:
    """A preset from its fields; a field that a preset does not have is a TypeError."""
    fields = dict(data)
    auth = Auth(**fields.pop("auth", {}))
    for field in ("families", "key_prefixes", "origins", "plain_headers"):
        fields[field] = tuple(fields.pop(field, ()))
    return Preset(id=preset_id, auth=auth, builtin=builtin, **fields)
