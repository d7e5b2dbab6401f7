"""The steps of a command in a fork of warm.py: it is killed with SIGKILL at one of them, or looked at at each of them.

A step is a point before or after an effect: a write of the state, of the ledger, or of the keychain; with `below`, a
directory, also each time that Python opens, makes, renames or removes something in it or by a relative path.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

EFFECTS = {
    "reconciler.state.stores.file.store.FileStore": ("write",),
    "reconciler.ledger.owned_rows.OwnedRows": (
        "begin_write",
        "end_write",
        "begin_delete",
        "disown",
        "forget",
        "settle",
        "own",
    ),
    "reconciler.ledger.applied_rows.AppliedRows": ("write",),
    "reconciler.ledger.handle_rows.HandleRows": ("make", "forget", "revoke"),
    "tests.support.file_keychain.FileKeychain": ("set_password", "delete_password"),
}


# The events that name files, and how many of their arguments do: docs.python.org/3/library/audit_events.html
PATHS = {"open": 1, "os.chmod": 1, "os.link": 2, "os.listdir": 1, "os.mkdir": 1, "os.remove": 1, "os.rename": 2}
PATHS |= {"os.rmdir": 1, "os.scandir": 1, "os.symlink": 2, "os.truncate": 1}


def arm(*, kill_at: int, look: bool, below: str, kinds: Sequence[str], streams: list[int]) -> None:
    """Prepare this process for its command.

    It is killed at its `kill_at`-th step; 0: never. With `look`, stdin is a socket: at each step the process sends one
    byte and waits for one, so that somebody else can look at its files. If it looked itself, it would lose its locks.
    `kinds` are modules with kinds of owned resources that only tests have.
    """
    for name in kinds:
        import_module(name).register()  # type: ignore[attr-defined]
    steps = Steps(_ask(streams) if look else _kill_at(kill_at))
    own = {f"{name}.NoteKind": ("write", "remove") for name in kinds if hasattr(sys.modules[name], "NoteKind")}
    for holder, names in (EFFECTS | own).items():
        module, _, name = holder.rpartition(".")
        result = getattr(import_module(module), name)
        for each in names:
            setattr(result, each, steps.around(getattr(result, each)))
    if below:
        steps.watch(below)


def _kill_at(step: int) -> Callable[[], None]:
    """Return what kills this process at its n-th call; 0: nothing."""
    left = step

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _ask(streams: list[int]) -> Callable[[], None]:
    """Return what waits at each step until it was looked at; give the command an empty stdin in place of the socket."""
    somebody, one_by_one = socket.socket(fileno=os.dup(streams[0])), threading.Lock()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, streams[0])
    os.close(nothing)

    def reached() -> None:
        with one_by_one:
            somebody.sendall(b".")
            somebody.recv(1)

    return reached


class Steps:
    """The steps of this process: `one` is called at each of them."""

    def __init__(self, one: Callable[[], None]) -> None:
        self.one = one

    def watch(self, below: str) -> None:
        """Count every access to a path below this one, or to a relative path, as a step."""

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            named = [
                os.fsdecode(argument) for argument in arguments[: PATHS.get(event, 0)] if not isinstance(argument, int)
            ]
            if any(below in each or not os.path.isabs(each) for each in named):  # noqa: PTH117 - called for every step
                self.one()

        sys.addaudithook(hook)

    def around(self, effect: Callable[..., Any]) -> Callable[..., Any]:
        """Return the effect with a step before and after it."""

        def stepped(*arguments: Any, **named: Any) -> Any:
            self.one()
            result = effect(*arguments, **named)
            self.one()
            return result

        return stepped
