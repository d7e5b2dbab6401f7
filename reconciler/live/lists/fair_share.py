"""Fair shares of the event loop. Parsing one endpoint's large response must not delay the other endpoints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

_FREE = 0.02  # seconds of parsing without slices: enough for a list of some hundred models
_SLICE = 0.004  # seconds of parsing before other endpoints get their turn
_PIECE = 3e-5  # minimum seconds that the HTTP library needs for one piece of a body


class ReadingPace:
    """The pace of parsing the responses of one endpoint.

    A small response is parsed at once. Large responses are parsed in slices, one response at a time.
    """

    def __init__(self, reading: asyncio.Lock) -> None:
        self._reading = reading
        self._spent = 0.0  # seconds in total
        self._since = 0.0  # seconds since the other endpoints had their turn

    async def through(self, steps: Iterator[None]) -> None:
        """Run all steps of parsing, and give the other endpoints a turn between the steps."""
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
        """Run steps of parsing for at most one slice of time. Return whether all steps are done."""
        began = time.perf_counter()
        done = next((False for _ in steps if time.perf_counter() - began > _SLICE), True)
        self._add(time.perf_counter() - began)
        return done

    def _add(self, seconds: float) -> None:
        self._spent += seconds
        self._since += seconds
