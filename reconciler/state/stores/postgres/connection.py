"""The one door to psycopg: a connection that never hangs, and faults in words that hold no secret."""

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

# The server is given up within seconds, however it went away: nobody listens, nothing comes back, the cable is cut.
_BOUNDS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "fallback_application_name": "gwctl",
}
# Over a network: no password in clear text, and none that the other side may read, unless somebody asks for it by name.
_WARY = {"sslmode": "require", "require_auth": "!password"}
# What libpq itself says of a connection that was cut.
_LOST = (
    "closed the connection",
    "could not receive data",
    "could not send data",
    "SYSCALL",
    "no connection to the server",
)
_PERMISSION_DENIED = "42501"


class PostgresFault(GatewayError):
    """A failed call; `state` is the SQLSTATE of a statement that failed.

    `refused`: the server does not let us in; `needs`: it does, and these rights are missing.
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
    """Return libpq's parameters from the URL, a service file and the environment; raise ValueError."""
    try:
        settings = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error as fault:
        raise ValueError(sentence(str(fault))) from None
    if "service" in settings or "PGSERVICE" in environ:  # what the file says is known to libpq alone
        return _BOUNDS | settings
    for option in Conninfo.get_defaults():
        variable, keyword = (option.envvar or b"").decode(), option.keyword.decode()
        if environ.get(variable):
            settings.setdefault(keyword, environ[variable])
    return _BOUNDS | ({} if is_near(settings) else _wary()) | settings


def where(settings: Mapping[str, str]) -> str:
    """The server, as `host:port` where that is known."""
    if "service" in settings:
        return f"the service {sentence(settings['service'])}"
    return sentence(
        f"{settings.get('host') or settings.get('hostaddr') or 'the local socket'}:{settings.get('port') or 5432}"
    )


class Session:
    """One connection, and one transaction in it; nothing is done that is not committed."""

    def __init__(self, settings: Mapping[str, str], patience: float) -> None:
        fault = None
        try:
            self._connection = _Bounded.connect(make_conninfo(**settings), prepare_threshold=None)
        except psycopg.Error as exception:
            fault = _no_connection(exception, settings)
        if fault:  # raised here, so that psycopg's exception, which knows the password, is not its context
            raise fault
        self._connection.patience = patience

    @property
    def database(self) -> str:
        """The database's name."""
        return str(self._connection.info.dbname)

    def ask(self, statement: str, *values: object, needs: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; `needs` are the rights that it takes."""
        try:
            cursor = self._connection.execute(statement.encode(), values, binary=True)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as exception:
            fault = _failed(exception, needs)
        raise fault

    def commit(self) -> None:
        """Make it so; after a `PostgresFault` it is not known whether it was."""
        fault = None
        try:
            self._connection.commit()
        except psycopg.Error as exception:
            fault = _failed(exception)
        if fault:
            raise fault

    def rollback(self) -> None:
        """Leave everything as it was, also after a statement that failed."""
        self._connection.rollback()

    def release(self) -> None:
        """End the transaction, and so let its lock go before the next one asks for it.

        A server learns of a closed connection when it comes to it. One that fails here is gone, and so is its lock.
        """
        with suppress(psycopg.Error, PostgresFault):
            self._connection.rollback()

    def close(self) -> None:
        """The end; what was not committed did not happen."""
        self._connection.close()


class _Bounded(psycopg.Connection[Any]):
    """Gives up on a server that has fallen silent, though the network says that it is there."""

    patience = 10.0  # seconds of silence

    def wait(self, gen: Generator[Any, int, Any], *_arguments: Any, **_named: Any) -> Any:
        """As psycopg waits: `gen` yields what it waits for, and is sent what there is; but for no longer than that."""
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
    """Return whether it is this machine: a socket, or loopback by its number or name."""
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
    """The server's own words only where it was sent no password."""
    text, server, user = str(fault), where(settings), sentence(settings.get("user") or "of the operating system")
    if isinstance(fault, psycopg.errors.ConnectionTimeout):
        return PostgresFault(f"{server} does not answer within {settings['connect_timeout']} seconds")
    if "authentication method requirement" in text:
        hint = "configure it for SCRAM; or, with TLS and a server that you trust, add ?require_auth=password to the URL"
        return PostgresFault(f"{server} requests an unencrypted password", refused=True, hint=hint)
    if fault.pgconn and fault.pgconn.needs_password:
        return PostgresFault(f"the user {user} needs a password, but none is set", refused=True)
    if fault.pgconn and fault.pgconn.used_password:
        return _after_the_password(text, user, settings)
    hint = (
        "configure it for TLS; or, in a network that you trust, add ?sslmode=prefer to the URL" if "SSL" in text else ""
    )
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
    # The server's own words may hold what it was told, a password too: its code says as much.
    why = f"{type(fault).__name__} (SQLSTATE {state})"
    return PostgresFault(why, state, needs=needs if state == _PERMISSION_DENIED else ())
