"""The credentials that libpq would send: a password, a service file's password, a client certificate, or a ticket.

`~/.pgpass` names the host of each password, so such a password usually needs no binding. There are two exceptions: a
line for every host, and a `hostaddr` that differs from the host's own address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from reconciler.files.read_file import from_home, read_file
from reconciler.files.working_tree import content_of, is_led_by_link
from reconciler.state.stores.credential import Credential, credential
from reconciler.state.stores.postgres.connection import is_near, parameters

_LARGEST = 1024 * 1024  # bytes of a password file


def found_in(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential for the URL, with the names of all its sources.

    Raise ValueError if libpq rejects the URL.
    """
    settings = parameters(url, environ)
    written = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    names = ", ".join(_names(settings, written, environ))
    if not names:
        return None
    service, ca = _service(settings, environ), _trusted(written)
    is_own = is_near(settings) and not service and not ca[0]
    return credential(names, _server(settings, service), is_near=is_own, ca=ca)


def _trusted(written: Mapping[str, str]) -> tuple[str, str]:
    """Return the CA file in the URL and its digest if a `git pull` may change the file.

    Otherwise return two empty texts.
    """
    path = written.get("sslrootcert", "system")
    content = content_of(path, str(Path.cwd())) if path != "system" else ""
    return (os.path.realpath(path), content) if content else ("", "")


def _names(settings: Mapping[str, str], written: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[str]:
    service = _service(settings, environ)
    if environ.get("PGPASSWORD"):
        yield "PGPASSWORD"
    if service:
        yield f"PGSERVICE {service}"
    if written.keys() & {"sslcert", "sslkey"} or _has_certificate(environ):
        yield _with_links("PGSSLCERT", written, "sslcert", "sslkey")
    if settings.get("gssdelegation", "0") != "0":
        yield "Kerberos ticket"
    file = written.get("passfile") or environ.get("PGPASSFILE") or from_home("~/.pgpass")
    if "hostaddr" in written or _fits_every_host(Path(file)):
        yield _with_links("PGPASSFILE", written, "passfile")


def _with_links(name: str, written: Mapping[str, str], *fields: str) -> str:
    """Return the name, followed by the targets of links.

    The links are in paths of the URL, and a `git pull` may change them. A link to another file means another secret.
    """
    paths = [written[field] for field in fields if field in written and is_led_by_link(written[field], str(Path.cwd()))]
    return " ".join([name, *map(os.path.realpath, paths)])


def _service(settings: Mapping[str, str], environ: Mapping[str, str]) -> str:
    return settings.get("service") or environ.get("PGSERVICE", "")


def _has_certificate(environ: Mapping[str, str]) -> bool:
    usual = from_home("~/.postgresql/postgresql.crt")
    return bool(environ.get("PGSSLCERT") or environ.get("PGSSLKEY")) or Path(usual).exists()


def _fits_every_host(file: Path) -> bool:
    """Return whether a line of the password file is for every host. libpq ignores a file that cannot be read."""
    with suppress(OSError):
        lines = read_file(file, _LARGEST).decode(errors="replace").splitlines()
        return any(line.startswith("*:") for line in lines)
    return False


def _server(settings: Mapping[str, str], service: str) -> str:
    """Return the hosts with their port. If `hostaddr` is set, the text also has the address that libpq contacts."""
    if service and not settings.get("host"):
        return f"postgresql: the server of the service {service}"  # only libpq reads the service file
    hosts, addresses = settings.get("host") or "localhost", settings.get("hostaddr", "")
    port = settings.get("port") or "5432"
    return f"postgresql://{hosts}:{port}" + (f" at {addresses}" if addresses else "")
