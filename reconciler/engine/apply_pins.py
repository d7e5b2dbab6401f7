"""The lock file's lists in the place of live ones, where a run wants them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.options import Options
from reconciler.engine.session import Workspace
from reconciler.lockfile.apply_pins import PinnedObservations, pin, wants_lock
from reconciler.resources.observation import Observation


def with_lock(workspace: Workspace, seen: Mapping[str, Observation], options: Options) -> PinnedObservations:
    """The observations with the lists that count; `Failed` for a lock file that cannot be used."""
    if not wants_lock(seen, options.locked):
        return PinnedObservations(dict(seen))
    from reconciler.lockfile.decode import read_lock

    lock = read_lock(workspace.lock, workspace.gateway.name)
    endpoints = (workspace.gateway.endpoints[name] for name in seen if _is_planned(workspace, name))
    return pin(endpoints, seen, lock, options.locked, workspace.own)


def _is_planned(workspace: Workspace, name: str) -> bool:
    """Whether this run decides what the endpoint has: a machine takes everybody's as they are applied."""
    return workspace.scope != "machine" or name in workspace.own
