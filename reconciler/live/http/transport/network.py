"""Connections for httpcore, made by asyncio alone. They cost half of those that httpcore makes itself."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from itertools import zip_longest
from socket import SOCK_STREAM
from typing import Any

import httpcore

_KEPT = 64 * 1024  # bytes that may wait for a reader before the server has to wait
_NEXT = 0.25  # seconds until the next address of a name is tried too (RFC 8305)


class Network(httpcore.AsyncNetworkBackend):
    """The maker of connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the protocol of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection. Raise an exception of httpcore if there is none within `timeout`."""
        try:
            async with asyncio.timeout(timeout):
                return _Stream(await _connected(host, port))
        except TimeoutError as fault:
            raise httpcore.ConnectTimeout from fault
        except OSError as fault:
            raise httpcore.ConnectError from fault


class _Line(asyncio.Protocol):
    """The two ends of a connection: bytes that arrived, and whether more can be written."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.arrived = bytearray()
        self.is_over = False
        self._fault: Exception | None = None
        self._is_paused = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio gives a protocol of streams nothing else
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.arrived += data
        if len(self.arrived) > _KEPT and not self._is_paused:
            self.transport.pause_reading()
            self._is_paused = True
        _wake(self._reader)

    def eof_received(self) -> None:
        self.is_over = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over, self._fault = True, exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        _wake(self._writer)
        self._writer = None

    async def read(self, most: int) -> bytes:
        """Return bytes that arrived, in the end b"". A fault of the connection comes after the bytes before it."""
        while not self.arrived and not self.is_over:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if not self.arrived and self._fault:
            raise self._fault
        data = bytes(self.arrived[:most])
        del self.arrived[:most]
        if self._is_paused and len(self.arrived) <= _KEPT:
            self._is_paused = False
            self.transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Write the bytes. Return when there is room for more of them."""
        if self.transport.is_closing():
            raise self._fault or ConnectionResetError
        self.transport.write(data)
        if self._writer:
            await self._writer
            if self._fault:
                raise self._fault

    async def encrypt(self, context: ssl.SSLContext, host: str | None) -> None:
        """Begin TLS on the connection."""
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self.transport, self, context, server_hostname=host)
        if transport is None:  # the connection was lost at the end of the handshake
            raise self._fault or ConnectionResetError
        self.transport = transport


class _Stream(httpcore.AsyncNetworkStream):
    """A connection. The deadline of the exchange is the limit for reading and writing."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            return await self._line.read(max_bytes)
        except OSError as fault:
            raise httpcore.ReadError from fault

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        try:
            if buffer:
                await self._line.write(buffer)
        except OSError as fault:
            raise httpcore.WriteError from fault

    async def aclose(self) -> None:
        self._line.transport.abort()  # nothing is left to be sent, and TLS needs no farewell where lengths are known

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                await self._line.encrypt(ssl_context, server_hostname)
        except BaseException as fault:
            await self.aclose()
            if isinstance(fault, TimeoutError):
                raise httpcore.ConnectTimeout from fault
            if isinstance(fault, OSError):
                raise httpcore.ConnectError from fault
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # asked of an idle connection: the server said something, or has closed it
            return bool(self._line.arrived) or self._line.is_over
        return self._line.transport.get_extra_info("ssl_object" if info == "ssl_object" else info)


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(None)


async def _connected(host: str, port: int) -> _Line:
    """Return the first connection that is made to one of the host's addresses."""
    addresses = await _addresses(host, port)
    if len(addresses) == 1:
        return await _to(addresses[0], port)
    return await _first_of(addresses, port)


async def _to(address: str, port: int) -> _Line:
    return (await asyncio.get_running_loop().create_connection(_Line, address, port))[1]


async def _addresses(host: str, port: int) -> list[str]:
    """Return the addresses of the host, of both families in turn."""
    if ":" in host or host.rpartition(".")[2].isdigit():  # an address: no look-up
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    families: dict[int, list[str]] = {}
    for family, _type, _protocol, _name, at in found:
        families.setdefault(family, []).append(str(at[0]))
    turns = (address for turn in zip_longest(*families.values()) for address in turn if address)
    return list(dict.fromkeys(turns))


async def _first_of(addresses: list[str], port: int) -> _Line:
    """Try the addresses one after the other, the next as soon as one fails or takes long."""
    ahead, faults = deque(addresses), list[Exception]()
    running: set[asyncio.Task[_Line]] = set()
    try:
        while ahead or running:
            if ahead:
                running.add(asyncio.create_task(_to(ahead.popleft(), port)))
            done, _ = await asyncio.wait(running, timeout=_NEXT if ahead else None, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                running.remove(task)
                fault = task.exception()
                if fault is None:
                    return task.result()
                faults.append(fault if isinstance(fault, Exception) else OSError())
    finally:
        for task in running:
            task.add_done_callback(_close)
            task.cancel()
    raise OSError from ExceptionGroup("no address of the host can be reached", faults)


def _close(task: asyncio.Task[_Line]) -> None:
    """Close a connection that nobody needs any more, because another one was made first."""
    if not task.cancelled() and task.exception() is None:
        task.result().transport.abort()
