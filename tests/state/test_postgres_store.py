"""The PostgreSQL store's promises besides the contract: rights, names, and the parameters of libpq."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.state.stores.postgres.sql import apart
from tests.state.places.actions import enter, failure
from tests.state.places.postgresql_place import PostgresqlPlace
from tests.support.cut_proxy import Cutting
from tests.support.postgres import CARELESS, DATABASE, OUTCAST, READER, WRITER, Postgres

pytestmark = pytest.mark.xdist_group("store-postgresql")
DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "stores.md"


@pytest.fixture
def place(postgresql_place: PostgresqlPlace) -> PostgresqlPlace:
    return postgresql_place


def as_reader(place: PostgresqlPlace, postgres: Postgres) -> PostgresqlPlace:
    """A role to which nothing is granted yet."""
    password = postgres.passwords[READER]
    environ = place.environ | {"PGPASSWORD": password}
    return replace(place, url=place.url.replace(WRITER, READER), environ=environ, secrets=(password,))


def documented(marker: str, schema: str) -> list[str]:
    """The statements of docs/reference/stores.md, for this schema and the test's role."""
    text = DOCUMENT.read_text(encoding="utf-8")
    block = re.search(rf"<!-- sql: {marker} -->\n```sql\n(.*?)```", text, re.DOTALL)
    assert block, marker
    words = block[1].replace("gwctl.", f"{schema}.").replace("SCHEMA gwctl", f"SCHEMA {schema}").replace("ana", READER)
    return [each.strip() for each in words.split(";") if each.strip()]


def test_whoever_may_not_make_the_table_is_told_what_is_missing(place: PostgresqlPlace, postgres: Postgres) -> None:
    reader = as_reader(place, postgres).client()
    assert reader.read() is None
    diagnostic = failure(lambda: reader.write(b"1", None))
    assert diagnostic.code == "STORE_REFUSED"
    assert f"GRANT CREATE ON DATABASE {DATABASE} TO {READER}" in diagnostic.hint
    assert place.contents() == []


def test_the_rights_that_the_document_names_are_enough(place: PostgresqlPlace, postgres: Postgres) -> None:
    version = place.client().write(b"1", None)
    reader = as_reader(place, postgres).client()
    diagnostic = failure(reader.read)
    assert diagnostic.code == "STORE_REFUSED"
    assert "GRANT SELECT" in diagnostic.hint
    postgres.run(*documented("read", place.schema))
    assert reader.read().data == b"1"
    diagnostic = failure(lambda: reader.write(b"2", version))
    assert diagnostic.code == "STORE_REFUSED"
    assert "GRANT SELECT, INSERT, UPDATE" in diagnostic.hint
    postgres.run(*documented("write", place.schema))
    with reader.lock():
        reader.write(b"2", version)
    assert place.client().read().data == b"2"


def test_a_table_that_the_database_s_owner_made(place: PostgresqlPlace, postgres: Postgres) -> None:
    postgres.run(*documented("make", place.schema), *documented("write", place.schema))
    reader = as_reader(place, postgres).client()
    reader.write(b"2", reader.write(b"1", None))
    assert reader.read().data == b"2"


def test_the_previous_one_comes_back_by_the_statement_of_the_hint(place: PostgresqlPlace, postgres: Postgres) -> None:
    store = place.client()
    second = store.write(b"2", store.write(b"1", None))
    statement = re.search(r"UPDATE [^;]*", store.undo)
    assert statement
    postgres.run(statement[0])
    stored = place.client().read()
    assert stored.data == b"1"
    assert stored.version != second


def test_data_that_somebody_restored_under_the_same_version_is_sent(place: PostgresqlPlace, postgres: Postgres) -> None:
    place.client().write(b"as known", None)
    known = place.client().read()
    assert known
    postgres.run(f"UPDATE \"{apart(place.url)[2]}\".state SET data = 'restored'")
    seen = place.client().read(known=known)
    assert seen
    assert (seen.data, seen.version) == (b"restored", known.version)


def test_another_one_may_be_kept_in_place_of_the_previous_one(place: PostgresqlPlace, postgres: Postgres) -> None:
    store = place.client()
    store.write(b"2", store.write(b"1", None), b"instead of 1")
    statement = re.search(r"UPDATE [^;]*", store.undo)
    assert statement
    postgres.run(statement[0])
    assert place.client().read().data == b"instead of 1"


def test_states_of_one_database_do_not_meet(place: PostgresqlPlace) -> None:
    other = replace(place, url=place.url.replace("state=acme", "state=other"))
    version = place.client("1").write(b"1", None)
    with place.client("1").lock(), other.client("2").lock():
        other.client("2").write(b"2", None)
    assert place.client().read().version == version


def test_a_row_that_somebody_sits_on_is_not_waited_for_for_ever(place: PostgresqlPlace, postgres: Postgres) -> None:
    import psycopg

    version = place.client().write(b"1", None)
    with psycopg.connect(host=postgres.socket, port=postgres.port, user="postgres", dbname=DATABASE) as session:
        session.execute(f"UPDATE {place.schema}.state SET data = data".encode())
        diagnostic = failure(lambda: replace(place, patience=1).client().write(b"2", version))
        assert diagnostic.code == "STATE_UNWRITABLE"
        assert "LockNotAvailable" in diagnostic.summary or "QueryCanceled" in diagnostic.summary
        session.rollback()
    place.client().write(b"2", version)


def test_another_role_s_lock_is_broken_only_by_whoever_may(place: PostgresqlPlace, postgres: Postgres) -> None:
    reader = as_reader(place, postgres).client("2")
    with place.client("1").lock():
        assert "job 1 of acme/gateway" in str(reader.holder())
        assert "job 1 of acme/gateway" in failure(lambda: enter(reader)).summary
        diagnostic = failure(reader.unlock)
        assert diagnostic.code == "STORE_REFUSED"
        assert f"GRANT pg_signal_backend TO {READER}" in diagnostic.hint


def test_a_lock_is_let_go_before_the_connection_is(place: PostgresqlPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may see late that somebody hung up; the next one is not told of a lock whose holder is done."""
    from reconciler.state.stores.postgres.connection import PostgresSession

    opened: list[PostgresSession] = []

    def keep_open(session: PostgresSession) -> None:
        opened.append(session)

    monkeypatch.setattr(PostgresSession, "close", keep_open)
    with place.client("17").lock():
        assert failure(lambda: enter(place.client("18"))).code == "STATE_LOCKED"
    enter(place.client("18"))
    monkeypatch.undo()
    for session in opened:
        session.close()


def test_a_write_in_the_lock_s_transaction_falls_with_a_broken_lock(place: PostgresqlPlace) -> None:
    one, two = place.client("17"), place.client("18")
    version = one.write(b"1", None)
    with one.lock():
        assert "job 17" in str(two.unlock())
        diagnostic = failure(lambda: one.write(b"2", version))
        assert diagnostic.code == "STATE_UNWRITABLE"
        assert "`gwctl state unlock` broke the lock" in diagnostic.summary + diagnostic.detail
        version = one.write(b"3", version)  # over a connection of its own, as without a lock
    assert two.read().data == b"3"
    assert version == two.read().version


def test_a_long_name_is_cut_and_a_strange_one_is_harmless(place: PostgresqlPlace) -> None:
    environ = place.environ | {"GITHUB_RUN_ID": "12345678901", "GITHUB_REPOSITORY": "acmé/" + "gateway-" * 20}
    with place.opened(environ).lock():
        text = str(place.client().holder())
        assert text.startswith("run 12345678901 of acm")
        assert re.search(r" since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$", text)


def test_a_password_in_a_file(place: PostgresqlPlace, tmp_path: Path) -> None:
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:*:*:{WRITER}:{place.environ['PGPASSWORD']}\n")
    file.chmod(0o600)
    place.opened({"PGPASSFILE": str(file)}).write(b"1", None)


def test_a_service_file(place: PostgresqlPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "services"
    lines = ["[acme]", "host=127.0.0.1", f"port={place.port}", f"user={WRITER}", f"password={place.secrets[0]}"]
    file.write_text("\n".join([*lines, f"dbname={DATABASE}", ""]))
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    store = replace(place, url=f"postgresql:///?service=acme&schema={place.schema}").opened({})
    store.write(b"1", None)
    assert store.read().data == b"1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url: url.replace(f"/{DATABASE}", "/nowhere"), "there is no database nowhere"),
        (lambda url: url.replace(WRITER, "nobody"), "the password of the user nobody was rejected"),
    ],
)
def test_a_refusal_says_who_and_where(change, said: str, place: PostgresqlPlace) -> None:
    diagnostic = failure(replace(place, url=change(place.url)).client().read, *place.secrets)
    assert diagnostic.code == "STORE_REFUSED"
    assert said in diagnostic.summary


def test_a_server_that_asks_for_the_password_in_clear_text_does_not_get_it(
    place: PostgresqlPlace, postgres: Postgres
) -> None:
    """As it is asked over a network; the URL may allow it, by name."""
    environ = place.environ | {"PGPASSWORD": postgres.passwords[CARELESS]}
    wary = replace(place, url=place.url.replace(WRITER, CARELESS) + "&require_auth=!password", environ=environ)
    diagnostic = failure(wary.client().read, environ["PGPASSWORD"])
    assert diagnostic.code == "STORE_REFUSED"
    assert "unencrypted password" in diagnostic.summary
    assert "?require_auth=password" in diagnostic.hint
    assert replace(wary, url=wary.url.replace("!", "")).client().read() is None


def test_a_server_without_tls(place: PostgresqlPlace) -> None:
    diagnostic = failure(replace(place, url=place.url + "&sslmode=require").client().read)
    assert diagnostic.code == "STATE_UNREADABLE"
    assert "SSL" in diagnostic.summary
    assert "?sslmode=prefer" in diagnostic.hint


def test_a_user_who_is_not_let_in(place: PostgresqlPlace) -> None:
    diagnostic = failure(replace(place, url=place.url.replace(WRITER, OUTCAST)).client().read)
    assert diagnostic.code == "STORE_REFUSED"
    assert "pg_hba.conf" in diagnostic.summary


@pytest.mark.parametrize("after", [10, 100, 150, 190, 220])
def test_a_connection_that_is_cut_while_logging_in_is_no_refusal(after: int, place: PostgresqlPlace) -> None:
    with Cutting(place.port, after) as cutting:
        diagnostic = failure(place.at(cutting.port).client().read, *place.secrets)
    assert diagnostic.code == "STATE_UNREADABLE", diagnostic


@pytest.fixture
def crowded(place: PostgresqlPlace, postgres: Postgres) -> Iterator[PostgresqlPlace]:
    """A role that may have one connection."""
    role, password = f"r_{secrets.token_hex(6)}", secrets.token_urlsafe(18)
    postgres.run(f"CREATE ROLE {role} LOGIN PASSWORD '{password}' CONNECTION LIMIT 1")
    yield replace(
        place,
        url=place.url.replace(WRITER, role),
        environ=place.environ | {"PGPASSWORD": password},
        secrets=(*place.secrets, password),
    )
    postgres.run(f"DROP ROLE {role}")


def one_connection(place: PostgresqlPlace) -> Any:
    import psycopg

    return psycopg.connect(place.url.partition("?")[0], password=place.environ["PGPASSWORD"])


def test_a_server_without_a_free_connection_is_not_a_wrong_password(
    crowded: PostgresqlPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.state.stores.postgres.connection._CROWDED", 0.1)
    with closing(one_connection(crowded)):
        diagnostic = failure(crowded.client().read, *crowded.secrets)
    assert diagnostic.code == "STATE_UNREADABLE"
    assert "has no free connection for the user r_" in diagnostic.summary + diagnostic.detail


def test_a_free_connection_is_waited_for(crowded: PostgresqlPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.state.stores.postgres import connection

    opened, other = connection._Bounded.connect, one_connection(crowded)

    def connect(*arguments: Any, **named: Any) -> Any:
        try:
            return opened(*arguments, **named)
        finally:
            other.close()  # after the first attempt

    monkeypatch.setattr(connection._Bounded, "connect", connect)
    assert crowded.client().read() is None


def test_no_password_at_all(place: PostgresqlPlace, tmp_path: Path) -> None:
    diagnostic = failure(place.opened({"PGPASSFILE": str(tmp_path / "none")}).read)
    assert (diagnostic.code, "PGPASSWORD" in diagnostic.hint) == ("STORE_REFUSED", True)
    assert f"the user {WRITER} needs a password, but none is set" in diagnostic.summary


def test_a_server_that_only_reads(place: PostgresqlPlace, postgres: Postgres) -> None:
    version = place.client().write(b"1", None)
    role = f"{place.schema}_reads"  # of this test: others write at the same time
    postgres.run(
        f"CREATE ROLE {role} LOGIN PASSWORD '{place.secrets[0]}' IN ROLE {WRITER}",
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
    )
    reading = replace(place, url=place.url.replace(WRITER, role))
    diagnostic = failure(lambda: reading.client().write(b"2", version))
    assert diagnostic.code == "STATE_UNWRITABLE"
    assert "ReadOnlySqlTransaction" in diagnostic.summary


@pytest.mark.parametrize("url", ["postgresql://h/d?state=a'b", "postgresql://h/d?schema=", "postgresql://h/d?colour=1"])
def test_a_url_that_is_not_understood(url: str) -> None:
    diagnostic = failure(lambda: open_store(url, Path(), {}))
    assert diagnostic.code == "UNKNOWN_STORE"
    assert "docs/reference/stores.md" in diagnostic.hint


def test_what_is_ours_in_the_url_libpq_does_not_see() -> None:
    plain, state, schema = apart("postgresql://ana@h/d?state=acme&sslmode=verify-full&schema=team")
    assert (plain, state, schema) == ("postgresql://ana@h/d?sslmode=verify-full", "acme", "team")
    assert apart("postgresql://h/d") == ("postgresql://h/d", "default", "gwctl")


@pytest.mark.parametrize(
    ("url", "environ", "sslmode", "require_auth"),
    [
        ("postgresql://db.example/d", {}, "require", "!password"),
        ("postgresql://db.example/d", {"PGSSLMODE": "verify-full"}, "verify-full", "!password"),
        ("postgresql://db.example/d?sslmode=disable&require_auth=password", {}, "disable", "password"),
        ("postgresql://127.0.0.1/d", {}, None, None),
        ("postgresql://localhost,db.example/d", {}, "require", "!password"),
        ("postgresql:///d", {}, None, None),
        ("postgresql:///d", {"PGHOST": "db.example"}, "require", "!password"),
        ("postgresql:///d?service=acme", {}, None, None),
    ],
)
def test_over_a_network_nothing_goes_in_clear_text_unasked(
    url: str, environ: dict[str, str], sslmode: str | None, require_auth: str | None
) -> None:
    from reconciler.state.stores.postgres.connection import parameters

    given = parameters(url, environ)
    assert (given.get("sslmode"), given.get("require_auth")) == (sslmode, require_auth)
    assert int(given["connect_timeout"]) <= 10


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "reconciler.state.stores.postgres.connection", raising=False)
    with pytest.raises(Failed) as caught:
        open_store("postgresql://h/d", Path(), {})
    assert caught.value.diagnostics[0].code == "STORE_NOT_INSTALLED"
    assert "'psycopg[binary]>=" in caught.value.diagnostics[0].hint


def test_a_message_about_a_local_socket_names_the_port_in_words() -> None:
    from reconciler.state.stores.postgres.connection import where

    assert where({}) == "the local socket (port 5432)"
    assert where({"host": "db.example", "port": "5433"}) == "db.example:5433"
