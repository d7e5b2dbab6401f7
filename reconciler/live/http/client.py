"""The HTTP client of gwctl. Only this module and `transport/` import httpcore."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

import httpcore

from reconciler import codes
from reconciler.live.fault import Fault
from reconciler.live.http.answer import Answer
from reconciler.live.http.body import BodyReader, KeptBytes, read
from reconciler.live.http.errors import Kind, fault_of
from reconciler.live.http.limits import Bounds
from reconciler.live.http.proxy import Route
from reconciler.live.http.retry import RETRIED, wait_before_next
from reconciler.live.http.tls import context_for
from reconciler.live.http.transport.message import body_of, header_values, headers_of, http_url
from reconciler.live.http.transport.network import Network
from reconciler.live.http.transport.pools import Pools
from reconciler.resources.tls import Tls
from reconciler.resources.urls import origin
from reconciler.secrets.binding import Binding
from reconciler.values import dataclass

T = TypeVar("T")
USUAL = Bounds()
_FAULTS = (
    httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException,
    httpcore.ProxyError, httpcore.UnsupportedProtocol,
)  # fmt: skip
_KEPT_ALIVE = 8  # connections to an origin that may serve a later request
_IDLE = 5.0  # seconds
_AT_THE_END = ("next_event", "read_eof")  # the functions of h11 that raise at the end of a stream
_SENT = ("cut", "not-http")  # faults that occur after the request was sent


@dataclass(frozen=True, kw_only=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)  # may contain the key
    route: Route
    body: object
    content: bytes | None = field(repr=False)
    bounds: Bounds
    taker: Callable[[], BodyReader] | None


@dataclass(frozen=True)
class _Way:
    """The settings of one pool of connections. The proxy may contain a password."""

    origin: str
    tls: Tls | None
    proxy: str | None = field(repr=False)
    certificate: Binding | None


class HttpClient:
    """The client that sends requests. It has a pool of connections for each origin.

    Endpoints share the TLS context if they have the same TLS files, and a pool if they also have the same origin and
    proxy.
    """

    def __init__(self) -> None:
        self._pools = Pools()
        self._contexts: dict[tuple[Tls | None, Binding | None], ssl.SSLContext] = {}
        self.reading = asyncio.Lock()  # held while one large response is parsed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pools.aclose()

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        deadline: float,
        route: Route | None = None,
        body: object = None,
        content: bytes | None = None,
        bounds: Bounds | None = None,
        taker: Callable[[], BodyReader] | None = None,
    ) -> Answer:
        """Send a request and return the response. Retry until `deadline`, a time of the event loop.

        Raise `Fault` if no response arrives. `body` is sent as JSON, and `content` is sent unchanged. `taker` is called
        once per try. It returns the reader for the body of a successful response.
        """
        request = _Request(
            method=method,
            url=url,
            headers=headers,
            route=route or Route(),
            body=body,
            content=content,
            bounds=bounds or USUAL,
            taker=taker,
        )
        for attempt in range(1, request.bounds.attempts + 1):
            outcome, wait = await self._once(request, deadline, attempt)
            if wait is None or attempt == request.bounds.attempts:
                break
            await asyncio.sleep(wait)
        if isinstance(outcome, Fault):
            raise outcome
        return outcome

    async def _once(self, request: _Request, deadline: float, attempt: int) -> tuple[Answer | Fault, float | None]:
        """Return the result of one try, and the seconds to wait before the next try.

        If the seconds are None, there is no further try.
        """
        try:
            answer = await self._exchange(request)
        except (*_FAULTS, OSError, ValueError) as exception:
            kind = _kind(exception)
            fault = fault_of(kind, exception, request.url, request.route.proxy_to(request.url))
            fault.is_sent = kind in _SENT
            return fault, wait_before_next(None, attempt, _remaining(deadline)) if kind == "cut" else None
        if answer.status not in RETRIED:
            return answer, None
        return answer, wait_before_next(answer.headers.get("retry-after"), attempt, _remaining(deadline))

    async def _exchange(self, request: _Request) -> Answer:
        data = body_of(request.body, request.content)
        headers = headers_of(request.method, request.url, request.headers, data=data, is_json=request.body is not None)
        url, limits = http_url(request.url), {"timeout": {"connect": request.bounds.connect}}
        async with (
            self._client(request) as client,
            client.stream(request.method, url, headers=headers, content=data, extensions=limits) as response,
        ):
            return await _received(request, response)

    def _client(self, request: _Request) -> AbstractAsyncContextManager[httpcore.AsyncConnectionPool]:
        way = _way(request.url, request.route)
        return self._pools.of(way, lambda: _client(way, self._context))

    def _context(self, tls: Tls | None, certificate: Binding | None) -> ssl.SSLContext:
        """Return the TLS context for these files. Loading the system's roots is slow, so that it is done once."""
        if (tls, certificate) not in self._contexts:
            self._contexts[tls, certificate] = context_for(tls, certificate)
        return self._contexts[tls, certificate]


async def _received(request: _Request, response: httpcore.Response) -> Answer:
    """Return the response with its body.

    Only `body.read` reads the body. If the status is an error, only the first bytes of the body are kept.
    """
    headers, is_success = header_values(response.headers), 200 <= response.status < 300
    kept = _kept(request, is_success)
    encoding = headers.get("content-encoding", "")
    try:
        await read(response.aiter_stream(), encoding, request.bounds.largest, kept)
    except Fault as fault:
        fault.is_sent = True
        if is_success:
            raise
        kept.data.clear()  # the status of an error is enough
    return Answer(response.status, headers, bytes(kept.data), request.url)


def _kept(request: _Request, is_success: bool) -> KeptBytes:
    if not is_success:
        return KeptBytes(request.bounds.refusal)
    if request.taker:
        return KeptBytes(request.bounds.head, request.taker())
    return KeptBytes(request.bounds.largest + 1)  # `read` raises before this limit is reached


def _kind(fault: Exception) -> Kind:
    """Return the kind of fault for an exception. Only the exception's type is used, and not its text."""
    if isinstance(fault, httpcore.ProxyError):
        return "proxy"
    if isinstance(fault, httpcore.ReadError | httpcore.WriteError):
        return "cut"
    if isinstance(fault, httpcore.RemoteProtocolError):
        return "cut" if _ended_early(fault) else "not-http"
    if isinstance(fault, httpcore.UnsupportedProtocol | httpcore.LocalProtocolError | ValueError):
        return "unusable"
    return "connection"


def _ended_early(fault: httpcore.RemoteProtocolError) -> bool:
    """Return whether the server closed the connection. Return False if the server sent data that is not HTTP.

    httpcore itself raises only at the end of a stream. Other exceptions come from h11. h11 has the same exception for
    both cases, so the function that raised the exception decides.
    """
    cause = fault.args[0] if fault.args else None
    if not isinstance(cause, Exception):
        return True
    *_, (frame, _line) = traceback.walk_tb(cause.__traceback__)
    too_long = getattr(cause, "error_status_hint", 0) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return frame.f_code.co_name in _AT_THE_END and not too_long


def _way(url: str, route: Route) -> _Way:
    """Return the settings for a URL. The client certificate is used only if its binding admits the origin."""
    shown = route.certificate if route.certificate and route.certificate.admits(origin(url)) else None
    return _Way(origin(url), route.tls, route.proxy_to(url), shown)


def _client(way: _Way, context: Callable[[Tls | None, Binding | None], ssl.SSLContext]) -> httpcore.AsyncConnectionPool:
    """Return a new pool with these settings, which already include the proxy from the environment."""
    return httpcore.AsyncConnectionPool(
        ssl_context=context(way.tls, way.certificate) if way.origin.startswith("https:") else None,
        proxy=_proxy(way.proxy, way.tls, context) if way.proxy else None,
        max_connections=None,  # `live.observe` limits parallel requests
        max_keepalive_connections=_KEPT_ALIVE,
        keepalive_expiry=_IDLE,
        network_backend=Network(),
    )


def _proxy(
    url: str, tls: Tls | None, context: Callable[[Tls | None, Binding | None], ssl.SSLContext]
) -> httpcore.Proxy:
    """Return the proxy as an object of httpcore.

    The certificate of an https proxy is verified in the same way as an endpoint's. The proxy gets no client
    certificate.
    """
    if not url.startswith(("http:", "https:")):
        hint = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY: gwctl supports http and https proxies"
        raise Fault(codes.UNREACHABLE, f"The proxy {origin(url)} has a type that is not supported.", hint)
    parts = urlsplit(url)
    password = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    return httpcore.Proxy(
        http_url(url), auth=password, ssl_context=context(tls, None) if url.startswith("https:") else None
    )


def _remaining(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine and return its result. Threads that hang, such as a DNS lookup, do not delay the end of gwctl."""
    from reconciler.live.http.threads import DaemonThreads

    async def begin() -> T:
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        return await work

    return asyncio.run(begin())
