"""The progress line at a terminal.

The line shows the pending requests and how long each request has taken. Other output replaces the line.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from reconciler.cli.console.terminal import cells, is_terminal, width_of
from reconciler.render.phrases import counted
from reconciler.text import printable

if TYPE_CHECKING:
    from types import TracebackType

    from reconciler.resources.observation import Observation

PATIENCE = 1.0  # seconds before anything is shown
_TICK = 0.25  # seconds
_LONGEST_NAME = 40
_MOST_NAMES = 20
_CI = ("CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "BUILDKITE", "JENKINS_URL")

_shown: Progress | None = None


def is_watched(environ: Mapping[str, str]) -> bool:
    """Return true if a person sees the output at a terminal that can erase a line. A CI log is not such a terminal."""
    if not (is_terminal(sys.stdout) and is_terminal(sys.stderr)):
        return False
    if any(environ.get(name, "").lower() not in ("", "0", "false") for name in _CI):
        return False
    return os.name == "nt" or environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


@contextmanager
def paused() -> Iterator[None]:
    """Erase the progress line and hide the line until the end of the block."""
    progress = _shown
    if progress is None:
        yield
        return
    with progress.erased():
        yield


class Progress:
    """A line that names the pending requests. The line appears after one second and is erased at the end."""

    def __init__(self, wanted: bool = True) -> None:
        self._wanted = wanted
        self._since: dict[str, float] = {}
        self._began = time.monotonic()
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._text = ""  # the text on the screen now
        self._held = 0  # the number of blocks that hide the line

    def __enter__(self) -> Progress:
        global _shown  # noqa: PLW0603 - there is one terminal
        if self._wanted:
            _shown = self
            threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _shown  # noqa: PLW0603
        if self._wanted:
            self._over.set()
            with self._lock:
                self._show("")
            _shown = None

    @contextmanager
    def erased(self) -> Iterator[None]:
        """Erase the line and hide the line until the end of the block."""
        with self._lock:
            self._held += 1
            self._show("")
        try:
            yield
        finally:
            with self._lock:
                self._held -= 1

    def turn(self, name: str, seen: Observation | None) -> None:
        """Record that the request to an endpoint begins. With an observation, record that the request has ended."""
        self._since.pop(name, None)
        if seen is None:
            self._since[name] = time.monotonic()

    @contextmanager
    def waiting_for(self, name: str) -> Iterator[None]:
        """Show `name` as pending until the end of the block."""
        self._since[name] = time.monotonic()
        try:
            yield
        finally:
            self._since.pop(name, None)

    def _run(self) -> None:
        while not self._over.wait(_TICK):
            now = time.monotonic()
            if now - self._began >= PATIENCE:
                with self._lock:
                    if not (self._held or self._over.is_set()):
                        self._show(self._words(now))

    def _words(self, now: float) -> str:
        since = dict(self._since)
        waits = [(name, now - begun) for name, begun in islice(since.items(), _MOST_NAMES)]
        return words(waits, len(since), width_of(sys.stderr) - 1)

    def _show(self, text: str) -> None:
        """Replace the line on the screen with this text.

        The cursor stays at the start of the line. If the window gets narrower and the line wraps, the whole line is
        still after the cursor and can be erased.
        """
        if text == self._text:
            return
        before = "\r" + " " * cells(self._text) if os.name == "nt" else "\r\x1b[J"
        _write(f"{before if self._text else ''}\r{text}\r")
        self._text = text


def words(waits: list[tuple[str, float]], number: int, width: int) -> str:
    """Return the longest line that fits the width.

    The line names the requests that began first, and the number of other requests.
    """
    if not waits:
        return ""
    texts = [f"{printable(name, _LONGEST_NAME)} {seconds:.0f} s" for name, seconds in waits]
    for shown in range(len(texts), -1, -1):
        rest = number - shown
        tail = [f"… and {rest} more" if shown else counted(rest, "endpoint")] if rest else []
        text = f"waiting for {', '.join([*texts[:shown], *tail])}"
        if cells(text) <= width:
            return text
    return "waiting…"[: max(width, 0)]


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # the terminal is closed; the next output reports the error
        return
