"""The write of the state. The write needs the lock and replaces only the version that was read.

If the write fails, the new state is saved in a spare file on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.state.codec import decode, encode_checked
from reconciler.state.document import State
from reconciler.state.kinship import LARGEST, is_kin
from reconciler.state.stores import errors
from reconciler.state.stores.store import Store
from reconciler.values import dataclass

OnWait = Callable[[str], None]
LONGEST_LOCK = 75.0  # seconds; the lock of a killed run expires after a minute

_SOMEBODY_WAS_FASTER = (codes.STATE_CHANGED, codes.STATE_LOCKED)


@dataclass(frozen=True)
class ReadState:
    """The state that a write replaces, and the version of the bytes that were read."""

    state: State
    version: str | None

    def kept(self, place: str) -> bytes | None:
        """Return the bytes for a backup of the previous version, without header values.

        Return None if the backup can be a copy of the stored bytes.
        """
        return encode_checked(self.state, place) if self.state.older else None


def write_state(store: Store, state: State, before: ReadState, spare: OwnFile, on_wait: OnWait = lambda _: None) -> str:
    """Write the state, and return the new version.

    Raise `Failed` with the name of the other writer, or with the path of the spare file that contains the new state. In
    a shared store, wait at most `LONGEST_LOCK` for the lock, and call `on_wait` with a message.
    """
    data = encode_checked(state, store.place)
    try:
        if before.state.older:
            _renew(spare)
        return _write_in_turn(store, data, before, on_wait)
    except Failed as fault:
        reasons = {diagnostic.code for diagnostic in fault.diagnostics}
        if codes.STATE_CHANGED in reasons:
            raise Failed(*_naming_the_winner(fault, store, state)) from None
        if reasons.intersection(_SOMEBODY_WAS_FASTER):
            raise
        if codes.STORE_REFUSED in reasons and before.version is not None:
            raise Failed(_read_only(store)) from None
        raise Failed(*_kept_beside(fault, spare, data)) from None


def _read_only(store: Store) -> Diagnostic:
    """Return the error for a database role that can read the state but cannot write the state."""
    summary = f"This role has read-only access to the state: {store.place}"
    detail = "The pipeline applies shared resources. Nothing was done."
    hint = "let the pipeline apply the plan; docs/reference/stores.md lists the rights that its role needs"
    return error(codes.STORE_READ_ONLY, summary, detail=detail, hint=hint)


def _write_in_turn(store: Store, data: bytes, before: ReadState, on_wait: OnWait) -> str:
    kept = before.kept(store.place)
    if not store.is_shared:
        with store.lock():
            return store.write(data, before.version, kept)
    from reconciler.retries import retry_context

    attempts = retry_context(
        on=_is_locked, attempts=None, timeout=LONGEST_LOCK, wait_initial=0.5, wait_max=2.0, wait_jitter=0.5
    )
    for attempt in attempts:
        with attempt, _wait_reported(on_wait, attempt.num == 1), store.lock():
            return store.write(data, before.version, kept)
    raise AssertionError("a retry context ends with a value or an exception")


def _is_locked(fault: Exception) -> bool:
    return isinstance(fault, Failed) and any(diagnostic.code == codes.STATE_LOCKED for diagnostic in fault.diagnostics)


@contextmanager
def _wait_reported(on_wait: OnWait, first: bool) -> Iterator[None]:
    try:
        yield
    except Failed as fault:
        if first and _is_locked(fault):
            on_wait(f"{fault.diagnostics[0].summary}; waiting")
        raise


def _naming_the_winner(fault: Failed, store: Store, state: State) -> list[Diagnostic]:
    """Return the diagnostics with the other writer's name and time, as the state records them."""
    try:
        stored = store.read()
        winner = decode(stored.data, store.place, state.name) if stored else None
    except Failed:
        return list(fault.diagnostics)
    if winner is None:
        words = "Another run deleted the state."
    elif winner.written is None:
        words = f"The state now has serial {winner.serial}."
    else:
        words = f"The state now has serial {winner.serial}, written by {winner.written.by} at {winner.written.at}."
    return [replace(diagnostic, detail=f"{words} {diagnostic.detail}") for diagnostic in fault.diagnostics]


def _kept_beside(fault: Failed, spare: OwnFile, data: bytes) -> list[Diagnostic]:
    """Save the new state in the spare file. Return the diagnostics with the path of the spare file."""
    path = spare.path
    try:
        spare.make_folder()
        spare.replace(data, partial(is_kin, data), LARGEST)
    except OSError as why:
        words = f"The new state could not be saved in {path} either: {why.strerror}."
        return [replace(diagnostic, detail=f"{diagnostic.detail} {words}".strip()) for diagnostic in fault.diagnostics]
    words = f"The new state was saved in {path}."
    hint = f"or, when the store is writable again: gwctl state push {path}"
    return [
        replace(
            diagnostic,
            detail=f"{diagnostic.detail} {words}".strip(),
            hint=f"{diagnostic.hint}; {hint}" if diagnostic.hint else hint,
        )
        for diagnostic in fault.diagnostics
    ]


def _renew(spare: OwnFile) -> None:
    """Rewrite an older gwctl's spare file in the current format, without header values."""
    try:
        data = spare.read(LARGEST)
        kept = decode(data, str(spare.path), None)
    except (OSError, Failed):  # there is no spare file, or it is not a state
        return
    try:
        if kept.older:
            spare.replace(encode_checked(kept, str(spare.path)), partial(is_kin, data), LARGEST)
    except OSError as fault:
        hint = "make the file writable, or delete it: it contains header values"
        raise errors.unwritable(str(spare.path), str(fault.strerror), hint) from None
