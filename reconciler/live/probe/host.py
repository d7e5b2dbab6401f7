"""The probe of a host without a key: its name, certificate and clock."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from reconciler import codes
from reconciler.live.fault import Fault, contained
from reconciler.live.http.answer import Answer
from reconciler.live.http.client import HttpClient
from reconciler.live.http.errors import fault_of
from reconciler.live.http.proxy import Route, way_to
from reconciler.live.http.threads import run
from reconciler.live.http.tls import context_for
from reconciler.live.observe import AT_ONCE
from reconciler.live.probe.certificate import Certificate
from reconciler.resources.urls import origin
from reconciler.values import dataclass

_PORTS = {"http": 80, "https": 443}
Place = tuple[str, Route]  # an origin, and the route to it


@dataclass(frozen=True)
class Probe:
    """The results of a probe. A result is None if it was not checked."""

    addresses: tuple[str, ...] | Fault | None = None
    certificate: Certificate | Fault | None = None
    answer: int | Fault | None = None  # the status of a request without a key
    clock_ahead: float | None = None  # seconds that this machine's clock is ahead of the server's


@dataclass(frozen=True)
class ProbeRequest:
    """The request to probe one URL. The name and the certificate are checked only for a direct connection."""

    url: str
    timeout: float  # seconds, for each of the three
    route: Route = field(default_factory=Route)

    @property
    def direct(self) -> bool:
        """Return whether the URL is reached without a proxy."""
        return way_to(self.url, self.route).proxy is None


def probe_all(questions: Mapping[Place, ProbeRequest]) -> dict[Place, Probe]:
    """Probe all hosts in parallel. A host that hangs uses up only its own time-out."""
    return run(_all(questions))


async def _all(questions: Mapping[Place, ProbeRequest]) -> dict[Place, Probe]:
    turns = asyncio.Semaphore(AT_ONCE)
    async with HttpClient() as door:
        run = await asyncio.gather(*(_in_turn(door, turns, request) for request in questions.values()))
    return dict(zip(questions, run, strict=True))


async def _in_turn(door: HttpClient, turns: asyncio.Semaphore, asked: ProbeRequest) -> Probe:
    """Probe one host when its turn comes. A fault affects only this host."""
    async with turns:
        try:
            return await contained(_probe(door, asked))
        except Fault as fault:
            return Probe(answer=fault)


async def _probe(door: HttpClient, asked: ProbeRequest) -> Probe:
    addresses: tuple[str, ...] | Fault | None = None
    certificate: Certificate | Fault | None = None
    if asked.direct:
        addresses = await _addresses(asked)
        if isinstance(addresses, Fault):
            return Probe(addresses)
        if asked.url.startswith("https:"):
            certificate = await _certificate(asked)
            if isinstance(certificate, Fault) or certificate.distrust:
                return Probe(addresses, certificate)
    answer, ahead = await _clock(door, asked)
    return Probe(addresses, certificate, answer, ahead)


async def _addresses(asked: ProbeRequest) -> tuple[str, ...] | Fault:
    host, port = _place(asked.url)
    looking_up = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    try:
        infos = await asyncio.wait_for(looking_up, asked.timeout)
    except TimeoutError:
        return Fault(
            codes.UNREACHABLE,
            f"The name was not found within {asked.timeout:g} s (DNS).",
            "check the VPN and the network",
        )
    except OSError as fault:
        return fault_of("connection", fault, asked.url)
    except UnicodeError:
        return Fault(codes.UNREACHABLE, "The name is not a valid DNS name.", "check the spelling of `base_url`")
    return tuple(sorted({str(info[4][0]) for info in infos}))


async def _certificate(asked: ProbeRequest) -> Certificate | Fault:
    shaking = asyncio.get_running_loop().run_in_executor(None, _handshake, asked)
    try:
        return await asyncio.wait_for(shaking, asked.timeout)
    except TimeoutError:
        return _too_slow(asked)
    except Fault as fault:  # a TLS file that cannot be used
        return fault
    except OSError as fault:
        return fault_of("connection", fault, asked.url)


def _handshake(asked: ProbeRequest) -> Certificate:
    """Return the server's certificate after a TLS handshake. No request is sent."""
    host, port = _place(asked.url)
    with socket.create_connection((host, port), timeout=asked.timeout) as plain:
        try:
            with context_for(asked.route.tls, asked.route.certificate).wrap_socket(
                plain, server_hostname=host
            ) as secure:
                return Certificate(expires=_expires(secure))
        except ssl.SSLCertVerificationError as fault:
            return Certificate(fault.verify_message or "the certificate is not trusted", fault.verify_code)


def _expires(secure: ssl.SSLSocket) -> datetime | None:
    date = (secure.getpeercert() or {}).get("notAfter")  # empty if the system, not OpenSSL, verified the certificate
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(date), UTC) if isinstance(date, str) else None


async def _clock(door: HttpClient, asked: ProbeRequest) -> tuple[int | Fault, float | None]:
    """Return the status of a HEAD request, and how many seconds this machine's clock is ahead of the server's clock.

    The request has no key and no header of the user.
    """
    loop = asyncio.get_running_loop()
    began = time.time()
    try:
        async with asyncio.timeout(asked.timeout):
            answer = await door.send(
                "HEAD", f"{origin(asked.url)}/", headers={}, deadline=loop.time() + asked.timeout, route=asked.route
            )
    except TimeoutError:
        return _too_slow(asked), None
    except Fault as fault:
        return fault, None
    return answer.status, _ahead(answer, (began + time.time()) / 2)


def _ahead(answer: Answer, now: float) -> float | None:
    with suppress(ValueError, OverflowError):
        return now - parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    return None


def _too_slow(asked: ProbeRequest) -> Fault:
    return Fault(
        codes.UNREACHABLE,
        f"{origin(asked.url)}: no response within {asked.timeout:g} s.",
        "check that the server is running",
    )


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]
