"""The file store's promises besides the contract: files beside it, links, full disks, kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.state.stores.file.store import FileStore
from reconciler.state.stores.store import Store

Pair = tuple[Store, Store]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Two clients of one place."""
    place = tmp_path / "deep" / "state.json"
    return FileStore(place), FileStore(place)


def code(doing: Callable[[], object]) -> str:
    with pytest.raises(Failed) as caught:
        doing()
    return caught.value.diagnostics[0].code


def test_who_holds_the_lock(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    assert one.holder() is None
    assert list(tmp_path.iterdir()) == [], "asking creates nothing"
    with one.lock():
        assert f"process {os.getpid()} since" in str(two.holder())
    assert two.holder() is None
    left = "ana@laptop, process 1 since 2026-01-01T10:00:00Z"  # as a killed one leaves it
    (tmp_path / "deep" / "state.json.holder").write_text(left)
    assert two.holder() is None
    with two.lock():
        pass


def test_the_previous_one_is_kept(pair: Pair, tmp_path: Path) -> None:
    pair[0].write(b"2", pair[0].write(b"1", None))
    assert (tmp_path / "deep" / "state.json.backup").read_bytes() == b"1"


def test_another_one_may_be_kept_in_place_of_the_previous_one(pair: Pair, tmp_path: Path) -> None:
    pair[0].write(b"2", pair[0].write(b"1", None), b"instead of 1")
    assert (tmp_path / "deep" / "state.json.backup").read_bytes() == b"instead of 1"


def test_nothing_else_is_left_behind(pair: Pair, tmp_path: Path) -> None:
    with pair[0].lock():
        pair[0].write(b"2", pair[0].write(b"1", None))
    names = {path.name for path in (tmp_path / "deep").iterdir()}
    assert names <= {"state.json", "state.json.backup", "state.json.lock", ".gitignore"}


def test_a_directory_with_other_things_in_it_gets_no_gitignore(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").touch()
    FileStore(tmp_path / "state.json").write(b"1", None)
    assert {path.name for path in tmp_path.iterdir()} == {"gateway.yaml", "state.json", "state.json.lock"}


@pytest.mark.skipif(os.name != "posix", reason="symbolic links: POSIX only")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    store = FileStore(tmp_path / "link")
    assert code(store.read) == "STATE_UNREADABLE"
    assert code(lambda: store.write(b"2", None)) == "STATE_UNREADABLE"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"1"


def test_a_place_that_is_no_file_is_said(tmp_path: Path) -> None:
    assert code(FileStore(tmp_path).read) == "STATE_UNREADABLE"
    (tmp_path / "file").write_text("")
    assert code(lambda: FileStore(tmp_path / "file" / "state.json").write(b"", None)) == "STATE_UNREADABLE"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk: Linux only")
def test_a_full_disk_loses_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    version = pair[0].write(b"old", None)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert code(lambda: pair[0].write(b"new", version)) == "STATE_UNWRITABLE"
    monkeypatch.undo()
    assert pair[0].read().data == b"old"
    assert len(list(Path(pair[0].place).parent.glob(".gwctl-*"))) == 0


@pytest.mark.parametrize("url", ["file:state.json", "state.json", "file:./state.json"])
def test_a_path_begins_at_its_directory(url: str, tmp_path: Path) -> None:
    assert Path(open_store(url, tmp_path, {}).place) == tmp_path / "state.json"


@pytest.mark.parametrize("url", ["ftp://host/x", "file:"])
def test_other_stores_are_refused_by_name(url: str, tmp_path: Path) -> None:
    assert code(lambda: open_store(url, tmp_path, {})) == "UNKNOWN_STORE"


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL: POSIX only")
def test_killed_at_any_point_the_file_is_whole(tmp_path: Path) -> None:
    """Truncate, then write: a crash leaves nothing (terraform#34266)."""
    place = tmp_path / "state.json"
    script = (
        "from pathlib import Path; from reconciler.state.stores.file.store import FileStore\n"
        f"store = FileStore(Path({str(place)!r}))\n"
        "found = store.read()\n"
        "version, number = (found.version, int(found.data[:8])) if found else (None, 0)\n"
        "print('go', flush=True)\n"
        "while True:\n"
        "    number += 1\n"
        "    version = store.write(f'{number:08}'.encode() * 20000, version)\n"
        "    print(number, flush=True)\n"
    )
    last = 0
    for round_number in range(15):
        writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        with writer:
            assert writer.stdout
            for _ in range(1 + round_number % 3):
                writer.stdout.readline()
            time.sleep(0.002 * round_number)  # anywhere in a write, or between two
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        data = place.read_bytes() if place.exists() else b""
        assert data == data[:8] * (len(data) // 8)
        assert len(data) in (0, 160_000)
        assert int(data[:8] or b"0") >= last
        last = int(data[:8] or b"0")
    assert last > 0


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for url in ("file:~/state.json", "~/state.json"):
        assert Path(open_store(url, tmp_path / "work", {}).place) == tmp_path / "state.json"
    assert Path(open_store("file:./~", tmp_path, {}).place).name == "~"


@pytest.mark.skipif(os.name != "posix", reason="users: POSIX only")
def test_without_a_home_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda _: {}["nobody"])
    assert code(lambda: open_store("file:~/state.json", tmp_path, {})) == "UNKNOWN_STORE"
