"""The check of an endpoint's host: its name, its certificate, its reachability and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.engine.doctor.case import DoctorRun, group_of, way_of
from reconciler.live.fault import Fault
from reconciler.live.probe.certificate import Certificate
from reconciler.resources.finding import Finding, ok
from reconciler.resources.urls import is_loopback
from reconciler.text import sentence

_SOON = timedelta(days=21)
_MAY_DIFFER = 300.0  # seconds
_CLOCK_HINT = "correct this machine's clock if it is wrong: certificates and tokens are checked against the clock"


def name(case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Check whether the name of the host resolves."""
    probe = case.probes.get(endpoint.name)
    if probe is None or is_loopback(endpoint.base_url):
        return
    if isinstance(probe.addresses, Fault):
        yield _faulty(endpoint, "DNS", probe.addresses)
    elif probe.addresses is None:
        yield Finding(
            group=group_of(endpoint), grade="note", code=codes.NOT_LOOKED_AT, summary="DNS: the proxy resolves the name"
        )
    else:
        yield ok(group_of(endpoint), f"DNS: {', '.join(probe.addresses[:4])}")


def certificate(case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Check whether the certificate is trusted, matches the host's name, and does not expire soon."""
    probe = case.probes.get(endpoint.name)
    if probe is None or not endpoint.base_url.startswith("https:"):
        return
    if way_of(endpoint).proxy is not None:
        summary = "certificate: not checked through a proxy; `gwctl test` checks the certificate"
        yield Finding(group=group_of(endpoint), grade="note", code=codes.NOT_LOOKED_AT, summary=summary)
    elif isinstance(probe.certificate, Fault):
        yield _faulty(endpoint, "certificate", probe.certificate)
    elif probe.certificate is not None:
        yield _judged(group_of(endpoint), probe.certificate, datetime.now(UTC))


def _judged(group: str, certificate: Certificate, now: datetime) -> Finding:
    if certificate.distrust:
        return _distrusted(group, certificate)
    if certificate.expires is None:
        return ok(group, "certificate: trusted; its expiry date is not available on this system")
    day = f"{certificate.expires:%Y-%m-%d}"
    if certificate.expires - now < _SOON:
        left = max(0, (certificate.expires - now).days)
        summary = f"certificate: trusted, but expires on {day}, in {left} days"
        hint = "ask the administrator of the server to renew the certificate"
        return Finding(
            group=group, grade="warning", code=codes.CERTIFICATE_EXPIRES, summary=summary, detail="", hint=hint
        )
    return ok(group, f"certificate: trusted, until {day}")


def _distrusted(group: str, certificate: Certificate) -> Finding:
    code, hint = (
        codes.CERTIFICATE_UNTRUSTED,
        "for a private CA, set `tls: {ca_file: …}` or add the CA to the system's trust store",
    )
    if certificate.is_expired:
        code, hint = (
            codes.CERTIFICATE_EXPIRED,
            "ask the administrator to renew the certificate, or correct this machine's clock",
        )
    elif certificate.is_for_another_name:
        code, hint = codes.CERTIFICATE_NAME, "in `base_url`, use a host name that is in the certificate"
    summary = f"certificate: {sentence(certificate.distrust, 160).rstrip('.')}"
    return Finding(
        group=group,
        grade="error",
        code=code,
        summary=summary,
        detail="gwctl sends nothing to a server that is not trusted.",
        hint=hint,
    )


def answer(case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Check whether the server responds to a request without a key."""
    probe = case.probes.get(endpoint.name)
    if probe is None or probe.answer is None:
        return
    if isinstance(probe.answer, Fault):
        proxy = way_of(endpoint).proxy
        yield _faulty(endpoint, f"not reachable through {proxy}" if proxy else "not reachable", probe.answer)
    elif probe.answer == 407:
        hint = "add user and password to the URL of the proxy: http://USER:PASSWORD@HOST:PORT"
        yield Finding(
            group=group_of(endpoint),
            grade="error",
            code=codes.PROXY_REFUSED,
            summary="reachable: no, the proxy requires authentication (HTTP 407)",
            detail="",
            hint=hint,
        )
    else:
        yield ok(group_of(endpoint), f"reachable: HTTP {probe.answer} to a request without a key")


def clock(case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Check whether the clocks of the host and of this machine differ by at most five minutes."""
    probe = case.probes.get(endpoint.name)
    if probe is None or not isinstance(probe.answer, int):
        return
    ahead = probe.clock_ahead
    if ahead is None:
        yield Finding(
            group=group_of(endpoint),
            grade="note",
            code=codes.NOT_LOOKED_AT,
            summary="clock: not checked, because the server sends no date",
        )
    elif abs(ahead) > _MAY_DIFFER:
        minutes, side = round(abs(ahead) / 60), "ahead of" if ahead > 0 else "behind"
        summary = f"clock: this machine is {minutes} minutes {side} the server"
        yield Finding(
            group=group_of(endpoint),
            grade="warning",
            code=codes.CLOCK_DIFFERS,
            summary=summary,
            detail="",
            hint=_CLOCK_HINT,
        )
    else:
        yield ok(group_of(endpoint), "clock: same time as the server")


def _faulty(endpoint: Endpoint, what: str, fault: Fault) -> Finding:
    return Finding(
        group=group_of(endpoint),
        grade="error",
        code=fault.code,
        summary=f"{what}: {fault.detail.rstrip('.')}",
        detail="",
        hint=fault.hint,
    )
