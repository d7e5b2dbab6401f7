"""The connection to PostgreSQL. Each wait has a time limit, and messages contain no secrets.

No other module opens a connection to PostgreSQL.
"""

from __future__ import annotations

import ipaddress
import selectors
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo
from psycopg.pq import version as libpq_version

from reconciler.errors import GatewayError
from reconciler.text import sentence

# Time limits in case the server does not listen, does not answer, or the network is cut.
_BOUNDS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "fallback_application_name": "gwctl",
}
# Over a network, the connection must be encrypted, and the server must not request the password in clear text. The URL
# may override both.
_WARY = {"sslmode": "require", "require_auth": "!password"}
# libpq's words for a lost connection.
_LOST = (
    "closed the connection",
    "could not receive data",
    "could not send data",
    "SYSCALL",
    "no connection to the server",
)
# PostgreSQL's and PgBouncer's words for SQLSTATE 53300, which libpq does not report for a connection.
_FULL = ("too many clients", "too many connections", "remaining connection slots", "no more connections allowed")
_PERMISSION_DENIED = "42501"


_CROWDED = 20.0  # seconds that a run waits for a free connection while many others use the server
TOO_MANY = "53300"  # SQLSTATE of a server that has no free connection


class PostgresFault(GatewayError):
    """A failed call to PostgreSQL. `state` is the SQLSTATE of the failed statement, or TOO_MANY.

    `refused` means that the server rejected the connection. `needs` has the rights that are missing.
    """

    def __init__(
        self, why: str, state: str = "", refused: bool = False, needs: Sequence[str] = (), hint: str = ""
    ) -> None:
        super().__init__(why)
        self.why = why
        self.state = state
        self.refused = refused
        self.needs = needs
        self.hint = hint


def parameters(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return libpq's parameters from the URL and the environment. Raise ValueError if the URL is not valid."""
    try:
        settings = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error as fault:
        raise ValueError(sentence(str(fault))) from None
    if "service" in settings or "PGSERVICE" in environ:  # only libpq reads the service file
        return _BOUNDS | settings
    for option in Conninfo.get_defaults():
        variable, keyword = (option.envvar or b"").decode(), option.keyword.decode()
        if environ.get(variable):
            settings.setdefault(keyword, environ[variable])
    return _BOUNDS | ({} if is_near(settings) else _wary()) | settings


def where(settings: Mapping[str, str]) -> str:
    """Return the name of the server for messages: `host:port`, or the name of the service."""
    if "service" in settings:
        return f"the service {sentence(settings['service'])}"
    host, port = settings.get("host") or settings.get("hostaddr"), settings.get("port") or 5432
    return sentence(f"{host}:{port}" if host else f"the local socket (port {port})")


class PostgresSession:
    """One connection to PostgreSQL with one transaction. Without `commit`, nothing changes.

    With `reads`, each statement is its own transaction. This saves the request that begins a transaction.
    """

    def __init__(self, settings: Mapping[str, str], patience: float, reads: bool = False) -> None:
        fault = None
        try:
            self._connection = _Bounded.connect(make_conninfo(**settings), prepare_threshold=None, autocommit=reads)
        except psycopg.Error as exception:
            fault = _no_connection(exception, settings)
        if fault:  # raised here, so that psycopg's exception, which contains the password, is not its context
            raise fault
        self._connection.patience = patience

    def wait_for(self, patience: float) -> None:
        """Wait at most this number of seconds for each later answer."""
        self._connection.patience = patience

    @property
    def database(self) -> str:
        """The name of the database."""
        return str(self._connection.info.dbname)

    def ask(self, statement: str, *values: object, needs: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a statement yields. `needs` has the rights that the statement requires."""
        try:
            cursor = self._connection.execute(statement.encode(), values, binary=True)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as exception:
            fault = _failed(exception, needs)
        raise fault

    def commit(self) -> None:
        """Commit the transaction. If `PostgresFault` is raised, it is unknown whether the commit succeeded."""
        fault = None
        try:
            self._connection.commit()
        except psycopg.Error as exception:
            fault = _failed(exception)
        if fault:
            raise fault

    def rollback(self) -> None:
        """Roll the transaction back, also after a failed statement."""
        self._connection.rollback()

    def release(self) -> None:
        """End the transaction, so that its lock ends immediately.

        A server notices a closed connection only later. If the rollback fails, the connection and its lock no longer
        exist.
        """
        with suppress(psycopg.Error, PostgresFault):
            self._connection.rollback()

    @property
    def is_quiet(self) -> bool:
        """Return whether the idle connection still stands: a server that ends it sends something first."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._connection.fileno(), selectors.EVENT_READ)
            return not waiting.select(0)

    def begin(self, patience: float) -> None:
        """Let the next statement begin a transaction, on a connection that was made to read."""
        self._connection.autocommit = False
        self._connection.patience = patience

    def close(self) -> None:
        """Close the connection. Uncommitted changes are lost."""
        self._connection.close()


def connected(settings: Mapping[str, str], patience: float, reads: bool) -> PostgresSession:
    """Open a connection. If the server has no free connection, try again for `_CROWDED` seconds."""
    try:
        return PostgresSession(settings, patience, reads)
    except PostgresFault as fault:
        if fault.state != TOO_MANY:
            raise
    from reconciler.retries import retry_context

    attempts = retry_context(
        on=lambda fault: isinstance(fault, PostgresFault) and fault.state == TOO_MANY,
        attempts=None,
        timeout=_CROWDED,
        wait_initial=0.25,
        wait_max=2.0,
        wait_jitter=1.0,
    )
    for attempt in attempts:
        with attempt:
            return PostgresSession(settings, patience, reads)
    raise AssertionError("a retry context ends with a value or an exception")


class _Bounded(psycopg.Connection[Any]):
    """A connection to PostgreSQL that fails if the server does not answer, even if the network still works."""

    patience = 10.0  # seconds of silence

    def wait(self, gen: Generator[Any, int, Any], *_arguments: Any, **_named: Any) -> Any:
        """Wait in the same way as psycopg, but at most `patience` seconds for each answer.

        `gen` yields the event that it waits for, and receives the event that happened.
        """
        try:
            wanted = next(gen)
            with selectors.DefaultSelector() as waiting:
                waiting.register(self.fileno(), wanted)
                while ready := waiting.select(self.patience):
                    waiting.modify(self.fileno(), gen.send(ready[0][1]))
        except StopIteration as done:
            return done.value
        raise psycopg.OperationalError(f"no answer within {self.patience:g} seconds")


def is_near(settings: Mapping[str, str]) -> bool:
    """Return whether the server is this machine.

    Each host is then a local socket, or a loopback address or name.
    """
    hosts = [*settings.get("host", "").split(","), *settings.get("hostaddr", "").split(",")]
    return all(host.startswith(("/", "@")) or host in ("", "localhost") or _is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wary() -> dict[str, str]:
    return _WARY if libpq_version() >= 160000 else {"sslmode": _WARY["sslmode"]}


def _no_connection(fault: psycopg.Error, settings: Mapping[str, str]) -> PostgresFault:
    """Return the fault for a failed connection. The server's message is used only if no password was sent."""
    text, server, user = str(fault), where(settings), sentence(settings.get("user") or "of the operating system")
    if isinstance(fault, psycopg.errors.ConnectionTimeout):
        return PostgresFault(f"{server} did not answer within {settings['connect_timeout']} seconds")
    if any(words in text for words in _FULL):
        hint = "run the command again; docs/performance.md says how many connections many machines need"
        return PostgresFault(f"{server} has no free connection for the user {user}", TOO_MANY, hint=hint)
    if "authentication method requirement" in text:
        hint = (
            "either configure the server for SCRAM, or, with TLS and a server that you trust, add "
            "?require_auth=password to the URL"
        )
        return PostgresFault(f"{server} requests an unencrypted password", refused=True, hint=hint)
    if fault.pgconn and fault.pgconn.needs_password:
        return PostgresFault(f"the user {user} needs a password, but none is set", refused=True)
    if fault.pgconn and fault.pgconn.used_password:
        return _after_the_password(text, user, settings)
    no_tls = "either configure the server for TLS, or, in a network that you trust, add ?sslmode=prefer to the URL"
    hint = no_tls if "SSL" in text else ""
    return PostgresFault(sentence(text.partition("\n")[0]), refused="FATAL" in text, hint=hint)


def _after_the_password(text: str, user: str, settings: Mapping[str, str]) -> PostgresFault:
    database = sentence(settings.get("dbname") or user)
    if any(sign in text for sign in _LOST):
        return PostgresFault(f"the connection to {where(settings)} was lost")
    if "does not exist" in text and "database" in text:
        return PostgresFault(f"there is no database {database}", refused=True)
    if "permission denied for database" in text:
        return PostgresFault(f"the user {user} has no right to connect to the database {database}", refused=True)
    return PostgresFault(f"the password of the user {user} was rejected", refused=True)


def _failed(fault: psycopg.Error, needs: Sequence[str] = ()) -> PostgresFault:
    state = fault.sqlstate or ""
    if not state:
        return PostgresFault(sentence(str(fault).partition("\n")[0]) or "the connection was lost")
    # The server's words may repeat what was sent, even a password. The code is enough.
    why = f"{type(fault).__name__} (SQLSTATE {state})"
    return PostgresFault(why, state, needs=needs if state == _PERMISSION_DENIED else ())
