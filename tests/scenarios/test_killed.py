"""kill -9 during an apply, at every point where it touches the disk: the state is the old or the new one, whole."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

KILLER = """
import os, sys
at, seen = int(os.environ["KILL_AT"]), 0
def hook(event, arguments):
    global seen
    words = [str(each) for each in arguments if isinstance(each, (str, bytes, os.PathLike))]
    if any(name in each for name in (".gwctl", "state.json") for each in words):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), 9)
sys.addaudithook(hook)
"""
GATEWAY = (
    "version: 1\nname: acme\nendpoints: {{a: {{base_url: 'http://127.0.0.1:9', models: {models}, timeout: 1s}}}}\n"
)


def killed_apply(gwctl, at: int) -> int:
    """Apply, killed at the `at`-th time that it touches its directory; gives the exit code."""
    site = gwctl.folder / "site"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(KILLER)
    path = os.pathsep.join([str(site), str(Path(__file__).parents[2])])
    return subprocess.run(
        gwctl.command("apply", "--auto-approve"),
        cwd=gwctl.folder,
        env=gwctl.environ | {"PYTHONPATH": path, "KILL_AT": str(at)},
        capture_output=True,
        check=False,
    ).returncode


@pytest.mark.long
@pytest.mark.parametrize("first", [True, False], ids=["the first apply", "a later apply"])
def test_killed_at_any_point_nothing_is_lost_and_the_next_apply_converges(gwctl, first: bool) -> None:
    """Truncate, then write: a crash leaves nothing (terraform#34266); a lock needs a human (terraform#25776)."""
    gwctl.write(GATEWAY.format(models="[m, n]"))
    if not first:
        gwctl("apply", "--auto-approve")
    old = gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None
    gwctl.write(GATEWAY.format(models="[m, o]"))
    points = 0
    while killed_apply(gwctl, points + 1) != 0:
        points += 1
        assert points < 100
        found = gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None
        if found == old:
            continue
        written = json.loads(found)
        assert written["serial"] == (1 if first else 2)
        assert gwctl.models() == ["model.a/m", "model.a/o"]
        assert "No changes" in gwctl("plan").out
        restore(gwctl.state_file, old)
    assert points > 5
    assert gwctl.models() == ["model.a/m", "model.a/o"]
    assert gwctl.state["serial"] == (1 if first else 2)
    assert "No changes" in gwctl("plan").out
    left = {path.name for path in gwctl.state_file.parent.iterdir()}
    assert left - {"state.json.backup"} == {".gitignore", "state.json", "state.json.lock"}


def restore(path: Path, data: bytes | None) -> None:
    """Put the old state back, so that the next round begins as this one did."""
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
