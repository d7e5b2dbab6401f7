"""YAML files that are part of gwctl. They are trusted, so the positions of values are not needed."""

from __future__ import annotations

from typing import Any


def load_packaged(text: str) -> Any:
    """Return the values in the text of one of gwctl's own data files."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
