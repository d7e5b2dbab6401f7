"""The check of the gateway file."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.doctor.case import DoctorRun
from reconciler.resources.finding import Finding, of, ok

_GROUP = "gateway file"


def gateway_file(case: DoctorRun) -> Iterator[Finding]:
    """Yield a finding for each diagnostic about the gateway file. Yield `ok` if the file is valid."""
    gateway = case.loaded.gateway
    if gateway is not None:
        files = ", ".join(map(str, case.options.files))
        yield ok(_GROUP, f"{files}: `{gateway.name}`, endpoints: {', '.join(gateway.endpoints) or 'none'}")
    for diagnostic in case.loaded.diagnostics:
        yield of(_GROUP, diagnostic)
