"""The connection test of all endpoints. The endpoints are tested in parallel.

A fault of one endpoint affects no other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import field, replace
from functools import partial

from reconciler import codes
from reconciler.live.fault import Fault, contained
from reconciler.live.http.client import HttpClient
from reconciler.live.http.threads import run
from reconciler.live.lists.list_models import list_models
from reconciler.live.outcome import unasked, unlisted
from reconciler.live.target import Target
from reconciler.resources.observation import Observation
from reconciler.resources.urls import origin
from reconciler.values import dataclass

AT_ONCE = 100  # endpoints
AT_ONCE_PER_ORIGIN = 16

Prepare = Callable[[], Target | Observation]
_Prepared = Callable[[], Awaitable[Target | Observation]]
OnDone = Callable[[str, Observation | None], None]  # (endpoint, its observation); None: the endpoint's turn begins


@dataclass
class _Turns:
    """The limits on parallel exchanges. One limit is for all endpoints, and a lower limit is for each origin."""

    preparing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    asking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    of_origin: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_ORIGIN))
    )


def observe(
    requests: Sequence[tuple[str, Prepare]], on_done: OnDone | None = None, at_hand: Collection[str] = ()
) -> dict[str, Observation]:
    """Contact every endpoint. Return {endpoint: observation} in the order of `requests`.

    Each `Prepare` runs in a thread, because it reads the key. For the endpoints in `at_hand` it runs at once, because
    it does not have to wait for a key. `on_done` is called when an endpoint's turn begins, and when the turn ends.
    """
    prepared = [(name, partial(_at_once if name in at_hand else _in_thread, prepare)) for name, prepare in requests]
    return run(_all(prepared, on_done or (lambda *_: None)))


async def _at_once(prepare: Prepare) -> Target | Observation:
    return prepare()


async def _in_thread(prepare: Prepare) -> Target | Observation:
    return await asyncio.get_running_loop().run_in_executor(None, prepare)


async def _all(requests: Sequence[tuple[str, _Prepared]], on_done: OnDone) -> dict[str, Observation]:
    turns = _Turns()
    async with HttpClient() as door:
        exchanges = [_one(door, turns, name=name, prepare=prepare, on_done=on_done) for name, prepare in requests]
        run = await asyncio.gather(*exchanges)
    return {name: seen for (name, _), seen in zip(requests, run, strict=True)}


async def _one(door: HttpClient, turns: _Turns, name: str, prepare: _Prepared, on_done: OnDone) -> Observation:
    try:
        seen = await contained(_prepared_and_asked(door, turns, prepare, lambda: on_done(name, None)))
    except Fault as fault:
        seen = unasked(fault)
    on_done(name, seen)
    return seen


async def _prepared_and_asked(
    door: HttpClient, turns: _Turns, prepare: _Prepared, on_turn: Callable[[], None]
) -> Observation:
    async with turns.preparing:
        on_turn()
        target = await prepare()
    if isinstance(target, Observation):
        return target
    async with door.visiting(target.base_url), turns.of_origin[origin(target.base_url)], turns.asking:
        on_turn()
        return await _within_timeout(door, target)


async def _within_timeout(door: HttpClient, target: Target) -> Observation:
    """Return the observation of one endpoint. The time-out starts with the endpoint's turn and includes all retries."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(target.timeout):
            seen = await contained(list_models(door, target, began + target.timeout))
    except TimeoutError:
        hint = f"check that the server is running; if it is slow, set a larger `timeout` under endpoints.{target.name}"
        fault = Fault(codes.UNREACHABLE, f"No complete answer within {target.timeout:g} s.", hint)
        seen = unlisted(target, fault, target.base_url)
    except Fault as fault:
        seen = unlisted(target, fault, target.base_url)
    diagnostics = tuple(diagnostic for diagnostic in target.diagnostics if diagnostic is not seen.cause)
    latency = round((loop.time() - began) * 1000)
    return replace(seen, latency_ms=latency, diagnostics=(*diagnostics, *seen.diagnostics))
