"""A command at a separate terminal, with functions to read the screen and to type."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.forks import Fork, Warm, words_of
from tests.support.screen import Screen

_PATIENCE = 90.0  # seconds; only a test that fails waits for so long
_QUESTION = b"[y/n]: "


class Terminal:
    """A pseudo-terminal with one command in it. gwctl runs in a fork of `warm` if possible."""

    process: subprocess.Popen[bytes] | Fork

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        columns: int = 80,
        warm: Warm | None = None,
    ) -> None:
        import pty

        self.screen = Screen(columns, self.types)
        self.raw = b""
        self._master, slave = pty.openpty()
        self.resize(columns)
        environ = {"TERM": "xterm-256color", **environ}
        words = words_of(command, environ) if warm else None
        if warm and words is not None:
            self.process = warm.at_terminal(words, folder, environ, slave)
        else:
            self.process = _process(command, folder, environ, slave)
        os.close(slave)

    def resize(self, columns: int) -> None:
        """Set the width of the window."""
        import fcntl
        import termios

        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.screen.columns = columns

    @property
    def text(self) -> str:
        """All output, as in a log."""
        return self.raw.decode(errors="replace").replace("\r\n", "\n")

    def types(self, text: str) -> None:
        """Type the text."""
        os.write(self._master, text.encode())

    def until(self, wanted: str | Callable[[], Any]) -> None:
        """Wait until the screen contains the text, or until the condition is true."""
        given_up = time.monotonic() + _PATIENCE
        while not (wanted in " ".join(self.screen.lines) if isinstance(wanted, str) else wanted()):
            assert time.monotonic() < given_up, f"waited for {wanted!r} in vain:\n{self.screen.text}"
            assert self._reads(), f"it ended before {wanted!r}:\n{self.screen.text}"

    def ends(self, answer: str = "") -> int:
        """Wait until the command ends, and return its exit code. Answer every question with `answer`."""
        given_up, answered = time.monotonic() + _PATIENCE, self.raw.count(_QUESTION)
        while self._reads():
            if answer and self.raw.count(_QUESTION) > answered:
                answered += 1
                self.types(f"{answer}\n")
            assert time.monotonic() < given_up, f"it does not end:\n{self.screen.text}"
        return self.process.wait(timeout=10)

    def answers(self, answers: Mapping[str, str]) -> int:
        """Answer each of these questions whenever it is asked, and [y/n] with yes. Return the exit code at the end."""
        answers = {_QUESTION.decode().rstrip(): "y\n", **answers}
        given_up, seen = time.monotonic() + _PATIENCE, 0
        while self._reads():
            shown = self.screen.text
            asked = [(at, question) for question in answers if (at := shown.find(question, seen)) >= 0]
            if asked:
                at, question = min(asked)
                seen = at + len(question)
                self.types(answers[question])
            assert time.monotonic() < given_up, f"it does not end:\n{shown}"
        return self.process.wait(timeout=10)

    def close(self) -> None:
        """Kill the command if it still runs, and close the terminal."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _reads(self) -> bool:
        """Read the new output. Return False at the end."""
        if not select.select([self._master], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the other side of a terminal is closed
            return False
        self.raw += data
        self.screen.feed(data)
        return bool(data)


def _process(command: Sequence[str], folder: Path, environ: Mapping[str, str], slave: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - without a controlling terminal ^C reaches nobody
    )


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def terminal(warm: Warm | None) -> Iterator[Callable[..., Terminal]]:
    """Yield a function that starts a command at a terminal. It can be called several times."""
    if os.name != "posix":
        pytest.skip("a terminal: POSIX only")
    terminals: list[Terminal] = []

    def start(command: Sequence[str], folder: Path, environ: Mapping[str, str], columns: int = 80) -> Terminal:
        terminals.append(Terminal(command, folder, environ, columns, warm))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()
