"""docs/reference/presets.md, made from the presets."""

from __future__ import annotations

from pathlib import Path

from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "presets.md"
_HEAD = """# Presets

This page is generated from the presets: `python -m tests.docs.generated`.
`gwctl presets` prints the same, with the presets of your gateway file.

A preset has the properties of a vendor or server: its base URL, its dialect, how it takes the key. In the gateway file,
`preset: NAME` uses it, and a field of the endpoint overrides it. Replace each `{…}` of a base URL.
With *verified* presets, the tests include a response that the server really sent.

| preset | for | base URL | dialect | key | usual variable | verified |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the whole page."""
    return _HEAD + "".join(_row(preset) for preset in load_all())


def _row(preset: Preset) -> str:
    name = f"[`{preset.id}`]({preset.docs_url})" if preset.docs_url else f"`{preset.id}`"
    variable = f"`{preset.variable}`" if preset.variable else ""
    cells = (name, preset.description, f"`{preset.base_url}`", preset.dialect, preset.key, variable)
    return f"| {' | '.join([*cells, 'yes' if preset.verified else 'no'])} |\n"
