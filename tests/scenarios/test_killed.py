"""kill -9 during an apply, at every point where it touches the disk: the state is the old or the new one, whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.forks import Warm
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

GATEWAY = (
    "version: 1\nname: acme\nendpoints: {{a: {{base_url: 'http://127.0.0.1:9', models: {models}, timeout: 1s}}}}\n"
)


@pytest.fixture
def killable(warm: Warm) -> Killable:
    """Commands that are killed while they touch their directory."""
    return Killable(warm)


@pytest.mark.long
@pytest.mark.parametrize("first", [True, False], ids=["the first apply", "a later apply"])
def test_killed_at_any_point_nothing_is_lost_and_the_next_apply_converges(
    gwctl, killable: Killable, first: bool
) -> None:
    """Truncate, then write: a crash leaves nothing (terraform#34266); a lock needs a human (terraform#25776)."""
    gwctl.write(GATEWAY.format(models="[m, n]"))
    if not first:
        gwctl("apply", "--auto-approve")
    old = gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None
    gwctl.write(GATEWAY.format(models="[m, o]"))
    points = 0
    while killed_apply(gwctl, killable, points + 1) != 0:
        points += 1
        assert points < 100
        lock_bytes = gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None
        if lock_bytes == old:
            continue
        written = json.loads(lock_bytes)
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


def killed_apply(gwctl, killable: Killable, at: int) -> int:
    """Apply, killed at the `at`-th step, one of them each time that it touches its directory; gives the exit code."""
    words = ("apply", "--auto-approve")
    return killable.run(words, gwctl.folder, gwctl.environ, kill_at=at, below=str(gwctl.folder / ".gwctl"))


def restore(path: Path, data: bytes | None) -> None:
    """Put the old state back, so that the next round begins as this one did."""
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
