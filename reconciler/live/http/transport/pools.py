"""The pools of connections, one to an origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager

import httpcore

_IDLE = 20  # pools with connections that may serve a later request


class Pools:
    """The pools of a run. A pool is never shared by two origins or by two ways to an origin."""

    def __init__(self) -> None:
        self._pools: dict[Hashable, httpcore.AsyncConnectionPool] = {}
        self._users: Counter[Hashable] = Counter()
        self._idle: dict[Hashable, None] = {}  # the pools without a user, the last used at the end

    @asynccontextmanager
    async def of(
        self, key: Hashable, make: Callable[[], httpcore.AsyncConnectionPool]
    ) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Return the pool for `key`, made by `make` if there is none. Only the pools that were used last stay."""
        if key not in self._pools:
            self._pools[key] = make()
        pool = self._pools[key]
        self._users[key] += 1
        self._idle.pop(key, None)
        try:
            yield pool
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                await self._is_idle(key)

    async def _is_idle(self, key: Hashable) -> None:
        del self._users[key]
        if not self._pools[key].connections:
            del self._pools[key]
            return
        self._idle[key] = None
        if len(self._idle) > _IDLE:
            oldest = next(iter(self._idle))
            del self._idle[oldest]
            await self._pools.pop(oldest).aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        while self._pools:
            await self._pools.popitem()[1].aclose()
