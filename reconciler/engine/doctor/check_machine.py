"""The versions of programs and libraries that a bug report needs."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Iterator
from importlib.metadata import version

from reconciler import __version__
from reconciler.engine.doctor.case import DoctorRun
from reconciler.resources.finding import Finding, ok

_SHOWN = ("httpx", "truststore")


def machine(_case: DoctorRun) -> Iterator[Finding]:
    """Yield a finding with the versions of gwctl, Python, the platform and the network libraries."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield ok("machine", f"gwctl {__version__}, Python {platform.python_version()}, {system}")
    yield ok("machine", ", ".join([ssl.OPENSSL_VERSION, *(f"{package} {version(package)}" for package in _SHOWN)]))
