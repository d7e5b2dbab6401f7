"""The resolved file: made in one pass over the records, however many endpoints there are."""

from __future__ import annotations

from collections.abc import ItemsView
from dataclasses import replace

from reconciler import address
from reconciler.address import Address
from reconciler.resources.attributes import DefaultAttributes, ModelAttributes
from reconciler.resources.resource import Resource
from reconciler.tools.resolved import resolved_document
from tests.tools.test_environment import endpoint


class Counted(dict[Address, Resource]):
    """Records that count how often all of them are visited."""

    passes = 0

    def items(self) -> ItemsView[Address, Resource]:  # type: ignore[override]
        self.passes += 1
        return super().items()


def passes(number: int) -> int:
    """How often the records of that many endpoints are visited."""
    one = endpoint("litellm", "http://gateway.example")
    endpoints = [replace(one, name=f"e{each}") for each in range(number)]
    models = [address.model(each.name, f"m{count}") for each in endpoints for count in range(3)]
    chat = Resource(address.default("chat"), DefaultAttributes(model="e0/m1"))
    recorded = Counted({at: Resource(at, ModelAttributes(purpose="chat")) for at in models} | {chat.address: chat})
    document = resolved_document("acme", endpoints, recorded, {})
    assert [(each["endpoint"], each["model"]) for each in document["models"]] == [
        (at.endpoint, at.model_id) for at in models
    ]
    assert document["roles"]["chat"]["model"] == "m1"
    return recorded.passes


def test_the_records_are_visited_as_often_for_many_endpoints_as_for_one() -> None:
    assert passes(40) == passes(1)
