"""The run of a command that prints a key. Its time and its output are limited, and all its processes are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

from reconciler.files.read_file import from_home
from reconciler.secrets.key import LARGEST
from reconciler.values import dataclass

_LAST = 4 * 1024  # bytes that are kept from the end of stderr
_BY_HAND = "run the command by hand to see its output"
_PART = 6  # consecutive characters of the output that must not be shown
_GRACE = 1.0  # seconds to read the rest of the pipe after the command has ended


@dataclass(frozen=True)
class CommandOutput:
    """The stdout of a successful command, with at most `LARGEST` + 1 bytes.

    The extra byte means that the command printed more than `LARGEST` bytes.
    """

    data: bytes


@dataclass(frozen=True)
class CommandFault:
    """The reason why a command printed no key. `reason` continues "the command `x`". `last_line` comes from stderr."""

    reason: str
    hint: str
    last_line: str = ""


def run_command(argv: Sequence[str], directory: str, timeout: float, program: str = "") -> CommandOutput | CommandFault:
    """Run the command in `directory` for at most `timeout` seconds. Return its output, or the fault.

    The run ends when the command's own process ends. Its background processes are then killed if the system allows
    this. The run does not wait for them. If the command prints more than `LARGEST` bytes, the command is killed
    immediately.
    """
    try:
        process = subprocess.Popen(
            [from_home(argv[0]), *argv[1:]],
            executable=program or None,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "the command's arguments cannot be passed"
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
    """The reader of one stream of the command.

    It runs in a separate thread, so that a full pipe never blocks the command.
    """

    def __init__(
        self,
        stream: IO[bytes] | None,
        keep: Callable[[bytes], bytes],
        most: int | None = None,
        on_full: Callable[[], None] = lambda: None,
    ) -> None:
        self._keep = keep
        self._most = most  # bytes; None: no limit
        self._on_full = on_full
        self._data = b""
        self._is_taken = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def taken(self) -> bytes:
        """Return all data that arrived, even if a process still holds the other end of the pipe."""
        self._thread.join(_GRACE)
        self.hang_up()
        return self._data

    def hang_up(self) -> None:
        """Stop reading the pipe. A process that still writes to the pipe then gets an error from the system."""
        self._is_taken = True

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            while not self._is_taken and (chunk := os.read(stream.fileno(), 64 * 1024)):
                self._data = self._keep(self._data + chunk)
                if self._most is not None and len(self._data) > self._most:
                    self._on_full()
                    return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the command and the processes in its process group."""
    with suppress(ProcessLookupError, PermissionError):  # all processes have already ended
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _last_line(errors: bytes, output: bytes) -> str:
    """Return the last line of stderr. Return "" if the line contains a part of stdout, because stdout may be a key."""
    lines = errors.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    printed, folded = "".join(output.decode(errors="replace").split()), "".join(last.split())
    parts = (printed[at : at + _PART] for at in range(max(1, len(printed) - _PART + 1)))
    return "" if printed and any(part in folded for part in parts) else last
