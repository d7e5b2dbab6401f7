"""The door to uvicorn. One process serves the loopback address, writes no log, and ends after a quiet time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn

from reconciler.values import dataclass
from reconciler.web.app import application
from reconciler.web.desk import Desk
from reconciler.web.entry import entry_page
from reconciler.web.gate import Gate

if TYPE_CHECKING:
    from reconciler.engine.options import Options

ADDRESS = "127.0.0.1"
_PATIENCE = 5  # seconds for what is still being answered when the server ends


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The functions to call when the page can be entered, when a browser has entered, and after a bug."""

    show: Callable[[str], None]  # gets the HTML of the entry page
    entered: Callable[[], None]
    report: Callable[[Exception], None]


def serve(options: Options, entry: Entry, quiet: float) -> bool:
    """Serve the page until ^C, or until `quiet` seconds have passed without a request.

    Return true if the quiet time has passed.
    """
    config = uvicorn.Config(
        _nothing, host=ADDRESS, port=0, log_config=None, access_log=False, lifespan="off", ws="none"
    )
    listening = config.bind_socket()
    listening.listen()  # from here on a browser that is quicker than the server waits
    gate = Gate(listening.getsockname()[1])
    clock = _QuietClock(application(Desk(options, gate, entry.report), entry.entered))
    server = uvicorn.Server(
        uvicorn.Config(
            clock,
            log_config=None,
            log_level="critical",  # a message may hold a value
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            date_header=False,
            limit_concurrency=64,
            timeout_graceful_shutdown=_PATIENCE,
        )
    )
    try:
        entry.show(entry_page(gate))
        with suppress(KeyboardInterrupt):
            asyncio.run(_until_quiet(server, clock, listening, quiet))
    finally:
        listening.close()
    return clock.seconds >= quiet


async def _until_quiet(server: uvicorn.Server, clock: _QuietClock, listening: Any, quiet: float) -> None:
    async def watch() -> None:
        while clock.seconds < quiet:  # noqa: ASYNC110 - every request begins the quiet time again
            await asyncio.sleep(min(1.0, quiet - clock.seconds + 0.01))
        server.should_exit = True

    watching = asyncio.create_task(watch())
    try:
        await server.serve([listening])
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


class _QuietClock:
    """The application, with a clock that counts the seconds since the last request."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._running = 0
        self._ended = time.monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass one request to the application."""
        self._running += 1
        try:
            await self._inner(scope, receive, send)
        finally:
            self._running -= 1
            self._ended = time.monotonic()

    @property
    def seconds(self) -> float:
        """The seconds since the last request ended, or 0 while a request is being answered."""
        return 0.0 if self._running else time.monotonic() - self._ended


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """Do nothing. uvicorn needs an application even to bind the address."""
