"""The ledger's rows of owned resources, read once per run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

from reconciler.config.gateway import Gateway
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.resources.presence import OwnedRow, Rows, Slot


class KeptRows:
    """The owned resources of all stacks on this machine. The ledger is opened on first use."""

    def __init__(self, path: Callable[[], Path]) -> None:
        self._path = path

    @cached_property
    def ledger(self) -> OwnedRows:
        """The open ledger, which contains the rows."""
        return OwnedRows(self._path())

    @cached_property
    def rows(self) -> dict[Slot, OwnedRow]:
        """The ledger's rows of owned resources."""
        return self.ledger.read()


def kept_names(gateway: Gateway, rows: Rows, stacks: Collection[str]) -> dict[str, str]:
    """Return {endpoint: name of its stored key} for these stacks. The name is the endpoint's present or former name.

    A key is stored if the gateway file asks for it with `store_key`, or if somebody typed the key on this machine.
    """
    kept = {owner.address: row for row in rows.values() for owner in row.owners if owner.stack in stacks}
    names_of = {}
    for name, endpoint in gateway.endpoints.items():
        names = (
            candidate
            for candidate in (name, gateway.names_before.get(name))
            if candidate and f"key.{candidate}" in kept
        )
        first = next(names, None)
        if first and (endpoint.store_key or (endpoint.key and kept[f"key.{first}"].is_of_machine)):
            names_of[name] = first
    return names_of
