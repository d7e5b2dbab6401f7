"""The check of the trusted certificate authorities and of the settings that change them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from reconciler import codes
from reconciler.engine.doctor.case import DoctorRun
from reconciler.files import read_file
from reconciler.resources.finding import Finding, ok

_GROUP = "network"
_READ_BY_OPENSSL = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_OF_OTHERS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def trust(case: DoctorRun) -> Iterator[Finding]:
    """Yield findings about the trusted certificate authorities, and about variables that have no effect on gwctl."""
    if not any(endpoint.base_url.startswith("https:") for endpoint in case.endpoints):
        return
    openssl = sys.platform not in ("darwin", "win32")  # these systems check certificates without OpenSSL
    variables = {name: case.options.environ[name] for name in _READ_BY_OPENSSL if case.options.environ.get(name)}
    if not (variables and openssl):
        yield ok(_GROUP, "trust: the system's root certificates")
    for name, path in variables.items():
        yield _in_use(name, path) if openssl else _idle(name, "this system trusts only its own root certificates")
    for name in _OF_OTHERS:
        if case.options.environ.get(name):
            hint = "SSL_CERT_FILE, or the system's trust store" if openssl else "the system's trust store"
            yield _idle(name, f"gwctl does not read this variable; for a private CA, use {hint}")


def _in_use(name: str, path: str) -> Finding:
    is_file = name == "SSL_CERT_FILE"
    if read_file.is_file(Path(path)) if is_file else read_file.is_folder(Path(path)):
        return ok(
            _GROUP,
            f"trust: {name}={path} replaces the system's {'file' if is_file else 'directory'} of root certificates",
        )
    detail = "OpenSSL reports no error for a missing path. Certificates that you expect at that path are not trusted."
    summary = f"trust: {name}={path} does not exist"
    return Finding(
        group=_GROUP,
        grade="warning",
        code=codes.CA_MISSING,
        summary=summary,
        detail=detail,
        hint=f"correct or unset {name}",
    )


def _idle(name: str, why: str) -> Finding:
    return Finding(group=_GROUP, grade="note", code=codes.CA_NOT_READ, summary=f"trust: {name} is set: {why}")
