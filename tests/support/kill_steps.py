"""Commands in forks of one process. On request, a fork is killed with SIGKILL at its n-th step.

A step is a point before or after an effect: a write of the state, of the ledger, or of the keychain; with `below`, a
directory, also each time that Python opens, makes, renames or removes something in it or by a relative path. Requests
come as lines of JSON: {"arguments", "cwd", "environ", "kill_at", "below", "stdin", "watched"}; each is answered by a
line of JSON: the exit code, negative for the signal that killed it, and a list. With `watched`, a directory, the list
has the steps at which something in it differs from what it was one step before: a kill at any other step leaves what a
kill at the last of these before it leaves.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from tests.support.warm import import_all, run_once

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


def kill_at(step: int) -> Callable[[], None]:
    """Return what kills this process at its n-th call; 0: nothing."""
    left = step

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

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


def child(request: dict[str, Any], reached: Callable[[], None]) -> int:
    """Run one command line in this process, which is a fork. Call `reached` at each step."""
    from importlib import import_module

    from reconciler.cli.main import run

    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environ"])
    steps = Steps(reached)
    own = {f"{name}.NoteKind": ("write", "remove") for name in os.environ.get("TEST_KINDS", "").split()}
    for holder, names in (EFFECTS | own).items():
        module, _, name = holder.rpartition(".")
        result = getattr(import_module(module), name)
        for each in names:
            setattr(result, each, steps.around(getattr(result, each)))
    sink = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(sink, stream)
    if request.get("stdin"):
        given, giving = os.pipe()
        os.write(giving, request["stdin"].encode())  # a key: short enough for the pipe to take it
        os.close(giving)
        os.dup2(given, 0)
    if request.get("below"):
        steps.watch(request["below"])
    return run(request["arguments"])


def forked(request: dict[str, Any], reached: Callable[[], None]) -> int:
    """Run one command line in a fork. Return the process ID."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = child(request, reached)
        finally:
            os._exit(code)
    return process


def changes(request: dict[str, Any]) -> tuple[int, list[int]]:
    """Run one command line, and look at the watched directory at each step. Return its process ID and the steps.

    The command waits at each step for this process to look. If it looked itself, it would lose its locks on the files.
    """
    (asked, ask), (answered, answer) = os.pipe(), os.pipe()
    one_by_one = threading.Lock()

    def reached() -> None:
        with one_by_one:
            os.write(ask, b".")
            os.read(answered, 1)

    process = forked(request, reached)
    os.close(ask)
    os.close(answered)
    looks: list[bytes] = []
    while os.read(asked, 1):
        looks.append(look(request["watched"]))
        os.write(answer, b".")
    os.close(asked)
    os.close(answer)
    return process, [step for step, found in enumerate(looks, 1) if step == 1 or found != looks[step - 2]]


def look(folder: str) -> bytes:
    """Return a digest of the names, modes and contents of all that a directory contains."""
    digest = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*folders, *names]):
            path = os.path.join(place, name)  # noqa: PTH118 - called for every file at every step
            mode = os.lstat(path).st_mode
            digest.update(os.fsencode(f"{path}\0{mode}\0"))
            if stat.S_ISLNK(mode):
                digest.update(os.fsencode(os.readlink(path)))  # noqa: PTH115
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:  # noqa: PTH123
                    digest.update(hashlib.sha256(file.read()).digest())
    return digest.digest()


def main() -> None:
    """Fork for every line. TEST_KINDS names modules with kinds of owned resources that only tests have."""
    import gc
    from importlib import import_module

    for name in os.environ.get("TEST_KINDS", "").split():
        import_module(name).register()
    import_all()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
        run_once()
    gc.collect()
    gc.freeze()  # else the first collection in each fork copies all of it
    for line in sys.stdin:
        request, steps = json.loads(line), []
        if request.get("watched"):
            process, steps = changes(request)
        else:
            process = forked(request, kill_at(request.get("kill_at", 0)))
        _, status = os.waitpid(process, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), steps]), flush=True)


if __name__ == "__main__":
    main()
