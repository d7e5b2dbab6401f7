"""Requests to an HTTP store. They use the same client, proxies and trusted CAs as requests to endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from reconciler.live.fault import Fault
from reconciler.live.http.answer import Answer
from reconciler.live.http.client import HttpClient
from reconciler.live.http.limits import Bounds
from reconciler.live.http.proxy import Route
from reconciler.live.http.threads import run
from reconciler.state.stores.http_exchange import NoAnswer, Request

_LARGEST = 256 * 1024 * 1024  # bytes
_CONNECT = 10.0  # seconds


def exchange(request: Request, environ: Mapping[str, str] | None = None) -> Answer:
    """Send the request over a new connection, through the proxies of `environ`.

    Raise `NoAnswer` if no response arrives.
    """
    try:
        return run(_within(request, Route(environ=environ)))
    except Fault as fault:
        raise NoAnswer(fault.detail.rstrip("."), fault.is_sent) from None
    except TimeoutError:
        raise NoAnswer(f"no complete answer within {request.seconds:.0f} s", is_sent=True) from None


async def _within(request: Request, route: Route) -> Answer:
    bounds = Bounds(largest=_LARGEST, refusal=_LARGEST, attempts=4 if request.again else 1, connect=_CONNECT)
    async with asyncio.timeout(request.seconds), HttpClient() as door:
        deadline = asyncio.get_running_loop().time() + request.seconds
        headers = {"Accept-Encoding": "identity", **request.headers}
        return await door.send(
            request.method, request.url, headers, deadline, route=route, content=request.body, bounds=bounds
        )
