"""YAML that comes with gwctl: trusted, so that no place of a value is needed."""

from __future__ import annotations

from typing import Any


def load_packaged(text: str) -> Any:
    """The values of a data file of this package."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
