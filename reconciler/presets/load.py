"""The built-in presets. Each preset is a file in `data/`. gwctl reads the file when the preset is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from reconciler.address import Api
from reconciler.files.read_file import packaged, packaged_names
from reconciler.presets.preset import Auth, Preset, Sign
from reconciler.yaml.packaged import load_packaged

_ENDING = ".yaml"


def names() -> list[str]:
    """Return the IDs of all built-in presets, sorted. No file of a preset is read."""
    return list(_names())


@cache
def _names() -> tuple[str, ...]:
    found = packaged_names(__package__, "data")
    return tuple(sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING)))


@cache
def load(name: str) -> Preset | None:
    """Return the built-in preset with that ID. If no such preset exists, return None."""
    return from_data(name, load_packaged(packaged(__package__, f"data/{name}{_ENDING}"))) if name in _names() else None


def speaks(name: str | None, dialect: str) -> tuple[Api, ...]:
    """Return the APIs of a recorded endpoint that does not name its own APIs.

    The APIs come from the built-in preset, if the endpoint has one, and otherwise from the dialect.
    """
    preset = load(name) if name else None
    return (preset or Preset(id="", dialect=dialect)).speaks


def load_all() -> list[Preset]:
    """Return all built-in presets, sorted by ID."""
    return [preset for name in _names() if (preset := load(name))]


def index() -> dict[str, Any]:
    """Return the facts in all built-in presets that many commands need, for the file `index.json`.

    `python -m reconciler.schemas` writes that file, so that no command has to parse all presets.
    """
    presets = load_all()
    patterns = [urlsplit(preset.base_url) for preset in presets if "{" in preset.base_url]
    depths = {f"{pattern.scheme}://{pattern.netloc}": tenant_depth(pattern.path) for pattern in patterns}
    return {
        "key_prefixes": {prefix: preset.name.partition(",")[0] for preset in presets for prefix in preset.key_prefixes},
        "plain_headers": sorted(
            {name.lower() for preset in presets for name in (*preset.plain_headers, *preset.headers)}
        ),
        "tenant_depths": {origin: depth for origin, depth in depths.items() if depth},
    }


@cache
def _index() -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(packaged(__package__, "index.json"))
    return found


def key_prefixes() -> Mapping[str, str]:
    """Return {prefix: vendor} for every well-known prefix of API keys."""
    found: Mapping[str, str] = _index()["key_prefixes"]
    return found


@cache
def plain_headers() -> frozenset[str]:
    """Return the well-known headers that contain no credential, in lower case."""
    return frozenset(_index()["plain_headers"])


def tenant_depths() -> Mapping[str, int]:
    """Return {origin of a vendor: number of path parts, up to the last part that names a customer}."""
    found: Mapping[str, int] = _index()["tenant_depths"]
    return found


def tenant_depth(pattern: str) -> int:
    """Return the number of path parts, up to the last `{part}` that the user fills in.

    Without such a part, return 0.
    """
    return max((number for number, part in enumerate(pattern.split("/"), 1) if "{" in part), default=0)


def from_data(preset_id: str, data: Mapping[str, Any], builtin: bool = True) -> Preset:
    """Return a preset with these fields. Raise TypeError for a field that presets do not have."""
    fields = dict(data)
    auth = Auth(**fields.pop("auth", {}))
    for field in ("apis", "families", "key_prefixes", "origins", "plain_headers"):
        fields[field] = tuple(fields.pop(field, ()))
    sign = Sign(**fields.pop("sign")) if "sign" in fields else None
    return Preset(id=preset_id, auth=auth, sign=sign, builtin=builtin, **fields)
