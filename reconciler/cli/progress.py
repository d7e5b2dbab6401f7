"""Progress on stderr, when it is a terminal and asking takes longer than a second."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from reconciler.text import printable

if TYPE_CHECKING:
    from rich.status import Status

    from reconciler.resources.catalog import Observation

PATIENCE = 1.0  # seconds


class Progress:
    """A line that says who has answered; never begun where nobody would see it."""

    def __init__(self, wanted: bool = True) -> None:
        self._done: list[str] = []
        self._status: Status | None = None
        self._lock = threading.Lock()
        self._ended = False
        self._timer = threading.Timer(PATIENCE, self._begin) if wanted and sys.stderr.isatty() else None

    def __enter__(self) -> Progress:
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._status:
                self._status.stop()

    def done(self, name: str, _seen: Observation) -> None:
        """One more endpoint has answered, or will not."""
        with self._lock:
            self._done.append(name)
            if self._status:
                self._status.update(self._words())

    def _begin(self) -> None:
        from rich.console import Console
        from rich.status import Status

        with self._lock:
            if not self._ended:
                self._status = Status(self._words(), console=Console(stderr=True, markup=False))
                self._status.start()

    def _words(self) -> str:
        answered = ", ".join(printable(name, 40) for name in self._done[-5:])
        return f"asking the endpoints; {len(self._done)} done" + (f": {answered}" if answered else "")
