"""A kill at a step at which nothing changed leaves what a kill at the last change before it leaves."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

COMMAND = ("state", "mv", "model.a/m", "model.a/o")
GATEWAY = "version: 1\nname: acme\nendpoints: {a: {base_url: 'http://127.0.0.1:9', models: [m, n], timeout: 1s}}\n"


@pytest.fixture
def killable(gwctl) -> Iterator[Killable]:
    forks = Killable(gwctl.environ)
    yield forks
    forks.close()


def test_the_points_stand_for_all_steps(gwctl, killable: Killable, tmp_path: Path) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    folder, kept = gwctl.state_file.parent, tmp_path / "kept"
    shutil.copytree(folder, kept)
    points = killable.points(COMMAND, gwctl.folder, gwctl.environ, watched=folder, below=str(folder))
    code, left = -signal.SIGKILL, []  # by a kill at each step
    while code == -signal.SIGKILL:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        code = killable.run(COMMAND, gwctl.folder, gwctl.environ, kill_at=len(left) + 1, below=str(folder))
        left.append(contents(folder))
    assert code == 0
    steps = range(2, len(left))
    assert points == [1, *(step for step in steps if left[step - 1] != left[step - 2])]
    assert 4 < len(points) < len(steps) / 2


def contents(folder: Path) -> list[tuple[str, bytes]]:
    """Return suffix and content of the files, without what differs from run to run (time and process)."""
    varies = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z|process \d+")
    return sorted((path.suffix, varies.sub(b"", path.read_bytes())) for path in folder.iterdir())
