"""Which endpoints of a gateway file have a key that is kept, and under which name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.config.gateway import Gateway
from reconciler.resources.presence import KeychainEntry, Slot


def kept_names(gateway: Gateway, entries: Mapping[Slot, KeychainEntry], stacks: Collection[str]) -> dict[str, str]:
    """{endpoint: the name under which its key is kept} for these stacks: its own, else the one that it had before."""
    kept = {owner.address for entry in entries.values() for owner in entry.owners if owner.stack in stacks}
    found = {}
    for name, endpoint in gateway.endpoints.items():
        names = (each for each in (name, name_before(gateway, name)) if each and f"key.{each}" in kept)
        first = next(names, None)
        if endpoint.store_key and first:
            found[name] = first
    return found


def names_before(gateway: Gateway) -> dict[str, str]:
    """{endpoint: what `moved` says that it was called}."""
    moves = (each for each in gateway.moved if each.target.is_endpoint)
    return {each.target.name: each.origin.name for each in reversed(tuple(moves))}


def name_before(gateway: Gateway, endpoint: str) -> str | None:
    """What `moved` says that the endpoint was called."""
    return names_before(gateway).get(endpoint)
