"""A schema of its own in a real PostgreSQL."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Self

import pytest

from reconciler.state.stores.postgres.store import PostgresStore
from tests.state.places.place import Place
from tests.support.bindings import agreed_store
from tests.support.postgres import DATABASE, WRITER, Postgres


@dataclass(frozen=True)
class PostgresqlPlace(Place):
    """Its lock falls with its connection."""

    variable: str = "PGPASSWORD"
    schema: str = ""
    socket: str = field(default="", repr=False)  # the superuser's way in

    def opened(self, environ: dict[str, str]) -> PostgresStore:
        return PostgresStore(self.url, environ, self.patience, agreed_store(self.url, environ))

    def fresh(self) -> Self:
        other = f"s_{secrets.token_hex(6)}"
        return replace(self, url=self.url.replace(self.schema, other), schema=other)

    def refused(self) -> Self:
        wrong = secrets.token_urlsafe(18)
        return replace(self, environ=self.environ | {"PGPASSWORD": wrong}, secrets=(*self.secrets, wrong))

    def contents(self) -> list[str]:
        import psycopg

        with psycopg.connect(host=self.socket, port=self.port, user="postgres", dbname=DATABASE) as session:
            result = session.execute("SELECT nspname FROM pg_namespace WHERE nspname = %s", (self.schema,)).fetchall()
        return [name for (name,) in result]


@pytest.fixture
def postgresql_place(postgres: Postgres) -> PostgresqlPlace:
    """Nothing is there but the database and a role that may create in it."""
    schema, password = f"s_{secrets.token_hex(6)}", postgres.passwords[WRITER]
    return PostgresqlPlace(
        f"postgresql://{WRITER}@127.0.0.1:{postgres.port}/{DATABASE}?state=acme&schema={schema}",
        {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"},
        port=postgres.port,
        secrets=(password,),
        schema=schema,
        socket=postgres.socket,
    )
