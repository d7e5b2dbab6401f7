"""Every decoder, with what must hold of it whatever it is given: it refuses in its own words, or what it took is whole.

A new decoder is one more class and one more line in DECODERS.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from reconciler import address
from reconciler.address import KEY
from reconciler.config.gateway import Gateway
from reconciler.config.load import load
from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed
from reconciler.ledger.machine_rows import MachineRows
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.live.dialect import dialect_of
from reconciler.live.fault import Fault
from reconciler.live.leak_check import KeyTraces
from reconciler.live.lists.fair_share import ReadingPace
from reconciler.live.lists.pages import Page, Pages
from reconciler.lockfile.codec import encode as encode_lock
from reconciler.lockfile.codec import read_lock
from reconciler.lockfile.document import LockFile, Pin
from reconciler.lockfile.locate import LockBytes
from reconciler.plan.build import make_plan
from reconciler.plan.file.codec import decode_plan, digest_of, encode_plan
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide
from reconciler.presets.dialects import DIALECTS
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.observation import skipped
from reconciler.resources.presence import Owner, Slot
from reconciler.resources.resource import Resource
from reconciler.secrets.binding import Exposure, Pair, Secret
from reconciler.state.codec import decode, encode
from reconciler.state.document import State, Written
from tests.machinery import mutations
from tests.support.sample import sample_plan

CORPUS = Path(__file__).with_name("corpus")
PAYLOADS = CORPUS.parents[1] / "payloads"
_LINEAGE = "6f0c1c3e-5b1d-4f0e-9c52-0f6a1c7d2e11"  # of the machine's records in the corpus
_FACTS = {"origin": "fetched", "purpose_source": "declared"}
WRITTEN = Written("ana@laptop", "2026-01-01T00:00:00Z")


class Decoder(Protocol):
    """One decoder; `try_out` raises AssertionError, or whatever went wrong, for an input that breaks the law."""

    name: str

    def seeds(self) -> dict[str, bytes]:
        """The kept inputs, by name."""
        ...

    def mutated(self, chance: random.Random) -> bytes:
        """One more input."""
        ...

    def try_out(self, data: bytes, folder: Path) -> bool:
        """Return whether it was taken."""
        ...


class _Kept:
    """Inputs from a folder of the corpus; trees are mutated as trees half of the time."""

    def __init__(self, name: str, *folders: Path) -> None:
        self.name = name
        self._folders = folders or (CORPUS / name,)

    @cache  # noqa: B019 - one object of each decoder, for as long as the process lives
    def seeds(self) -> dict[str, bytes]:
        files = [path for folder in self._folders for path in sorted(folder.iterdir()) if path.is_file()]
        return {path.name: path.read_bytes() for path in files} | self.current()

    def current(self) -> dict[str, bytes]:
        """Return the documents that this gwctl writes; the corpus keeps some of older ones."""
        return {}

    def mutated(self, chance: random.Random) -> bytes:
        seeds = list(self.seeds().values())
        data = chance.choice(seeds)
        tree = _tree(data)
        if isinstance(tree, dict | list) and chance.random() < 0.6:
            return self.finished(mutations.of_tree(tree, chance), chance)
        return mutations.of_bytes(data, seeds, chance)

    def finished(self, tree: Any, chance: random.Random) -> bytes:
        """The text of a mutated tree."""
        return mutations.as_json(tree, chance)


@cache
def _tree(data: bytes) -> Any:
    with suppress(ValueError, yaml.YAMLError, RecursionError):
        return json.loads(data) if data.lstrip()[:1] in (b"{", b"[") else yaml.safe_load(data)
    return None


class GatewayFile(_Kept):
    """A gateway or words; a gateway can be planned, and what comes of that is read back."""

    def try_out(self, data: bytes, folder: Path) -> bool:
        path = folder / "gateway.yaml"
        path.write_bytes(data)
        document = load([path], {"A": "a"}, {})
        errors = [diagnostic for diagnostic in document.diagnostics if diagnostic.severity == "error"]
        assert (document.gateway is None) == bool(errors), document
        _check_words(document.diagnostics)
        if document.gateway:
            _check_plan(document.gateway)
        return document.gateway is not None


def _check_words(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        assert diagnostic.code, diagnostic
        assert diagnostic.summary, diagnostic
        assert "pydantic" not in repr(diagnostic), diagnostic
        repr(diagnostic).encode()  # no lone surrogate


def _check_plan(gateway: Gateway) -> None:
    seen = {name: skipped("OFFLINE", "Not asked", "--offline", "") for name in gateway.endpoints}
    plan = make_plan(Inputs(division=divide(gateway, "all", own=frozenset(), state={}, ledger={}), observations=seen))
    saved = decode_plan(encode_plan(plan, "ana@laptop", WRITTEN.at), "p.plan")
    assert saved.plan.changes == plan.changes
    _check_state(
        State(name=gateway.name, lineage="lineage-1").following(
            [change.after for change in plan.changes if change.after], WRITTEN
        )
    )


def _check_state(state: State) -> None:
    again = decode(encode(state), "state.json", state.name)
    assert again.resources == state.resources
    assert (again.lineage, again.serial, again.written) == (state.lineage, state.serial, state.written)


class StateFile(_Kept):
    """A state or `Failed`; what was read is written and read to be the same."""

    def current(self) -> dict[str, bytes]:
        return {"current": encode(_older_state())}

    def try_out(self, data: bytes, folder: Path) -> bool:
        try:
            state = decode(data, "state.json", None)
        except Failed as fault:
            _check_words(fault.diagnostics)
            return False
        _check_state(state)
        return True


def _older_state() -> State:
    return decode((CORPUS / "state" / "version-3.json").read_bytes(), "version-3.json", None)


class PlanFile(_Kept):
    """A saved plan or `Failed`; the digest is put right, as a forger would."""

    def current(self) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            return {"current": encode_plan(sample_plan(Path(folder)), WRITTEN.by, WRITTEN.at)}

    def finished(self, tree: Any, chance: random.Random) -> bytes:
        if isinstance(tree, dict) and chance.random() < 0.9:
            tree.pop("digest", None)
            with suppress(ValueError, TypeError, UnicodeError):
                tree["digest"] = digest_of(tree)
        return super().finished(tree, chance)

    def try_out(self, data: bytes, folder: Path) -> bool:
        try:
            saved_plan = decode_plan(data, "p.plan")
        except Failed as fault:
            _check_words(fault.diagnostics)
            return False
        again = decode_plan(encode_plan(saved_plan.plan, saved_plan.made_by, saved_plan.made_at), "p.plan")
        assert again.plan == saved_plan.plan
        return True


class LockFileText(_Kept):
    """Pinned lists or `Failed`."""

    def try_out(self, data: bytes, folder: Path) -> bool:
        try:
            lock_file = read_lock(LockBytes(folder / "gateway.lock.yaml", data), "acme")
        except Failed as fault:
            _check_words(fault.diagnostics)
            return False
        assert lock_file is not None
        _check_lock(lock_file)
        return True


def _check_lock(lock: LockFile) -> None:
    again = read_lock(LockBytes(Path("gateway.lock.yaml"), encode_lock(lock)), lock.name)
    assert again is not None
    assert {name: _pinned(pin) for name, pin in again.pins.items()} == {n: _pinned(pin) for n, pin in lock.pins.items()}
    assert all(pin.intact for pin in again.pins.values())


def _pinned(pin: Pin) -> tuple[Any, ...]:
    return pin.name, pin.base_url, pin.dialect, pin.models


class LedgerRows(_Kept):
    """Rows or `Failed`: the file's bytes are changed, or a cell of its tables."""

    def current(self) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ledger.sqlite3"
            ledger, machine, slot = OwnedRows(path), MachineRows(path), Slot(KEY, ("gwctl:acme", "it"))
            pair = Pair(Secret("env", "K", "K"), Exposure(origin="https://h.example"))
            stack = Stacks(path).remember(
                Stack(id="s1", path="/w/gateway.yaml", store="/w/state.json", name="acme", lineage=_LINEAGE),
                {pair: "asked"},
            )
            ledger.begin_write(
                slot,
                Owner(stack="s1", lineage=_LINEAGE, address="key.it", name="acme", place="/w/state.json"),
                pending="f1",
                facts={"origin": "env K"},
            )
            ledger.end_write(slot)
            machine.write((stack.id, _LINEAGE), _older_state().resources.values(), "")
            machine.use_plan("sha256:0")
            return {"current": path.read_bytes()}

    def mutated(self, chance: random.Random) -> bytes:
        data = chance.choice(list(self.seeds().values()))
        return mutations.of_bytes(data, [data], chance) if chance.random() < 0.3 else _other_cell(data, chance)

    def try_out(self, data: bytes, folder: Path) -> bool:
        path = folder / "ledger.db"
        path.write_bytes(data)
        for beside in folder.glob("ledger.db-*"):
            beside.unlink()
        try:
            for _ in _everything_of(path):
                pass
        except Failed as fault:
            _check_words(fault.diagnostics)
            return False
        return True


def _everything_of(path: Path) -> Iterator[object]:
    """All that a ledger can be asked for, and writes of what was read."""
    ledger, machine, book = OwnedRows(path), MachineRows(path), Stacks(path).read()
    yield repr(book)
    yield repr(ledger.read())
    yield ledger.digest("x")
    yield machine.plan_used("sha256:0")
    for stack in book.of_lineage(_LINEAGE):
        result = machine.read((stack.id, _LINEAGE))
        yield repr(result)
        machine.write((stack.id, _LINEAGE), result.resources.values(), result.version)
        assert machine.read((stack.id, _LINEAGE)).resources == result.resources
    machine.renew()


def _other_cell(data: bytes, chance: random.Random) -> bytes:
    with closing(sqlite3.connect(":memory:")) as rows:
        rows.deserialize(data)
        tables = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = chance.choice(tables)
        columns = [item[1] for item in rows.execute(f"PRAGMA table_info({table})")]
        value = chance.choice(mutations.VALUES)
        value = value if isinstance(value, int | float | str | None) else json.dumps(value).encode()
        with suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):
            match chance.randrange(8):
                case 0:
                    rows.execute(f"DROP TABLE {table}")
                case 1:
                    rows.execute(f"ALTER TABLE {table} ADD COLUMN more")
                case 2:
                    rows.execute(f"DELETE FROM {table}")
                case 3:
                    rows.execute(f"PRAGMA user_version = {chance.randint(-2, 9)}")
                case _:
                    rows.execute(f"UPDATE {table} SET {chance.choice(columns)} = ?", (value,))
            rows.commit()
        return rows.serialize()


class List(_Kept):
    """A page of a dialect's list: models that a state and a lock file can hold, or `Fault`."""

    def __init__(self, dialect: str) -> None:
        super().__init__(f"list of {dialect}", PAYLOADS, CORPUS / "lists")
        self._dialect = dialect

    def try_out(self, data: bytes, folder: Path) -> bool:
        try:
            page = asyncio.run(self._page(data))
        except Fault as fault:
            repr(fault.detail).encode()
            return False
        models = tuple({model.id: model for model in page.models}.values())
        pin = Pin(
            name="it",
            base_url="http://h",
            dialect=self._dialect,
            models=tuple(sorted(models, key=lambda model: model.id)),
        )
        if models:
            _check_lock(LockFile("acme", {"it": pin}))
            recorded = [
                Resource(address.model("it", model.id), ModelAttributes(purpose=model.purpose), _FACTS)
                for model in models
            ]
            _check_state(State(name="acme", lineage="lineage-1").following(recorded, WRITTEN))
        return bool(models)

    async def _page(self, data: bytes) -> Page:
        pages = Pages()
        page = Page(dialect_of(self._dialect), KeyTraces(()), pages, ReadingPace(asyncio.Lock()))
        half = len(data) // 2
        await page.take(data[:half])
        await page.take(data[half:])
        await page.end()
        if page.is_list:
            pages.took(page)
        dialect_of(self._dialect).next_page(page.envelope, page.entries)
        return page


DECODERS: tuple[Decoder, ...] = (
    GatewayFile("gateway"),
    StateFile("state"),
    PlanFile("plan"),
    LockFileText("lock"),
    LedgerRows("ledger"),
    *(List(name) for name in DIALECTS),
)
