"""Building the custom presets of the file, and finding the preset that an endpoint names."""

from __future__ import annotations

from typing import Any, cast

from reconciler import codes
from reconciler.config.checks.preset_faults import preset_faults
from reconciler.config.checks.validate import sound_preset
from reconciler.diagnostics import Diagnosing, Source, error
from reconciler.presets.load import from_data, load, names
from reconciler.presets.preset import Preset
from reconciler.text import did_you_mean, printable
from reconciler.yaml.tree import MappingNode, place, plain


def build_presets(root: MappingNode) -> Diagnosing[dict[str, Preset]]:
    """Return the custom presets in `presets:`.

    It is an error if a custom preset has the name of a built-in preset.
    """
    node = root.nodes.get("presets")
    if not isinstance(node, MappingNode):
        return {}
    built_in = set(names())
    presets: dict[str, Preset] = {}
    for name, child in node.nodes.items():
        if name in built_in:
            hint = "choose another name: a built-in preset has this name"
            yield error(codes.PRESET_TAKEN, f"`{name}` is built in", hint=hint, source=place(root, ("presets", name)))
        elif isinstance(child, MappingNode):
            presets[name] = yield from _own(root, name, child)
    return presets


def _own(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[Preset]:
    data = sound_preset(cast("dict[str, Any]", plain(node)))
    yield from preset_faults(root, name, node)
    return from_data(name, data, builtin=False)


def named_preset(name: str, own: dict[str, Preset], source: Source) -> Diagnosing[Preset | None]:
    """Return the custom or built-in preset with that name.

    If no preset has that name, yield an error and return None.
    """
    preset = own.get(name) or load(name)
    if preset is None:
        near = did_you_mean(name, [*own, *names()])
        hint = f"{near + ' ' if near else ''}`gwctl presets` lists all presets; without a preset, write `base_url:`"
        yield error(codes.UNKNOWN_PRESET, f"there is no preset `{printable(name, 60)}`", hint=hint, source=source)
    return preset
