"""The purpose of a model by its ID, for model lists that do not name the purpose."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from reconciler.address import Purpose
from reconciler.files.read_file import packaged
from reconciler.pattern import pattern
from reconciler.yaml.packaged import load_packaged


@lru_cache(maxsize=4096)
def purpose_of_id(model_id: str) -> tuple[Purpose, str]:
    """Return (purpose, source).

    If a pattern of `purposes.yaml` matches the ID, the source is `id`. Otherwise the result is (chat, assumed).
    """
    lowered = model_id.lower()
    known = next((hints.purpose for hints in _hints() if hints.fit(lowered)), None)
    return (known, "id") if known else ("chat", "assumed")


@cache
def _hints() -> tuple[Hints, ...]:
    data = load_packaged(packaged(__package__, "purposes.yaml"))
    return tuple(Hints(entry["purpose"], "|".join(entry["patterns"])) for entry in data)


class Hints:
    """The patterns of a purpose. They are compiled when an ID has a word of them, which few IDs have."""

    def __init__(self, purpose: Purpose, patterns: str) -> None:
        self.purpose = purpose
        self.pattern = pattern(patterns)
        # Each way to match contains one of these words.
        self.words = frozenset(re.findall(r"[a-z0-9][a-z0-9-]*[a-z0-9]", patterns))

    def fit(self, model_id: str) -> bool:
        """Return whether a pattern occurs in an ID in lower case."""
        return any(map(model_id.__contains__, self.words)) and self.pattern.search(model_id) is not None
