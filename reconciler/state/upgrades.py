"""The upgrades of a state's document from one format version to the next. A new field starts with its default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VERSION = 5  # of the state's document

# The attributes of an endpoint that version 2 added.
_OF_TWO: dict[str, Any] = {"tls": None, "proxy": None, "store_key": False}

Attributes = dict[str, Any]


def one_to_two(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the fields for TLS, proxy and `store_key` in each endpoint."""
    return _each_endpoint(document, lambda attributes: _OF_TWO | attributes) | {"version": 2}


def two_to_three(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the field `written`. The writer of a version 2 state is unknown."""
    return document | {"version": 3, "written": None}


def three_to_four(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without header values."""
    return _each_endpoint(document, newest_endpoint) | {"version": 4}


def four_to_five(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document unchanged.

    An older gwctl did not read details of models, so endpoints and models without details are valid.
    """
    return document | {"version": 5}


def newest_endpoint(attributes: Attributes) -> Attributes:
    """Return the attributes of an endpoint in the present format. The attributes may be in an earlier format."""
    headers, kept = attributes.get("headers"), attributes.get("store_key")
    newest = dict(attributes)
    if isinstance(headers, dict):
        newest["headers"] = {
            key: {"literal": True} if isinstance(header, str) else header for key, header in headers.items()
        }
    if isinstance(kept, bool):
        newest["store_key"] = "keyring" if kept else None
    return newest


def _each_endpoint(document: dict[str, Any], change: Callable[[Attributes], Attributes]) -> dict[str, Any]:
    """Return the document with `change` applied to each endpoint. A document that is not valid is reported later."""
    resources = document.get("resources")
    if not isinstance(resources, list):
        return document
    return document | {"resources": [_endpoint(resource, change) for resource in resources]}


def _endpoint(entry: Any, change: Callable[[Attributes], Attributes]) -> Any:
    attributes = entry.get("attributes") if isinstance(entry, dict) and entry.get("kind") == "endpoint" else None
    return entry | {"attributes": change(attributes)} if isinstance(attributes, dict) else entry


# {version: the upgrade to the next version}
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: one_to_two,
    2: two_to_three,
    3: three_to_four,
    4: four_to_five,
}
