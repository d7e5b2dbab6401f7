"""The ledger's rows of applied endpoints. `gwctl key print` reads these rows and no gateway file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler import safe_json
from reconciler.ledger.database import LedgerFile
from reconciler.secrets.binding import Exposure
from reconciler.secrets.lint import KeyUse
from reconciler.secrets.reference import (
    CommandReference,
    EnvReference,
    FileReference,
    KeyReference,
    KeyringReference,
)
from reconciler.values import dataclass

if TYPE_CHECKING:
    import sqlite3

COLUMNS = "endpoint, origin, path, header, scheme, reference, form, timeout, shares"
_NOT_VALID = "the ledger's records of the applied endpoints are not valid"


@dataclass(frozen=True, kw_only=True)
class AppliedEndpoint:
    """The facts about an applied endpoint that are needed to print the endpoint's key."""

    name: str
    exposure: Exposure  # origin and tenant only: the tool itself sends the key, without the file's proxy
    header: str  # the header that contains the key in a request
    reference: KeyReference | None  # with absolute paths; None: only a stored key can be printed
    timeout: float  # seconds
    use: KeyUse = field(default_factory=KeyUse)
    shares: str = ""  # the ID of a stack (the main checkout's) whose bindings also apply


class AppliedRows:
    """The rows of applied endpoints in one ledger. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self._file = LedgerFile(path)

    def read(self, stack: str) -> dict[str, AppliedEndpoint]:
        """Return {name: applied endpoint} for the stack. Return an empty mapping if there is no ledger."""
        if not self._file.is_there():
            return {}
        with self._file.open() as rows:
            return {row.name: row for row in _applied(rows, stack)}

    def write(self, stack: str, name: str, endpoints: Iterable[AppliedEndpoint], kept: Collection[str] = ()) -> None:
        """Replace the applied endpoints and the name of the stack. The rows of endpoints in `kept` are not changed.

        If the rows are already right, nothing is written.
        """
        wanted = {endpoint.name: endpoint for endpoint in endpoints}
        with self._file.open() as rows:
            before = {row.name: row for row in _applied(rows, stack)}
            is_named = rows.execute("SELECT 1 AS position FROM stack WHERE id=? AND name=?", (stack, name)).fetchone()
        left = {name: row for name, row in before.items() if name in kept and name not in wanted}
        if is_named and before == wanted | left:
            return
        with self._file.open(writing=True) as rows:
            rows.execute("UPDATE stack SET name=? WHERE id=?", (name, stack))
            rows.executemany(
                "DELETE FROM applied WHERE stack=? AND endpoint=?", [(stack, gone) for gone in {*before} - {*left}]
            )
            rows.executemany(
                f"INSERT OR REPLACE INTO applied (stack, {COLUMNS}) "  # noqa: S608 - constant
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(stack, *_columns(endpoint)) for endpoint in wanted.values()],
            )


def applied_endpoint(
    name: str,
    origin: str,
    path: str,
    header: str,
    scheme: str,
    reference: str,
    form: str,
    timeout: str,
    shares: str,
) -> AppliedEndpoint:
    """Return the applied endpoint in a row with the columns `COLUMNS`. Raise ValueError if the row is not valid."""
    return AppliedEndpoint(
        name=name,
        exposure=Exposure(origin=origin, path=path),
        header=header,
        reference=_reference(reference),
        timeout=_seconds(timeout),
        use=_use(scheme, _object(form)),
        shares=shares,
    )


def _applied(rows: sqlite3.Connection, stack: str) -> list[AppliedEndpoint]:
    found = rows.execute(f"SELECT {COLUMNS} FROM applied WHERE stack=? ORDER BY endpoint", (stack,))  # noqa: S608
    return [applied_endpoint(*row) for row in found]


def _columns(endpoint: AppliedEndpoint) -> tuple[str, ...]:
    exposure, use = endpoint.exposure, endpoint.use
    form = {"vendors_own": use.vendors_own, "own": sorted(use.own), "vendors": dict(use.vendors)}
    return (
        endpoint.name,
        exposure.origin,
        exposure.path,
        endpoint.header,
        use.scheme,
        _text_of(endpoint.reference),
        json.dumps(form),
        repr(endpoint.timeout),
        endpoint.shares,
    )


def _text_of(reference: KeyReference | None) -> str:
    """Return the reference as JSON, with absolute paths on this machine. Return "" for None."""
    match reference:
        case None:
            return ""
        case EnvReference():
            return json.dumps({"env": reference.name})
        case FileReference():
            return json.dumps({"file": reference.path, "at": reference.resolved})
        case CommandReference():
            return json.dumps({"command": list(reference.argv), "at": reference.directory})
        case KeyringReference():
            return json.dumps({"keyring": [reference.service, reference.account]})


_READERS: dict[str, Callable[[Any, Any], KeyReference]] = {
    "env": lambda name, _: EnvReference(_text(name)),
    "file": lambda path, at: FileReference(_text(path), _text(at)),
    "command": lambda argv, at: CommandReference(tuple(_texts(argv)), _text(at)),
    "keyring": lambda slot, _: KeyringReference(*_pair(slot)),
}


def _reference(text: str) -> KeyReference | None:
    if not text:
        return None
    document = _object(text)
    word = next(iter(document), "")
    if word not in _READERS:
        raise ValueError(_NOT_VALID)
    return _READERS[word](document[word], document.get("at"))


def _use(scheme: str, form: dict[str, Any]) -> KeyUse:
    vendors = form.get("vendors")
    if type(form.get("vendors_own")) is not bool or not isinstance(vendors, dict):
        raise ValueError(_NOT_VALID)
    return KeyUse(
        scheme=scheme,
        vendors_own=form["vendors_own"],
        own=frozenset(_texts(form.get("own"), 0)),
        vendors={prefix: _text(vendor) for prefix, vendor in vendors.items()},
    )


def _object(text: str) -> dict[str, Any]:
    document: Any = safe_json.loads(text)
    if not isinstance(document, dict):
        raise ValueError(_NOT_VALID)
    return document


def _texts(values: Any, least: int = 1) -> list[str]:
    if not isinstance(values, list) or len(values) < least:
        raise ValueError(_NOT_VALID)
    return [_text(value) for value in values]


def _pair(values: Any) -> tuple[str, str]:
    texts = _texts(values)
    if len(texts) != 2:
        raise ValueError(_NOT_VALID)
    return texts[0], texts[1]


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(_NOT_VALID)
    return value


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (isfinite(seconds) and seconds > 0):
        raise ValueError(_NOT_VALID)
    return seconds
