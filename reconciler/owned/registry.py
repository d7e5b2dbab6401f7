"""The registry of owned kinds. The table of kinds (`reconciler.address`) names the module of each kind.

The function `OPEN` in the module of a kind takes the facts about a run (`OwnedRun`). `OPEN` returns the kind for this
run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reconciler.address import Kind, owned_kinds
from reconciler.owned.kind import OwnedKind, OwnedRun

Opening = Callable[[OwnedRun], OwnedKind]


def open_kinds(run: OwnedRun) -> dict[Kind, OwnedKind]:
    """Return {kind: `OwnedKind` of this run}, in the order of an apply."""
    return {kind: open_kind(kind, run) for kind in owned_kinds()}


def open_kind(kind: Kind, run: OwnedRun) -> OwnedKind:
    """Return the `OwnedKind` for one kind in this run."""
    opening: Opening = import_module(kind.module).OPEN
    return opening(run)
