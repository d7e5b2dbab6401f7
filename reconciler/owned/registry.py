"""The registry of owned kinds. The table of kinds (`reconciler.address`) names the module of each kind.

`OPEN` in such a module takes the facts of a run (`OwnedRun`) and returns the kind for that run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reconciler.address import Kind, owned_kinds
from reconciler.owned.kind import OwnedKind, OwnedRun

Opening = Callable[[OwnedRun], OwnedKind]


def open_kinds(run: OwnedRun) -> dict[Kind, OwnedKind]:
    """Return {kind: its `OwnedKind`} for that run, in the order in which an apply changes resources."""
    return {kind: open_kind(kind, run) for kind in owned_kinds()}


def open_kind(kind: Kind, run: OwnedRun) -> OwnedKind:
    """Return the `OwnedKind` of a kind for that run."""
    opening: Opening = import_module(kind.module).OPEN
    return opening(run)
