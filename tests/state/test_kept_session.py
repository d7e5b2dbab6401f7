"""The connection that an apply keeps on PostgreSQL between its read and its lock."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from reconciler.state.stores.postgres.kept_session import KeptSession
from reconciler.state.stores.postgres.store import PostgresStore
from tests.state.places.postgresql_place import PostgresqlPlace
from tests.support.counting_proxy import CountingProxy
from tests.support.postgres import Postgres

pytestmark = pytest.mark.xdist_group("store-postgresql")


@pytest.fixture
def proxy(postgresql_place: PostgresqlPlace) -> Iterator[CountingProxy]:
    postgresql_place.client("9").write(b"1", None)
    with CountingProxy(postgresql_place.port) as proxy:
        yield proxy


@pytest.fixture
def store(postgresql_place: PostgresqlPlace, proxy: CountingProxy) -> PostgresStore:
    client = postgresql_place.at(proxy.port).client("17")
    assert isinstance(client, PostgresStore)
    return client


def end_all(place: PostgresqlPlace, postgres: Postgres) -> None:
    """End every session of the role, as a restart of the server does."""
    role = place.url.partition("//")[2].partition("@")[0]
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")


def written(store: PostgresStore, version: str) -> int:
    """Write under the lock."""
    with store.lock():
        store.write(b"2", version)
    stored = store.read()
    assert stored is not None
    return int(stored.data)


def test_the_lock_and_the_write_use_the_connection_of_the_read(store: PostgresStore, proxy: CountingProxy) -> None:
    stored = store.read(soon=True)
    assert stored is not None
    with store.lock():
        store.write(b"2", stored.version)
    assert proxy.cost().connections == 1
    assert store.read() != stored
    assert proxy.cost().connections == 2


def test_a_read_without_a_write_in_sight_keeps_nothing(store: PostgresStore, proxy: CountingProxy) -> None:
    assert store.read() is not None
    assert proxy.cost().connections == 1  # which waits until no connection is open


def test_a_kept_connection_is_closed_after_some_seconds(store: PostgresStore, proxy: CountingProxy) -> None:
    store._kept = KeptSession(longest=0.2)
    stored = store.read(soon=True)
    assert stored is not None
    assert proxy.cost().connections == 1  # which waits until no connection is open
    assert written(store, stored.version) == 2


def test_a_kept_connection_that_the_server_ended_is_replaced(
    store: PostgresStore, postgresql_place: PostgresqlPlace, postgres: Postgres
) -> None:
    stored = store.read(soon=True)
    assert stored is not None
    end_all(postgresql_place, postgres)
    time.sleep(0.2)
    assert written(store, stored.version) == 2


def test_one_that_ends_while_the_lock_is_taken_is_replaced(
    store: PostgresStore, postgresql_place: PostgresqlPlace, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store.read(soon=True)
    assert stored is not None
    end_all(postgresql_place, postgres)
    monkeypatch.setattr("reconciler.state.stores.postgres.connection.PostgresSession.is_quiet", True)
    assert written(store, stored.version) == 2


def test_somebody_else_s_write_in_between_is_seen(store: PostgresStore, postgresql_place: PostgresqlPlace) -> None:
    stored = store.read(soon=True)
    assert stored is not None
    postgresql_place.client("18").write(b"3", stored.version)
    with store.lock(), pytest.raises(Exception, match="changed"):
        store.write(b"2", stored.version)


def test_a_second_read_leaves_one_connection(store: PostgresStore, proxy: CountingProxy) -> None:
    assert store.read(soon=True) is not None
    assert store.read(soon=True) is not None
    store._kept.close()
    assert proxy.cost().connections == 2
