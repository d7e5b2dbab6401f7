"""Writing a state: whoever loses a race is told who won it, and what a store does not take is kept beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.apply.write_state import ReadState, write_state
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.state.codec import decode, encode
from reconciler.state.document import State, Written
from reconciler.state.stores.file.store import FileStore

NOTHING = ReadState(State(name="acme"), None)
ANA = Written("ana@laptop", "2026-01-01T10:00:00Z")
RUN = Written("run 17 of acme/ai", "2026-01-01T10:00:01Z")


class Refusing(FileStore):
    """A store that takes nothing: no real one can be told to."""

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Say that it cannot."""
        raise Failed(
            error("STATE_UNWRITABLE", "The state cannot be written", detail="Nothing was done.", hint="make room")
        )


def failure(store: FileStore, state: State, version: str | None, spare: Path):
    with pytest.raises(Failed) as caught:
        write_state(store, state, ReadState(State(name="acme"), version), OwnFile(spare))
    return caught.value.diagnostics[0]


def test_the_loser_is_told_who_won_and_when(tmp_path) -> None:
    store, spare = FileStore(tmp_path / "s.json"), tmp_path / "errored.state.json"
    first = State(name="acme", lineage="lineage-1").following((), ANA)
    version = write_state(store, first, NOTHING, OwnFile(spare))
    write_state(store, first.following((), RUN), ReadState(first, version), OwnFile(spare))
    lost = failure(store, first.following((), ANA), version, spare)
    assert lost.code == "STATE_CHANGED"
    assert "The state now has serial 2, written by run 17 of acme/ai at 2026-01-01T10:00:01Z" in lost.detail
    assert not spare.exists()


def test_the_loser_is_told_that_the_state_is_gone(tmp_path) -> None:
    store, spare = FileStore(tmp_path / "s.json"), tmp_path / "errored.state.json"
    first = State(name="acme", lineage="lineage-1").following((), ANA)
    version = write_state(store, first, NOTHING, OwnFile(spare))
    (tmp_path / "s.json").unlink()
    assert "Another run deleted the state" in failure(store, first.following((), ANA), version, spare).detail


def test_what_is_not_taken_is_kept_and_can_be_pushed(tmp_path) -> None:
    spare = tmp_path / "deep" / "errored.state.json"
    state = State(name="acme", lineage="lineage-1").following((), ANA)
    lost = failure(Refusing(tmp_path / "s.json"), state, None, spare)
    assert f"saved in {spare}" in lost.detail
    assert f"gwctl state push {spare}" in lost.hint
    assert decode(spare.read_bytes(), "", "acme") == decode(encode(state), "", "acme")
    assert json.loads(spare.read_text())["written"]["by"] == "ana@laptop"


def test_where_it_cannot_be_kept_either_nothing_more_is_promised(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    lost = failure(
        Refusing(tmp_path / "s.json"),
        State(name="acme", lineage="lineage-1").following((), ANA),
        None,
        tmp_path / "file" / "x",
    )
    assert "was saved in" not in lost.detail
    assert f"could not be saved in {tmp_path / 'file' / 'x'} either" in lost.detail


def test_who_holds_the_lock_is_said_and_nothing_kept(tmp_path) -> None:
    store, spare = FileStore(tmp_path / "s.json", "ana@laptop"), tmp_path / "errored.state.json"
    with FileStore(tmp_path / "s.json", "run 17 of acme/ai").lock():
        lost = failure(store, State(name="acme", lineage="lineage-1").following((), ANA), None, spare)
    assert lost.code == "STATE_LOCKED"
    assert "run 17 of acme/ai, process" in lost.summary
    assert not spare.exists()


class Busy(FileStore):
    """A store that others use too, and whose lock somebody holds the first two times."""

    is_shared = True
    tries = 0

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Taken at the third try."""
        self.tries += 1
        if self.tries < 3:
            raise Failed(error("STATE_LOCKED", "The state is locked by run 17 since then", hint="wait"))
        yield


def test_where_others_write_too_their_lock_is_waited_for_and_said_once(tmp_path) -> None:
    store, said = Busy(tmp_path / "s.json"), []
    write_state(
        store,
        State(name="acme", lineage="lineage-1").following((), ANA),
        before=NOTHING,
        spare=OwnFile(tmp_path / "spare"),
        on_wait=said.append,
    )
    assert store.tries == 3
    assert said == ["The state is locked by run 17 since then; waiting"]
    assert store.read() is not None


class ReadOnly(FileStore):
    """A store whose role may read, as PostgreSQL, a bucket or GitLab can be told to."""

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Say that a right is missing."""
        raise Failed(
            error("STORE_REFUSED", "The store rejected the request: a right is missing", hint="grant update on it")
        )


def test_a_reader_is_told_that_the_pipeline_applies_and_nothing_is_written(tmp_path) -> None:
    first = State(name="acme", lineage="lineage-1").following((), ANA)
    version = write_state(FileStore(tmp_path / "s.json"), first, NOTHING, OwnFile(tmp_path / "spare"))
    before = sorted(path.name for path in tmp_path.iterdir())
    lost = failure(ReadOnly(tmp_path / "s.json"), first.following((), ANA), version, tmp_path / "spare")
    assert lost.code == "STORE_READ_ONLY"
    assert "read-only access" in lost.summary
    assert "the pipeline" in lost.hint
    assert "grant" not in f"{lost.summary} {lost.detail} {lost.hint}"
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_who_sets_a_store_up_is_told_which_right_is_missing(tmp_path) -> None:
    lost = failure(
        ReadOnly(tmp_path / "s.json"),
        State(name="acme", lineage="lineage-1").following((), ANA),
        None,
        tmp_path / "spare",
    )
    assert (lost.code, "grant" in lost.hint) == ("STORE_REFUSED", True)
