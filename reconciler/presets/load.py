"""The built-in presets: a file each in `data/`, read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from reconciler.presets.preset import Auth, Preset

_ENDING = ".yaml"


def names() -> list[str]:
    """The IDs of all built-in presets, sorted; no file is read."""
    return sorted(found.name.removesuffix(_ENDING) for found in _folder().iterdir() if found.name.endswith(_ENDING))


def load(name: str) -> Preset | None:
    """The built-in preset of that ID; None when there is none."""
    if name not in names():
        return None
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = _folder().joinpath(name + _ENDING).read_text(encoding="utf-8")
    return from_data(name, yaml.load(text, Loader=loader))  # noqa: S506 - both loaders are the safe ones


def load_all() -> list[Preset]:
    """All built-in presets, by ID."""
    return [preset for name in names() if (preset := load(name))]


@cache
def key_prefixes() -> Mapping[str, str]:
    """Every well-known prefix of keys, and the name of the vendor whose keys begin with it."""
    return {prefix: found.name.partition(",")[0] for found in load_all() for prefix in found.key_prefixes}


def from_data(preset_id: str, data: Mapping[str, Any], builtin: bool = True) -> Preset:
    """A preset from its fields; a field that a preset does not have is a TypeError."""
    fields = dict(data)
    auth = Auth(**fields.pop("auth", {}))
    for field in ("origins", "key_prefixes"):
        fields[field] = tuple(fields.pop(field, ()))
    return Preset(id=preset_id, auth=auth, builtin=builtin, **fields)


def _folder() -> Traversable:
    return files("reconciler.presets").joinpath("data")
