"""The purpose of a model by its ID, for model lists that do not name the purpose."""

from __future__ import annotations

import re
from functools import cache

from reconciler.address import Purpose
from reconciler.files.read_file import packaged
from reconciler.yaml.packaged import load_packaged


def purpose_of_id(model_id: str) -> tuple[Purpose, str]:
    """Return (purpose, source).

    If a pattern of `purposes.yaml` matches the ID, the source is `id`. Otherwise the result is (chat, assumed).
    """
    lowered = model_id.lower()
    known = next((purpose for purpose, pattern in _patterns() if pattern.search(lowered)), None)
    return (known, "id") if known else ("chat", "assumed")


@cache
def _patterns() -> tuple[tuple[Purpose, re.Pattern[str]], ...]:
    data = load_packaged(packaged(__package__, "purposes.yaml"))
    return tuple((entry["purpose"], re.compile("|".join(entry["patterns"]))) for entry in data)
