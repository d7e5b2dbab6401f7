"""The requests for the details of listed models, one request per model. Lists without details need these requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any

from reconciler import safe_json
from reconciler.live.dialect import DetailRequest
from reconciler.live.fault import Fault
from reconciler.live.headers import headers_for
from reconciler.live.http.client import HttpClient
from reconciler.live.http.limits import Bounds
from reconciler.live.target import Target
from reconciler.resources.observation import Listed, ListedModel, Observation
from reconciler.resources.urls import join, reached

MOST_ASKED = 50  # models; other models keep their recorded details
_AT_ONCE = 8
_SHARE = 0.5  # of the time that is left, so that slow details do not use up the time for the list
_BOUNDS = Bounds(largest=4 * 1024 * 1024, attempts=1)


def share_of(deadline: float) -> float:
    """Return the end of the time for details, as a time of the event loop in seconds.

    The requests for details may use half of the time that is left until `deadline`.
    """
    now = asyncio.get_running_loop().time()
    return now + (deadline - now) * _SHARE


async def with_details(
    door: HttpClient, target: Target, seen: Observation, *, request: DetailRequest, deadline: float
) -> Observation:
    """Return the observation with the details that could be fetched. If a request fails, its model stays as listed."""
    if not isinstance(seen.catalog, Listed):
        return seen
    until = share_of(deadline)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(model: ListedModel) -> ListedModel:
        async with turns:
            return await _asked(door, target, model, request=request, place=(seen.reach, until))

    asked = sorted((model for model in seen.catalog.models), key=lambda model: model.id)[:MOST_ASKED]
    found = {model.id: model for model in await _within(until, [one(model) for model in asked])}
    models = tuple(found.get(model.id, model) for model in seen.catalog.models)
    return replace(seen, catalog=replace(seen.catalog, models=models))


async def _within(until: float, requests: Iterable[Coroutine[Any, Any, ListedModel]]) -> list[ListedModel]:
    """Return the models whose requests end before `until`, a time of the event loop. Cancel the other requests."""
    tasks = [asyncio.create_task(request) for request in requests]
    if not tasks:
        return []
    done, late = await asyncio.wait(tasks, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [task.result() for task in done]


async def _asked(
    door: HttpClient, target: Target, model: ListedModel, *, request: DetailRequest, place: tuple[str, float]
) -> ListedModel:
    reach, until = place
    url = join(reached(target.base_url, reach), request.path)
    headers, body = headers_for(target, url), request.body(model.id)
    try:
        answer = await door.send(
            "POST", url, headers=headers, deadline=until, route=target.route, body=body, bounds=_BOUNDS
        )
        document = safe_json.loads(answer.body) if answer.is_success else None
    except (Fault, ValueError):
        return model
    if not isinstance(document, dict):
        return model
    details = request.read(document).details
    return replace(model, details=details.over(model.details) if model.details else details)
