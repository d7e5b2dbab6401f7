"""The door to HTTP: the one module that knows httpx, stamina and truststore."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import stamina
import truststore

from reconciler import __version__
from reconciler.live.fault import Fault
from reconciler.live.faults import Kind, fault_of
from reconciler.live.retry import RETRIED, wait_before_next
from reconciler.resources.urls import is_loopback

LARGEST = 32 * 1024 * 1024  # bytes, decompressed
ATTEMPTS = 4

stamina.instrumentation.set_on_retry_hooks([])  # its default one logs arguments, which hold headers


@dataclass(frozen=True)
class Answer:
    """One whole answer; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class _TryAgain(Exception):
    def __init__(self, answer: Answer | None, fault: Fault | None, wait: float) -> None:
        super().__init__()
        self.answer = answer
        self.fault = fault
        self.wait = wait


class Door:
    """Sends requests; one client for this machine's own addresses, which no proxy sees, one for the rest."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], deadline: float, body: object = None
    ) -> Answer:
        """One exchange, retried within `deadline` (the loop's time); `Fault` when there is no answer."""
        try:
            async for attempt in stamina.retry_context(on=_wait, attempts=ATTEMPTS, timeout=None):
                with attempt:
                    return await self._once(method, url, headers, deadline, body, attempt.num)
        except _TryAgain as last:
            if last.answer is not None:
                return last.answer
            raise last.fault or Fault("UNREACHABLE", "The connection was cut.") from None
        raise AssertionError("a retry context ends with an answer or an exception")

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], deadline: float, body: object, attempt: int
    ) -> Answer:
        try:
            answer = await self._exchange(method, url, headers, body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as exception:
            kind = _kind(exception)
            fault = fault_of(kind, exception, url)
            wait = wait_before_next(None, attempt, _remaining(deadline)) if kind == "cut" else None
            if wait is None or attempt == ATTEMPTS:
                raise fault from None
            raise _TryAgain(None, fault, wait) from None
        if answer.status not in RETRIED:
            return answer
        wait = wait_before_next(answer.headers.get("retry-after"), attempt, _remaining(deadline))
        if wait is None or attempt == ATTEMPTS:
            return answer
        raise _TryAgain(answer, None, wait)

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: object) -> Answer:
        client = await self._client(url)
        async with client.stream(method, url, headers=dict(headers), json=body) as response:
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > LARGEST:
                    raise Fault("NONSTANDARD_LIST", f"The answer is larger than {LARGEST // 1024 // 1024} MiB.")
            return Answer(response.status_code, dict(response.headers), bytes(data), url)

    async def _client(self, url: str) -> httpx.AsyncClient:
        kind = (is_loopback(url), url.startswith("https:"))
        if kind not in self._clients:
            self._clients[kind] = await self._stack.enter_async_context(_client(*kind))
        return self._clients[kind]


def _kind(fault: Exception) -> Kind:
    """What kind of fault an exception stands for; of its text only httpx's own fixed phrases are looked at."""
    if isinstance(fault, httpx.ProxyError):
        return "proxy"
    if isinstance(fault, httpx.DecodingError):
        return "decoding"
    if isinstance(fault, httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return "cut"
    if isinstance(fault, httpx.RemoteProtocolError):
        early = ("disconnected", "closed connection", "without sending complete")
        return "cut" if any(phrase in str(fault) for phrase in early) else "not-http"
    # ImportError: httpx wants another package for a SOCKS proxy.
    unusable = httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError | ValueError | ImportError
    if isinstance(fault, unusable):
        return "unusable"
    return "connection"


def _client(loopback: bool, secure: bool) -> httpx.AsyncClient:
    context: ssl.SSLContext = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Loading the system's roots takes longer than all the rest, and a plain http URL needs them for a proxy at most.
    if secure or (not loopback and _has_secure_proxy()):
        context = system_trust()
    agent = {"User-Agent": f"gwctl/{__version__}", "Accept": "application/json"}
    return httpx.AsyncClient(
        verify=context,
        trust_env=not loopback,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - a deadline bounds all
        headers=agent,
    )


def system_trust() -> ssl.SSLContext:
    """What this machine trusts, and verifies by; a new one each time."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _has_secure_proxy() -> bool:
    from urllib.request import getproxies

    return any(proxy.startswith("https:") for proxy in getproxies().values())


def _wait(fault: Exception) -> bool | float:
    return fault.wait if isinstance(fault, _TryAgain) else False


def _remaining(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()


def run(work: Any) -> Any:
    """Run a coroutine to its end; what hangs in a thread (a name lookup, a key command) holds nobody up."""
    from reconciler.live.threads import DaemonThreads

    async def begin() -> Any:
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        return await work

    return asyncio.run(begin())
