"""The event loop of a run, and threads that do not delay the end of the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class DaemonThreads(ThreadPoolExecutor):
    """A pool whose calls never wait for each other. A call gets a thread that is free, or else a new one.

    A DNS lookup may hang, because getaddrinfo has no time-out. Such a lookup does not delay other calls or the end of
    the program.
    """

    def __init__(self) -> None:
        super().__init__()
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._counting = threading.Lock()
        self._free = self._started = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the call in a thread of its own."""
        future: Future[Any] = Future()
        with self._counting:
            is_new = self._free == 0
            self._free -= not is_new
            self._started += is_new
        self._calls.put(lambda: self._run(future, partial(fn, *args, **kwargs)))
        if is_new:
            threading.Thread(target=self._serve, daemon=True).start()
        return future

    def _serve(self) -> None:
        while call := self._calls.get():
            call()
            del call  # it holds the result, which may have a key

    def _run(self, future: Future[Any], call: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            self._is_free()
            return
        try:
            result = call()
        except BaseException as fault:  # noqa: BLE001 - the exception is raised again where the result is awaited
            self._is_free()
            future.set_exception(fault)
        else:
            self._is_free()  # before the result is known: who waits for it has the next call
            future.set_result(result)

    def _is_free(self) -> None:
        with self._counting:
            self._free += 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let each thread end after its call. Return without waiting for any thread."""
        with self._counting:
            started, self._started = self._started, 0
        for _ in range(started):
            self._calls.put(None)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine and return its result. Threads that hang, such as a DNS lookup, do not delay the end of gwctl."""

    async def begin() -> T:
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        return await work

    return asyncio.run(begin())
