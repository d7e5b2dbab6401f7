"""The connection test of all endpoints at once; one dead endpoint costs only itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from reconciler.live.fault import Fault
from reconciler.live.http import Door, run
from reconciler.live.listing import list_models
from reconciler.live.outcome import unlisted
from reconciler.live.target import Target
from reconciler.resources.catalog import Observation

Prepare = Callable[[], Target | Observation]
OnDone = Callable[[str, Observation], None]


def observe(requests: Sequence[tuple[str, Prepare]], on_done: OnDone | None = None) -> dict[str, Observation]:
    """Ask every endpoint; what prepares one (it reads the key) runs in a thread. In the order of `requests`."""
    return cast("dict[str, Observation]", run(_all(requests, on_done or (lambda *_: None))))


async def _all(requests: Sequence[tuple[str, Prepare]], on_done: OnDone) -> dict[str, Observation]:
    async with Door() as door:
        each = [_one(door, name, prepare, on_done) for name, prepare in requests]
        found = await asyncio.gather(*each)
    return {name: seen for (name, _), seen in zip(requests, found, strict=True)}


async def _one(door: Door, name: str, prepare: Prepare, on_done: OnDone) -> Observation:
    target = await asyncio.get_running_loop().run_in_executor(None, prepare)
    seen = target if isinstance(target, Observation) else await _within_timeout(door, target)
    on_done(name, seen)
    return seen


async def _within_timeout(door: Door, target: Target) -> Observation:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(target.timeout):
            seen = await list_models(door, target, began + target.timeout)
    except TimeoutError:
        hint = f"is the server there? A slower one needs a larger `timeout` under endpoints.{target.name}"
        fault = Fault("UNREACHABLE", f"No complete answer within {target.timeout:g} s.", hint)
        seen = unlisted(target, fault, target.base_url)
    return replace(seen, latency_ms=round((loop.time() - began) * 1000), said=target.said)
