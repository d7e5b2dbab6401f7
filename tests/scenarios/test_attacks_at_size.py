"""The attacks on small files and states again, with ten thousand models: nothing is lost, nothing wrong is accepted."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.test_hostile_lists import HOSTILE, RAW
from tests.support.command import Gwctl
from tests.support.forks import Warm
from tests.support.killable import Killable
from tests.support.scripted import Reply

pytestmark = pytest.mark.large

ENDPOINTS, EACH = 500, 20
APPLY = ("apply", "--offline", "--auto-approve", "-q")
SECRET = "sk-proj-" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA"
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="locks, and limits of a file's size: Linux only")
_applied: dict[str, bytes] = {}  # the state of the first apply, which all of these tests begin with


@cache
def declared(last: str = "last", shared: str = "m") -> str:
    """Return a gateway file with ten thousand models; `last` is the last one."""
    lines = ["version: 1", "name: many", "endpoints:"]
    for number in range(ENDPOINTS):
        ids = [f"{shared}-{number:03}-{each:02}" for each in range(EACH)]
        ids[-1] = last if number == ENDPOINTS - 1 else ids[-1]
        quoted = ", ".join(map(json.dumps, ids))
        lines.append(
            f"  e{number:03}: {{base_url: 'http://h{number:03}.example', discover: false, models: [{quoted}]}}"
        )
    return "\n".join([*lines, ""])


@pytest.fixture
def many(gwctl: Gwctl) -> Gwctl:
    """Ten thousand models that were applied."""
    gwctl.write(declared())
    if "state" in _applied:
        gwctl.state_file.parent.mkdir()
        gwctl.state_file.write_bytes(_applied["state"])
        gwctl.state_file.chmod(0o600)
    else:
        gwctl(*APPLY)
        _applied["state"] = gwctl.state_file.read_bytes()
    return gwctl


def last_of(state: bytes) -> str:
    """Return the last model of a whole state."""
    document = json.loads(state)
    models = [each["address"] for each in document["resources"] if each["kind"] == "model"]
    assert len(models) == ENDPOINTS * EACH
    return str(models[-1].rpartition("/")[2])


def left_over(gwctl: Gwctl) -> list[str]:
    return [path.name for path in gwctl.state_file.parent.iterdir() if path.name.startswith(".gwctl-")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")
def test_killed_between_its_steps_the_state_is_the_old_or_the_new_one(many: Gwctl, warm: Warm) -> None:
    many.write(declared("other"))
    killable, point, code = Killable(warm), 6, -9
    while code < 0:
        below = str(many.folder / ".gwctl")
        code = killable.run(APPLY, many.folder, many.environ, kill_at=point, below=below)
        assert last_of(many.state_file.read_bytes()) in ("last", "other")
        point *= 3
    assert code == 0 and point > 20
    assert last_of(many.state_file.read_bytes()) == "other"
    assert not left_over(many)


def test_of_two_applies_at_once_none_is_lost_and_none_is_mixed(many: Gwctl) -> None:
    names = ("one", "two")
    for name in names:
        many.write(declared(name), f"{name}.yaml")
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda name: many(*APPLY, "-f", f"{name}.yaml", code=None), names))
    succeeded = [name for name, result in zip(names, done, strict=True) if result.code == 0]
    for result in done:
        said = result.out + result.err
        assert result.code == 0 or "STATE_CHANGED" in said or "locked" in said or "changed" in said, said
    assert succeeded
    assert last_of(many.state_file.read_bytes()) in succeeded
    assert many.state["serial"] == 1 + len(succeeded)


@ON_LINUX
def test_a_full_disk_leaves_the_state(many: Gwctl) -> None:
    many.write(declared("other"))
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 1000; exec "$@"', "-", *many.command(*APPLY[:-1])],
        cwd=many.folder,
        env=many.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "Cannot write the state" in done.stdout + done.stderr
    assert many.state_file.read_bytes() == _applied["state"]
    assert not left_over(many)


@ON_LINUX
def test_a_held_lock_is_waited_for_or_named(many: Gwctl) -> None:
    many.write(declared("other"))
    lock = many.state_file.with_name("state.json.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = many("apply", "--offline", "--auto-approve", "--format", "json", code=1)
    assert "STATE_LOCKED" in [each["code"] for each in result.json["diagnostics"]]
    assert many.state_file.read_bytes() == _applied["state"]
    many(*APPLY)
    assert last_of(many.state_file.read_bytes()) == "other"


def test_a_credential_behind_ten_thousand_models_is_found_and_not_shown(many: Gwctl) -> None:
    many.write(declared(SECRET))
    result = many("apply", "--offline", "--auto-approve", "-v", code=1)
    assert "LITERAL_KEY" in result.out + result.err
    assert SECRET not in result.out + result.err
    assert many.state_file.read_bytes() == _applied["state"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state[: len(state) // 2],
        lambda state: state[:-3],
        lambda state: state.replace(b'"serial": 1', b'"serial": -1', 1),
        lambda state: state.replace(b"m-499-18", b"m-499-17", 1),  # an address twice, or not as its attributes
        lambda state: state[: len(state) // 2] + b"\x00" + state[len(state) // 2 + 1 :],
    ],
    ids=["half of it", "without its end", "a serial", "an address twice", "a zero byte"],
)
def test_a_damaged_state_is_refused_and_stays(many: Gwctl, damage: Any) -> None:
    damaged = damage(_applied["state"])
    assert damaged != _applied["state"]
    many.state_file.write_bytes(damaged)
    result = many("apply", "--offline", "--auto-approve", "--format", "json", code=1)
    assert [each["code"] for each in result.json["diagnostics"]] == ["STATE_BROKEN"]
    assert many.state_file.read_bytes() == damaged


def listing(gwctl: Gwctl, url: str, more: str = "") -> None:
    gwctl.write(f"version: 1\nname: many\nendpoints: {{a: {{base_url: '{url}', timeout: 60s{more}}}}}\n")


def test_hostile_names_among_ten_thousand_reach_no_terminal(gwctl: Gwctl, server) -> None:
    fine = [f"m-{number:05}" for number in range(10_000 - len(HOSTILE))]
    server.lists(*fine[:5000], *HOSTILE, *fine[5000:])
    listing(gwctl, server.url)
    for words in (("apply", "--auto-approve", "-v"), ("models",)):
        result = gwctl(*words)
        assert not RAW.search(result.out) and not RAW.search(result.err), words
    assert gwctl.models() == sorted(f"model.a/{each}" for each in [*fine, *HOSTILE])
    assert "No changes" in gwctl("plan").out
    assert not RAW.search(gwctl.state_file.read_text(encoding="utf-8"))


def test_a_key_among_ten_thousand_names_is_not_recorded(gwctl: Gwctl, server) -> None:
    key = "quokka-7351-zebra-fjord"
    server.lists(*(f"m-{number:05}" for number in range(9999)), f"x-{key}")
    listing(gwctl, server.url, ", key: {env: CANARY}")
    result = gwctl("apply", "--auto-approve", "-v", code=None, CANARY=key)
    written = [path.read_bytes() for path in Path(gwctl.folder.parent).rglob("*") if path.is_file()]
    assert not [data for data in written if key.encode() in data]
    assert key not in result.out + result.err


def test_a_list_without_end_leaves_what_was_recorded_of_ten_thousand(gwctl: Gwctl, server) -> None:
    server.lists(*(f"m-{number:05}" for number in range(10_000)))
    listing(gwctl, server.url)
    gwctl("apply", "--auto-approve", "-q")
    before = gwctl.models()
    ids = ", ".join(f'{{"id":"b-{number}"}}' for number in range(100_001))
    server.routes["/models"] = Reply(status=200, body=f'{{"object":"list","data":[{ids}]}}'.encode())
    assert "NONSTANDARD_LIST" in gwctl("apply", "--auto-approve", "--format", "json").out
    assert gwctl.models() == before
