"""The errors of stores. All kinds of store use the same words.

`place` and `why` are shown unchanged. They must not contain a password. Text from a server must have passed through
`text.sentence`.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed, GatewayError
from reconciler.installation import libraries_of, pip_install

Failing = Callable[[str, str, str], Failed]  # place, why, hint

_NOTHING_DONE = "The state is needed to plan and apply. Nothing was done."


class LockHeld(GatewayError):
    """Another run holds the lock of the state. `who` has the holder and the time, or is None if they are unknown."""

    def __init__(self, who: str | None) -> None:
        super().__init__(who)
        self.who = who


def unreadable(place: str, why: str, hint: str) -> Failed:
    """Return the error for a state that cannot be read."""
    return Failed(
        error(codes.STATE_UNREADABLE, f"Cannot read the state: {place}: {why}", detail=_NOTHING_DONE, hint=hint)
    )


def unwritable(place: str, why: str, hint: str) -> Failed:
    """Return the error for a failed write. The stored state is unchanged."""
    detail = "Nothing was done: the stored state is unchanged."
    return Failed(error(codes.STATE_UNWRITABLE, f"Cannot write the state: {place}: {why}", detail=detail, hint=hint))


def uncertain(place: str, why: str) -> Failed:
    """Return the error for a write without an answer. The server may have changed the state."""
    return Failed(
        error(
            codes.STATE_UNWRITABLE,
            f"The connection was lost while writing the state: {place}: {why}",
            detail="The write may or may not have succeeded. The stored state is intact in both cases. "
            "Nothing else was done.",
            hint="run the command again to make a new plan from the stored state",
        )
    )


def changed(place: str) -> Failed:
    """Return the error for a write after another run has changed the state."""
    return Failed(
        error(
            codes.STATE_CHANGED,
            f"Another run changed the state in the meantime: {place}",
            detail="The plan was made for the previous state. Nothing was done.",
            hint="run the command again to make a new plan",
        )
    )


def locked(place: str, who: str | None, hint: str) -> Failed:
    """Return the error for a lock that another run holds. `who` has the holder and the time."""
    summary = f"The state is locked by {who or 'another gwctl'}: {place}"
    return Failed(
        error(
            codes.STATE_LOCKED,
            summary,
            detail="Two runs at the same time could overwrite each other's changes. Nothing was done.",
            hint=hint,
        )
    )


def refused(place: str, why: str, hint: str) -> Failed:
    """Return the error for a store that rejects a request because a credential is wrong or a right is missing."""
    detail = "The state is needed to plan and apply. Nothing was done."
    return Failed(
        error(codes.STORE_REFUSED, f"The store rejected the request: {place}: {why}", detail=detail, hint=hint)
    )


def not_installed(scheme: str, library: str, extra: str) -> Failed:
    """Return the error for a store whose library is not installed. The library is an extra of gwctl."""
    summary = f"A state in `{scheme}:` needs {library}, which is not installed"
    return Failed(
        error(
            codes.STORE_NOT_INSTALLED,
            summary,
            detail="Nothing was done.",
            hint=pip_install(*(libraries_of(extra) or [library])),
        )
    )


def misunderstood(place: str, why: str) -> Failed:
    """Return the error for a URL with a part that the store does not know."""
    hint = "docs/reference/stores.md describes the URLs"
    return Failed(
        error(
            codes.UNKNOWN_STORE,
            f"The URL of the state is not valid: {place}: {why}",
            detail="Nothing was done.",
            hint=hint,
        )
    )
