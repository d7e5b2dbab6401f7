"""The HTTP client of gwctl. No other module imports httpx."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import field
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from reconciler import __version__, codes
from reconciler.live.fault import Fault
from reconciler.live.http.answer import Answer
from reconciler.live.http.body import ACCEPTED, BodyReader, KeptBytes, read
from reconciler.live.http.errors import Kind, ended_early, fault_of
from reconciler.live.http.limits import Bounds
from reconciler.live.http.proxy import Route
from reconciler.live.http.retry import RETRIED, wait_before_next
from reconciler.live.http.tls import context_for, no_trust
from reconciler.resources.tls import Tls
from reconciler.resources.urls import origin
from reconciler.secrets.binding import Binding
from reconciler.values import dataclass

if TYPE_CHECKING:
    import ssl

USUAL = Bounds()
# httpx's transport adds no header. Its client would, but it also follows redirects, keeps cookies and has auth flows:
# gwctl does none of that, and the client takes as long for it as the exchange does.
_USUAL = httpx.Headers(
    {
        "User-Agent": f"gwctl/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": ACCEPTED,
        "Connection": "keep-alive",
    }
)
_LIMITS = httpx.Limits(max_keepalive_connections=8)  # `live.observe` limits parallel requests
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
    """The settings of one transport of httpx. The proxy may contain a password."""

    secure: bool
    tls: Tls | None
    proxy: str | None = field(repr=False)
    certificate: Binding | None


@dataclass
class _Host:
    """The transports to one origin, or to all origins behind a proxy."""

    transports: dict[_Way, httpx.AsyncHTTPTransport] = field(default_factory=dict)
    visits: int = 0  # of `visiting`
    requests: int = 0  # that have no complete response yet

    async def close(self) -> None:
        """Close the connections."""
        unused = list(self.transports.values())
        self.transports.clear()  # a request that begins meanwhile gets a transport of its own, which stays
        for transport in unused:
            await transport.aclose()


class HttpClient:
    """The client that sends requests. Endpoints with the same origin, TLS files and proxy share a transport of httpx.

    The pool of a transport looks at all of its connections for each request, so there is one for each origin. The
    connections to a proxy serve all origins, so these share one.
    """

    def __init__(self) -> None:
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)  # by origin; "": behind a proxy
        self._context_of = cache(_context)
        self.reading = asyncio.Lock()  # held while one large response is parsed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as stack:  # a connection that cannot be closed must not keep the others open
            for host in self._hosts.values():
                stack.push_async_callback(host.close)

    @asynccontextmanager
    async def visiting(self, url: str) -> AsyncIterator[None]:
        """Close the connections to the origin of the URL when the last of these contexts ends.

        The connections to a thousand hosts would otherwise stay open until the end of the run.
        """
        host = self._hosts[origin(url)]
        host.visits += 1
        try:
            yield
        finally:
            host.visits -= 1
            if not host.visits and not host.requests:
                await host.close()

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
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as exception:
            kind = _kind(exception)
            fault = fault_of(kind, exception, request.url, request.route.proxy_to(request.url))
            fault.is_sent = kind in _SENT
            return fault, wait_before_next(None, attempt, _remaining(deadline)) if kind == "cut" else None
        if answer.status not in RETRIED:
            return answer, None
        return answer, wait_before_next(answer.headers.get("retry-after"), attempt, _remaining(deadline))

    async def _exchange(self, request: _Request) -> Answer:
        way = _way(request.url, request.route)
        host = self._hosts["" if way.proxy else origin(request.url)]
        host.requests += 1
        try:
            return await self._exchanged(request, self._transport(host, way))
        finally:
            host.requests -= 1

    async def _exchanged(self, request: _Request, transport: httpx.AsyncHTTPTransport) -> Answer:
        sent = httpx.Request(
            request.method,
            request.url,
            headers=_headers(request),
            json=request.body,
            content=request.content,
            extensions={"timeout": {"connect": request.bounds.connect}},  # the deadline is the other limit
        )
        async with aclosing(await transport.handle_async_request(sent)) as response:
            return await _received(request, response)

    def _transport(self, host: _Host, way: _Way) -> httpx.AsyncHTTPTransport:
        transport = host.transports.get(way)
        if transport is None:
            context = self._context_of(way.secure, way.tls, way.certificate)
            host.transports[way] = transport = _transport(way, context)
        return transport


def _headers(request: _Request) -> httpx.Headers:
    """Return the headers of the request, and of those that each request has the ones that it does not replace."""
    if not request.headers:
        return _USUAL  # a request has a copy of its headers
    headers = httpx.Headers(_USUAL)
    headers.update(request.headers)
    return headers


async def _received(request: _Request, response: httpx.Response) -> Answer:
    """Return the response with its body.

    Only `body.read` reads the body. If the status is an error, only the first bytes of the body are kept.
    """
    kept = _kept(request, response.is_success)
    headers = dict(response.headers.items())  # one pass; a look-up in httpx's headers goes through all of them
    try:
        await read(response.aiter_raw(), headers.get("content-encoding", ""), request.bounds.largest, kept)
    except Fault as fault:
        fault.is_sent = True
        if response.is_success:
            raise
        kept.data.clear()  # the status of an error is enough
    return Answer(response.status_code, headers, bytes(kept.data), request.url)


def _kept(request: _Request, is_success: bool) -> KeptBytes:
    if not is_success:
        return KeptBytes(request.bounds.refusal)
    if request.taker:
        return KeptBytes(request.bounds.head, request.taker())
    return KeptBytes(request.bounds.largest + 1)  # `read` raises before this limit is reached


def _kind(fault: Exception) -> Kind:
    """Return the kind of fault for an exception. Only the exception's type is used, and not its text."""
    if isinstance(fault, httpx.ProxyError):
        return "proxy"
    if isinstance(fault, httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return "cut"
    if isinstance(fault, httpx.RemoteProtocolError):
        return "cut" if ended_early(fault) else "not-http"
    unusable = httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError | ValueError
    if isinstance(fault, unusable):
        return "unusable"
    return "connection"


def _way(url: str, route: Route) -> _Way:
    """Return the settings for a URL. The client certificate is used only if its binding admits the origin."""
    shown = route.certificate if route.certificate and route.certificate.admits(origin(url)) else None
    return _Way(url.startswith("https:"), route.tls, route.proxy_to(url), shown)


def _context(secure: bool, tls: Tls | None, certificate: Binding | None) -> ssl.SSLContext:
    """Return a new TLS context. Loading the system's roots is the slowest step, and an http URL needs no roots."""
    return context_for(tls, certificate) if secure else no_trust()


def _transport(way: _Way, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    """Return a new transport with these settings. The settings already include the proxy from the environment."""
    return httpx.AsyncHTTPTransport(
        verify=context,
        proxy=_proxy(way.proxy, way.tls) if way.proxy else None,
        trust_env=False,
        limits=_LIMITS,
    )


def _proxy(url: str, tls: Tls | None) -> httpx.Proxy:
    """Return the proxy as an httpx object.

    The certificate of an https proxy is verified in the same way as an endpoint's. The proxy gets no client
    certificate.
    """
    if not url.startswith(("http:", "https:")):
        hint = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY: gwctl supports http and https proxies"
        raise Fault(codes.UNREACHABLE, f"The proxy {origin(url)} has a type that is not supported.", hint)
    secure = url.startswith("https:")
    return httpx.Proxy(url, ssl_context=context_for(tls, None) if secure else None)


def _remaining(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()
