"""Shares of the event loop: reading one endpoint's answer never costs another its turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

_FREE = 0.02  # seconds of reading that an endpoint has at once: an honest list of some hundred models
_SLICE = 0.004  # seconds; after that somebody else goes on
_PIECE = 3e-5  # seconds that the HTTP library spends on a piece of a body, at the least


class ReadingPace:
    """One endpoint's reading: what is small is read at once, what is large in slices, one reader at a time."""

    def __init__(self, reading: asyncio.Lock) -> None:
        self._reading = reading
        self._spent = 0.0  # in all
        self._since = 0.0  # since others had their turn

    async def through(self, steps: Iterator[None]) -> None:
        """Take all of these steps."""
        self._add(_PIECE)
        while True:
            if self._spent < _FREE:
                done = self._slice(steps)
            else:
                async with self._reading:
                    done = self._slice(steps)
            if self._since >= _SLICE:
                self._since = 0.0
                await asyncio.sleep(0)
            if done:
                return

    def _slice(self, steps: Iterator[None]) -> bool:
        """Some steps; whether they were the last."""
        began = time.perf_counter()
        done = next((False for _ in steps if time.perf_counter() - began > _SLICE), True)
        self._add(time.perf_counter() - began)
        return done

    def _add(self, seconds: float) -> None:
        self._spent += seconds
        self._since += seconds
