"""The SQL statements of the PostgreSQL store, for one state in one schema.

Names are checked, and values are passed as parameters.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_OURS = {"state": "default", "schema": "gwctl"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")


def apart(url: str) -> tuple[str, str, str]:
    """Return the URL for libpq, the name of the state, and the state's schema.

    Raise ValueError if a name is not valid.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    ours = _OURS | {name: value for name, value in query if name in _OURS}
    for name, value in ours.items():
        if not _NAME.fullmatch(value):
            raise ValueError(f"`{name}` must start with a letter and contain at most 63 letters, digits, _ and -")
    rest = urlencode([pair for pair in query if pair[0] not in _OURS], quote_via=quote)
    plain = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return plain + (f"?{rest}" if rest else ""), ours["state"], ours["schema"]


class Statements:
    """The SQL statements for one state, and the rights (`to_…`) that they need."""

    def __init__(self, schema: str, state: str) -> None:
        table, self.schema, self.state = f'"{schema}".state', schema, state
        self.lock_key = _number(f"gwctl lock {schema} {state}")
        self.making_key = _number(f"gwctl making {schema}")
        use = f'USAGE ON SCHEMA "{schema}"'
        self.to_read = (use, f"SELECT ON {table}")
        self.to_write = (use, f"SELECT, INSERT, UPDATE ON {table}")
        self.to_make_table = (f'USAGE, CREATE ON SCHEMA "{schema}"',)
        self.read = f"SELECT data, version FROM {table} WHERE name = %s"
        # Somebody may have restored `data` by hand and left the version as it was, so both are compared.
        self.read_unless = (
            "SELECT CASE WHEN version = %s AND sha256(data) = %s THEN NULL ELSE data END, version "
            f"FROM {table} WHERE name = %s"
        )
        self.insert = (
            f"INSERT INTO {table} (name, version, data) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING version"
        )
        self.update = (
            f"UPDATE {table} SET previous = COALESCE(%s, data), data = %s, version = %s, written = now() "
            "WHERE name = %s AND version = %s RETURNING version"
        )
        self.undo = f"UPDATE {table} SET data = previous, version = now()::text WHERE name = '{state}'"
        self.make_schema = f'CREATE SCHEMA "{schema}"'
        self.make_table = (
            f"CREATE TABLE IF NOT EXISTS {table} (name text PRIMARY KEY, version text NOT NULL, "
            "written timestamptz NOT NULL DEFAULT now(), data bytea NOT NULL, previous bytea)"
        )

    has_table = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'state'"
    has_schema = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
    # For this transaction only: behind a pooler, another client uses the session next.
    limits = "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)"
    make_alone = "SELECT pg_advisory_xact_lock(%s::bigint)"
    # The holder may keep the lock as long as needed. A machine that disappears is noticed within half a minute.
    patient = (
        "SELECT set_config(name, wanted, true) FROM pg_settings JOIN (VALUES ('statement_timeout', '0'), "
        "('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'), ('tcp_keepalives_idle', '10'), "
        "('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '4'), ('application_name', %s)"
        ") AS ours (name, wanted) USING (name)"
    )
    take = "SELECT pg_try_advisory_xact_lock(%s::bigint)"
    holder = (
        "SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "JOIN pg_database ON pg_database.oid = database AND pg_database.datname = current_database() "
        "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
        "AND (classid::bigint << 32 | objid::bigint) = %s::bigint"
    )
    end_session = "SELECT pg_terminate_backend(%s::int)"


def _number(text: str) -> int:
    """Return the number of the advisory lock for the name of a state.

    The number is a bigint and valid in the whole database.
    """
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
