"""The registry of owned kinds: the table of kinds (`reconciler.address`) names the module of each.

Such a module has a name `OPEN`: what makes the kind of one run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reconciler.address import Kind, owned_kinds
from reconciler.owned.kind import OwnedKind, OwnedRun

Opening = Callable[[OwnedRun], OwnedKind]


def open_kinds(run: OwnedRun) -> dict[Kind, OwnedKind]:
    """Return every owned kind, for that run, in the order in which an apply comes to them."""
    return {kind: open_kind(kind, run) for kind in owned_kinds()}


def open_kind(kind: Kind, run: OwnedRun) -> OwnedKind:
    """Return that kind, for that run."""
    opening: Opening = import_module(kind.module).OPEN
    return opening(run)
