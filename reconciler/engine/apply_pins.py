"""The lock file's lists in the place of live ones, where a run wants them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.options import Options
from reconciler.engine.session import Session
from reconciler.lockfile.apply_pins import PinnedObservations, pin, wants_lock
from reconciler.resources.observation import Observation


def with_lock(session: Session, seen: Mapping[str, Observation], options: Options) -> PinnedObservations:
    """The observations with the lists that count; `Failed` for a lock file that cannot be used."""
    if not wants_lock(seen, options.locked):
        return PinnedObservations(dict(seen))
    from reconciler.lockfile.decode import read_lock

    lock = read_lock(session.lock, session.gateway.name)
    endpoints = (session.gateway.endpoints[name] for name in seen if _is_planned(session, name))
    return pin(endpoints, seen, lock=lock, locked=options.locked, unpinned=session.own)


def _is_planned(session: Session, name: str) -> bool:
    """Whether this run decides what the endpoint has: a machine takes everybody's as they are applied."""
    return session.scope != "machine" or name in session.own
