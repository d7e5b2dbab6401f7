"""Things that somebody left where gwctl reads and writes: a row for each place, a row for each kind of thing."""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.machinery.commands import Line

# Relative to a root that holds `work`, where the gateway file is, and `home`.
PLACES = (
    "work/gateway.yaml",
    "work/gateway.lock.yaml",
    "work/.gwctl",
    "work/.gwctl/.gitignore",
    "work/.gwctl/state.json",
    "work/.gwctl/state.json.backup",
    "work/.gwctl/state.json.holder",
    "work/.gwctl/state.json.lock",
    "work/.gwctl/errored.state.json",
    "work/errored.state.json",
    "work/key.txt",
    "work/made.plan",
    "work/pulled.json",
    "work/saved.plan",
    "home/state",
    "home/state/gwctl",
    "home/state/gwctl/ledger.sqlite3",
    "home/state/gwctl/ledger.sqlite3-journal",
    "home/state/gwctl/ledger.sqlite3-wal",
)
PRECIOUS = b"the only copy of my thesis\n"


@dataclass(frozen=True)
class Outside:
    """The files of somebody else, beside the root: none of them may change."""

    folder: Path

    @classmethod
    def made(cls, root: Path) -> Outside:
        """With a file, a directory that holds one, and a name at which nothing is."""
        result = cls(root / "outside")
        (result.folder / "inside").mkdir(parents=True)
        for path in (result.file, result.folder / "inside" / "thesis.txt"):
            path.write_bytes(PRECIOUS)
        return result

    @property
    def file(self) -> Path:
        """A file that is worth something."""
        return self.folder / "thesis.txt"

    def contents(self) -> dict[str, bytes | None]:
        """Everything that is there."""
        result = sorted(self.folder.rglob("*"))
        return {str(each.relative_to(self.folder)): each.read_bytes() if each.is_file() else None for each in result}


Plant = Callable[[Path, Outside], None]


def _cleared(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _link(target: Callable[[Outside], Path | str]) -> Plant:
    def plant(path: Path, outside: Outside) -> None:
        _cleared(path)
        path.symlink_to(target(outside))

    return plant


def _fifo(path: Path, _: Outside) -> None:
    _cleared(path)
    os.mkfifo(path)


def _folder(path: Path, _: Outside) -> None:
    _cleared(path)
    path.mkdir()
    (path / "thesis.txt").write_bytes(PRECIOUS)


def _foreign(path: Path, _: Outside) -> None:
    _cleared(path)
    path.write_bytes(PRECIOUS)


PLANTS: dict[str, Plant] = {
    "a link to a file": _link(lambda outside: outside.file),
    "a link to nothing": _link(lambda outside: outside.folder / "new.txt"),
    "a link to a directory": _link(lambda outside: outside.folder / "inside"),
    "a link to /dev/zero": _link(lambda _: "/dev/zero"),
    "a link to itself": _link(lambda _: "gateway.yaml"),
    "a FIFO": _fifo,
    "a directory": _folder,
    "a foreign file": _foreign,
}


@dataclass(frozen=True)
class Planting:
    """One command line, one place, one thing at it."""

    line: Line
    place: str
    plant: str

    def __str__(self) -> str:
        return f"{self.line}: {self.plant} at {self.place}"


def plantings(lines: list[Line]) -> list[Planting]:
    """All there are."""
    return [Planting(line, place, plant) for line in lines for place in PLACES for plant in PLANTS]


def some(line: Line, count: int) -> list[Planting]:
    """The same few of that line each time."""
    every = plantings([line])
    return every if count >= len(every) else random.Random(str(line)).sample(every, count)


def looks(path: Path) -> object:
    """Return all that may not change at a path: its kind, its target, and the content of a file or directory."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return "link", str(path.readlink())
    if stat.S_ISDIR(mode):
        return "directory", (path / "thesis.txt").exists() and (path / "thesis.txt").read_bytes()
    return ("file", path.read_bytes()) if stat.S_ISREG(mode) else ("other", stat.S_IFMT(mode))
