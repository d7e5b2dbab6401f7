"""A command that is killed leaves what a copy at the same step has."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from tests.support.forks import Warm
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

COMMAND = ("state", "mv", "model.a/m", "model.a/o")
GATEWAY = "version: 1\nname: acme\nendpoints: {a: {base_url: 'http://127.0.0.1:9', models: [m, n], timeout: 1s}}\n"


def test_a_kill_at_any_step_leaves_what_the_copy_of_that_step_has(gwctl, warm: Warm, tmp_path: Path) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    killable, folder, kept = Killable(warm), gwctl.state_file.parent, tmp_path / "kept"
    shutil.copytree(folder, kept)
    copies = dict(killable.snapshots(COMMAND, gwctl.folder, gwctl.environ, watched=folder, below=str(folder)))
    code, left = -signal.SIGKILL, []  # by a kill at each step
    while code == -signal.SIGKILL:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        code = killable.run(COMMAND, gwctl.folder, gwctl.environ, kill_at=len(left) + 1, below=str(folder))
        left.append(contents(folder))
    assert code == 0
    steps = range(1, len(left))
    assert 4 < len(copies) < len(steps) / 2
    copy = None
    for step in steps:
        copy = copies.get(step, copy)
        assert copy
        assert left[step - 1] == contents(copy), step


def contents(folder: Path) -> list[tuple[str, bytes]]:
    """Return suffix and content of the files, without what differs from run to run (time and process)."""
    varies = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z|process \d+")
    return sorted((path.suffix, varies.sub(b"", path.read_bytes())) for path in folder.iterdir())
