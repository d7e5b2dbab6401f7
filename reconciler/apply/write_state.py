"""The one way in which a state is written: under the lock, over the version that was read, and never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.atomic import replace_file
from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed
from reconciler.state.codec import decode, encode
from reconciler.state.document import State
from reconciler.state.store import Store

_SOMEBODY_WAS_FASTER = ("STATE_CHANGED", "STATE_LOCKED")


def write_state(store: Store, state: State, version: str | None, spare: Path) -> str:
    """Write it, and give the new version; `Failed` says who was faster, or where the state was kept instead."""
    data = encode(state)
    try:
        with store.lock():
            return store.write(data, version)
    except Failed as fault:
        codes = {found.code for found in fault.diagnostics}
        if "STATE_CHANGED" in codes:
            raise Failed(*_naming_the_winner(fault, store, state)) from None
        if codes.intersection(_SOMEBODY_WAS_FASTER):
            raise
        raise Failed(*_kept_beside(fault, spare, data)) from None


def _naming_the_winner(fault: Failed, store: Store, state: State) -> list[Diagnostic]:
    """Who changed the state, and when, as the state itself says."""
    try:
        stored = store.read()
        found = decode(stored.data, store.place, state.name) if stored else None
    except Failed:
        return list(fault.diagnostics)
    if found is None:
        words = "It is gone: somebody deleted it."
    elif found.written is None:
        words = f"It is at serial {found.serial} now."
    else:
        words = f"It is at serial {found.serial} now, written by {found.written.by} at {found.written.at}."
    return [replace(each, detail=f"{words} {each.detail}") for each in fault.diagnostics]


def _kept_beside(fault: Failed, spare: Path, data: bytes) -> list[Diagnostic]:
    """Nothing else was done; what was found out is kept, for whoever mends the store."""
    try:
        spare.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(spare, data)
    except OSError:
        return list(fault.diagnostics)
    words = f"The state that would have been written is kept: {spare}."
    hint = f"or, once it can be written again: gwctl state push {spare}"
    return [
        replace(each, detail=f"{each.detail} {words}".strip(), hint=f"{each.hint}; {hint}" if each.hint else hint)
        for each in fault.diagnostics
    ]
