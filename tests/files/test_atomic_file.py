"""Writing a file of gwctl's own: what a killed writer left, what a living one holds, and whose files are whose."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.files import temporary_file
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks on half-written files: POSIX only")


def write(path: Path, data: bytes = b"new") -> None:
    OwnFile(path).replace(data, lambda _: True, 0)


def left_behind(path: Path) -> Path:
    """A half-written file, as a gwctl leaves it that is killed while it writes that one."""
    handle, name = temporary_file._temporary(None, path)
    os.write(handle, b"hal")
    os.close(handle)
    return Path(name)


def test_what_a_killed_writer_left_is_taken_away_by_the_next(tmp_path: Path) -> None:
    left = left_behind(tmp_path / "state.json")
    assert left.exists()
    write(tmp_path / "state.json")
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_what_a_living_one_is_writing_is_left_alone(tmp_path: Path) -> None:
    handle, name = temporary_file._temporary(None, tmp_path / "state.json")
    write(tmp_path / "state.json")
    assert Path(name).exists()
    os.close(handle)
    write(tmp_path / "state.json")
    assert not Path(name).exists()


def test_another_file_s_and_what_only_looks_so_are_left_alone(tmp_path: Path) -> None:
    other = left_behind(tmp_path / "other.json")
    alike = tmp_path / f"{other.name[:-5]}0.tmp"
    alike.write_bytes(b"precious")
    named = left_behind(tmp_path / "state.json")
    named.unlink()
    named.symlink_to(alike)
    write(tmp_path / "state.json")
    assert other.exists()
    assert alike.read_bytes() == b"precious"
    assert named.is_symlink(), "not a regular file: gwctl did not make it"


def test_it_is_for_its_owner_only_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"old")
    path.chmod(0o666)
    before = os.umask(0)
    try:
        write(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_user_s_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"theirs")
    if os.getuid() == 0:
        os.chown(path, 54321, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    for doing in (lambda: write(path), OwnFile(path).inspect, lambda: OwnFile(path).remove(lambda _: True, 0)):
        with pytest.raises(FileFault) as caught:
            doing()
        assert caught.value.kind == "owner"
    assert path.read_bytes() == b"theirs"


def test_a_hard_link_keeps_what_its_other_name_has(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "state.json").hardlink_to(tmp_path / "victim")
    write(tmp_path / "state.json")
    assert (tmp_path / "victim").read_bytes() == b"precious"
    (tmp_path / "state.json.lock").hardlink_to(tmp_path / "victim")
    with pytest.raises(FileFault):
        OwnFile(tmp_path / "state.json.lock").prepare(is_empty=False)
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_of_many_at_once_one_is_there_whole_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "saved.plan"
    every = [bytes([65 + number]) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda data: [write(path, data) for _ in range(10)], every))
    assert path.read_bytes() in every
    assert [path.name for path in tmp_path.iterdir()] == ["saved.plan"]


def test_a_directory_that_may_be_entered_and_not_listed_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o300)
    try:
        write(folder / "state.json")
        assert OwnFile(folder / "state.json").read(10) == b"new"
    finally:
        folder.chmod(0o700)
