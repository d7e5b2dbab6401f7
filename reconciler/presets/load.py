"""The built-in presets. Each preset is a file in `data/`. gwctl reads the file when the preset is used."""

from __future__ import annotations

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
    return from_data(name, load_packaged(_text(name))) if name in _names() else None


@cache
def _text(name: str) -> str:
    return packaged(__package__, f"data/{name}{_ENDING}")


def speaks(name: str | None, dialect: str) -> tuple[Api, ...]:
    """Return the APIs of a recorded endpoint that does not name its own APIs.

    The APIs come from the built-in preset, if the endpoint has one, and otherwise from the dialect.
    """
    preset = load(name) if name else None
    return (preset or Preset(id="", dialect=dialect)).speaks


def load_all() -> list[Preset]:
    """Return all built-in presets, sorted by ID."""
    return _mentioning("")


def _mentioning(word: str) -> list[Preset]:
    """Return the presets whose file contains the word. Other files are not parsed, because parsing takes longest."""
    return [preset for name in _names() if word in _text(name) and (preset := load(name))]


@cache
def key_prefixes() -> Mapping[str, str]:
    """Return {prefix: vendor} for every well-known prefix of API keys."""
    return {
        prefix: preset.name.partition(",")[0]
        for preset in _mentioning("key_prefixes")
        for prefix in preset.key_prefixes
    }


@cache
def plain_headers() -> frozenset[str]:
    """Return the well-known headers that contain no credential, in lower case."""
    return frozenset(
        name.lower() for preset in _mentioning("headers") for name in (*preset.plain_headers, *preset.headers)
    )


@cache
def tenant_depths() -> Mapping[str, int]:
    """Return {origin of a vendor: number of path parts, up to the last part that names a customer}."""
    patterns = (urlsplit(preset.base_url) for preset in _mentioning("{"))
    return {
        f"{pattern.scheme}://{pattern.netloc}": depth for pattern in patterns if (depth := tenant_depth(pattern.path))
    }


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
