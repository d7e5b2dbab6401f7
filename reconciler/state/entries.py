"""The reading of a state's text one entry after the other.

Most entries of a large state are the same text apart from the address. Such a text is parsed and checked once. Only the
layout that gwctl writes is read here. A document that is not valid, or has another layout, is left to `codec`, which
explains the faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from reconciler import safe_json
from reconciler.address import KINDS, RECORDED, Address, Kind, parse
from reconciler.resources.attributes import NO_DETAILS, PARTS, RECORDED_ATTRIBUTES, Attributes, ModelAttributes
from reconciler.resources.resource import Resource
from reconciler.shapes.shape import Misfit, reader
from reconciler.state.upgrades import VERSION

CLASSES = (*RECORDED_ATTRIBUTES.values(), *PARTS)
# A JSON string contains no line break, so these texts are found only between the parts of a document.
_FIRST = b',\n  "resources": [\n    {\n      "address": "'
_NEXT = b'\n    },\n    {\n      "address": "'
_LAST = b"\n    }\n  ]\n}\n"
_ANY_ADDRESS = {"endpoint": "endpoint.x", "model": "model.x/x", "default": "default.x"}
_MOST_KNOWN = 20_000  # texts of entries


class _Entry(NamedTuple):
    """An entry without its address. All entries with the same text have the same facts, which nobody may change."""

    kind: Kind
    attributes: Attributes
    facts: dict[str, Any]


def read_document(data: bytes) -> tuple[dict[str, Any], list[Resource]]:
    """Return the document without its resources, and the resources.

    Raise `Misfit` if the document is not valid, or has another layout than gwctl writes.
    """
    first = data.find(_FIRST)
    if first < 0 or not data.endswith(_LAST):
        raise Misfit
    document = _parsed(data[:first] + b"\n}")
    if type(document) is not dict or document.get("version") != VERSION or "resources" in document:
        raise Misfit
    reader("state", CLASSES)({**document, "resources": []})
    return document, list(_resources(data, first + len(_FIRST), len(data) - len(_LAST)))


def _parsed(data: bytes) -> Any:
    try:
        return safe_json.loads(data.decode(), share=True)
    except ValueError:
        raise Misfit from None


def _resources(data: bytes, start: int, end: int) -> Iterator[Resource]:
    """Yield the resources whose entries are the data from `start` to `end`. The first entry begins within its address.

    Each part between two addresses is parsed as an object of its own. So if the data were divided elsewhere than
    between two entries, one of the parts would not be valid.
    """
    while start < end:
        stop = data.find(_NEXT, start, end)
        stop = end if stop < 0 else stop
        address, quote, rest = data[start:stop].partition(b'"')
        entry = _entry(rest)
        if not quote or b"\\" in address:
            raise Misfit
        yield Resource(_address(address, entry.kind), entry.attributes, entry.facts)
        start = stop + len(_NEXT)


def _address(data: bytes, kind: Kind) -> Address:
    try:
        text = data.decode()
        address = parse(text, RECORDED)
    except ValueError:
        raise Misfit from None
    if address.kind is not kind or not text.isprintable():
        raise Misfit
    return address


@lru_cache(_MOST_KNOWN)
def _entry(rest: bytes) -> _Entry:
    """Return the entry from its text after the address."""
    if not rest.startswith(b","):
        raise Misfit
    fields = _parsed(b"{%b}" % rest[1:])
    word = fields.get("kind")
    if "address" in fields or type(word) is not str or word not in _ANY_ADDRESS:
        raise Misfit
    (entry,) = reader("entries", CLASSES)([{"address": _ANY_ADDRESS[word], **fields}])
    attributes = entry["attributes"]
    if isinstance(attributes, ModelAttributes) and attributes == ModelAttributes.of(attributes.purpose, NO_DETAILS):
        attributes = ModelAttributes.of(attributes.purpose, NO_DETAILS)  # a plan compares the same object in no time
    return _Entry(KINDS[word], attributes, entry["facts"])
