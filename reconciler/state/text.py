"""The text of the resources in a state: the text that `json.dumps` gives with `indent=2`.

Most models have the same few attributes and facts, and most entries of a list are alike. Each is written once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any

from reconciler.resources.resource import Resource
from reconciler.safe_json import exact

Ends = dict[tuple[int, int, int], str]  # {identities of the kind, attributes and facts: the text after the address}
_Texts = dict[tuple[str, bytes], str]


def resources_text(resources: Iterable[Resource], ends: Ends) -> Iterator[str]:
    """Yield the JSON list of the resources, the last field of a document, in parts. Raise ValueError for a bad value.

    `ends` has the texts that were written before. While it is used, no object in it may cease to exist.
    """
    texts: _Texts = {}
    before = "["
    for resource in resources:
        kind = resource.address.kind
        key = id(kind), id(resource.attributes), id(resource.facts)
        end = ends.get(key)
        if end is None:
            fields = {"kind": kind.name, "attributes": resource.data, "facts": dict(resource.facts)}
            ends[key] = end = _text(fields, "\n    ", texts)[1:]  # without the bracket at the start
        yield f'{before}\n    {{\n      "address": {encode_basestring(str(resource.address))},{end}'
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _text(value: Any, margin: str, texts: _Texts) -> str:
    """Return the text of a value whose lines begin with `margin`. A value in `texts` is not written again."""
    if type(value) is dict and value:
        inner = f"{margin}  "
        fields = [f"{inner}{encode_basestring(name)}: {_text(each, inner, texts)}" for name, each in value.items()]
        return f"{{{','.join(fields)}{margin}}}"
    if type(value) is str:
        return encode_basestring(value)
    key = margin, exact(value)
    text = texts.get(key)
    if text is None:
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).replace("\n", margin)
        texts[key] = text
    return text
