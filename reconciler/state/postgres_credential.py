"""What libpq would send to a PostgreSQL server: a password, one of a service file, a client certificate, a ticket.

`~/.pgpass` says itself which host each password is for: it counts only where the file's word does not hold, for a line
that fits every host, or for an address (`hostaddr`) other than the host's own.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from reconciler.state.credential import Credential, credential
from reconciler.state.postgres_connection import is_near, parameters

_LARGEST = 1024 * 1024  # bytes of a password file


def found_in(url: str, environ: Mapping[str, str]) -> Credential | None:
    """The credential of that URL, by all the names that it has; ValueError when libpq would not take the URL."""
    given = parameters(url, environ)
    written = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    names = ", ".join(_names(given, written, environ))
    return credential(names, _server(given), is_near=is_near(given) and "service" not in given) if names else None


def _names(given: Mapping[str, str], written: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[str]:
    service = given.get("service") or environ.get("PGSERVICE")
    if environ.get("PGPASSWORD"):
        yield "PGPASSWORD"
    if service:
        yield f"PGSERVICE {service}"
    if written.keys() & {"sslcert", "sslkey"} or _has_certificate(environ):
        yield "PGSSLCERT"
    if given.get("gssdelegation", "0") != "0":
        yield "Kerberos ticket"
    file = written.get("passfile") or environ.get("PGPASSFILE") or os.path.expanduser("~/.pgpass")  # noqa: PTH111
    if "hostaddr" in written or _fits_every_host(Path(file)):
        yield "PGPASSFILE"


def _has_certificate(environ: Mapping[str, str]) -> bool:
    usual = os.path.expanduser("~/.postgresql/postgresql.crt")  # noqa: PTH111 - Path's own fails without a home
    return bool(environ.get("PGSSLCERT") or environ.get("PGSSLKEY")) or Path(usual).exists()


def _fits_every_host(file: Path) -> bool:
    """Whether one of the password file's lines names no host; what cannot be read, libpq does not use either."""
    with suppress(OSError, ValueError):
        if file.is_file() and file.stat().st_size <= _LARGEST:
            return any(line.startswith("*:") for line in file.read_text(errors="replace").splitlines())
    return False


def _server(given: Mapping[str, str]) -> str:
    """Each host with its port, and the address that is asked instead of the host's own, where one is given."""
    hosts, addresses = given.get("host") or "localhost", given.get("hostaddr", "")
    port = given.get("port") or "5432"
    return f"postgresql://{hosts}:{port}" + (f" at {addresses}" if addresses else "")
