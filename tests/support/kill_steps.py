"""Commands in forks of one process. On request, a fork is killed with SIGKILL at its n-th step.

A step is a point before or after an effect: a write of the state, of the ledger, or of the keychain; with `below`, a
directory, also each time that Python opens, makes, renames or removes something in it or by a relative path. Requests
come as lines of JSON: {"arguments", "cwd", "environ", "kill_at", "below", "stdin"}; each is answered by a line: the
exit code, negative for the signal that killed it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
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


class Steps:
    """A counter of steps, which kills the process at the n-th step."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def one(self) -> None:
        """Count a step."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

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


def child(request: dict[str, Any]) -> int:
    """Run one command line in this process, which is a fork."""
    from importlib import import_module

    from reconciler.cli.main import run

    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environ"])
    steps = Steps(request["kill_at"])
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
        process = os.fork()
        if process == 0:
            code = 1
            try:
                code = child(json.loads(line))
            finally:
                os._exit(code)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
