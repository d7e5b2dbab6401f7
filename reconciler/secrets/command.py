"""Running a command that prints a key: bounded in time and output, and nothing of it is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from reconciler.files.read_file import from_home

LARGEST = 64 * 1024  # bytes; the longest tokens in use are a few kilobytes
_LAST = 4 * 1024  # bytes of what it wrote to stderr that are kept
_BY_HAND = "run it by hand to see its output"
_PART = 6  # characters: as many of a key in a row are a part of it
_GRACE = 1.0  # seconds to take what the pipe still holds when the command has ended


@dataclass(frozen=True)
class CommandOutput:
    """A command that ended well: its stdout, as far as a key can reach (one byte more says that it is longer)."""

    data: bytes


@dataclass(frozen=True)
class CommandFault:
    """No key came of it: `reason` goes on from "the command `x`"; `said` is the last line of its stderr."""

    reason: str
    hint: str
    said: str = ""


def run_command(argv: Sequence[str], directory: str, timeout: float) -> CommandOutput | CommandFault:
    """Run it there for at most `timeout` seconds.

    The command counts as ended when its own process has: what it left in the background is ended with it where it
    can be, and is not waited for. More output than a key may have ends it at once.
    """
    try:
        process = subprocess.Popen(
            [from_home(argv[0]), *argv[1:]],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "its arguments cannot be passed"
        return CommandFault(f"cannot be run: {why}", "check the arguments under `key: {command: …}`")
    output = _Pipe(process.stdout, lambda data: data[: LARGEST + 1], LARGEST, lambda: _end(process))
    errors = _Pipe(process.stderr, lambda data: data[-_LAST:])
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        return CommandFault(f"printed no key within {timeout:g} s", f"{_BY_HAND}, or increase the endpoint's `timeout`")
    finally:
        _end(process)
        process.wait()
    data = output.taken()
    if code and len(data) <= LARGEST:
        return CommandFault(f"failed with exit code {code}", _BY_HAND, _last_line(errors.taken(), data))
    errors.hang_up()
    return CommandOutput(data)


class _Pipe:
    """Reads one of the command's streams in a thread of its own, so that a full pipe never stops the command."""

    def __init__(
        self,
        stream: IO[bytes] | None,
        keep: Callable[[bytes], bytes],
        most: int | None = None,
        on_full: Callable[[], None] = lambda: None,
    ) -> None:
        self._keep = keep
        self._most = most  # bytes; None: as many as come
        self._on_full = on_full
        self._data = b""
        self._is_taken = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def taken(self) -> bytes:
        """Everything that came; somebody who still holds the other end is not waited for."""
        self._thread.join(_GRACE)
        self.hang_up()
        return self._data

    def hang_up(self) -> None:
        """Read no more: whoever still writes to the other end is told so by the system."""
        self._is_taken = True

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            while not self._is_taken and (chunk := os.read(stream.fileno(), 64 * 1024)):
                self._data = self._keep(self._data + chunk)
                if self._most is not None and len(self._data) > self._most:
                    self._on_full()
                    return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it started in its own process group."""
    with suppress(ProcessLookupError, PermissionError):  # all of them have ended already
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _last_line(errors: bytes, output: bytes) -> str:
    """The last line of its stderr; nothing where that holds a part of what it printed, which may be a key."""
    lines = errors.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    printed, folded = "".join(output.decode(errors="replace").split()), "".join(last.split())
    parts = (printed[at : at + _PART] for at in range(max(1, len(printed) - _PART + 1)))
    return "" if printed and any(part in folded for part in parts) else last
