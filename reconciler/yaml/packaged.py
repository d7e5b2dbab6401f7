"""The reader of YAML files that are part of gwctl. These files are trusted, so no positions are needed."""

from __future__ import annotations

from typing import Any


def load_packaged(text: str) -> Any:
    """Parse the text of one of gwctl's own data files."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
