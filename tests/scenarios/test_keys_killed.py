"""SIGKILL between each pair of steps of an apply that keeps keys: the next apply converges, and audit finds nothing."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

ROOT = Path(__file__).parents[2]
OLD, NEW = "quokka-7351-zebra-fjord", "walrus-9920-tapir-glade"
ENTRY, MOVED = "gwctl:acme it", "gwctl:acme that"
GATEWAY = "version: 1\nname: acme\nendpoints:\n  it: {{base_url: '{url}', key: {{env: CANARY}}, store_key: keyring}}\n"


class Machine:
    """One home, one gateway file and one keychain, that can be put back as they were."""

    def __init__(self, gwctl, keychain, forks: Killable) -> None:
        self._gwctl = gwctl
        self._forks = forks
        self._keychain = keychain
        self._root = gwctl.folder.parent

    def run(self, *arguments: str, key: str = "", kill_at: int = 0) -> int:
        """One command in a fork; gives its exit code, or the negative signal."""
        environ = self._gwctl.environ | ({"CANARY": key} if key else {})
        return self._forks.run(arguments, self._gwctl.folder, environ, kill_at=kill_at)

    def keep(self) -> None:
        """Remember how everything is."""
        shutil.copytree(self._root, self._root.with_name("kept"), dirs_exist_ok=True)

    def put_back(self) -> None:
        """As it was."""
        for path in self._root.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self._root.with_name("kept"), self._root, dirs_exist_ok=True)

    @property
    def entries(self) -> dict[str, str]:
        """What the keychain holds."""
        return self._keychain.entries


@pytest.fixture
def machine(gwctl, keychain, server, tmp_path) -> Iterator[Machine]:
    """A machine on which commands run in forks."""
    server.lists("m", "n")
    root = tmp_path / "machine"
    root.mkdir()
    for name in ("work", "home"):
        (tmp_path / name).rename(root / name)
    gwctl.folder = root / "work"
    environ = {"HOME": str(root / "home"), "XDG_STATE_HOME": str(root / "home" / "state")}
    gwctl.environ |= environ | {"TEST_KEYCHAIN": str(root / "keychain.json")}
    keychain._path = root / "keychain.json"
    gwctl.write(GATEWAY.format(url=server.url))
    forks = Killable(gwctl.environ)
    yield Machine(gwctl, keychain, forks)
    forks.close()


def begin(machine: Machine, gwctl, name: str) -> tuple[tuple[str, ...], str, dict[str, str]]:
    """(the command, the key in the environment, the keychain in the end) of that change."""
    apply = ("apply", "--auto-approve")
    if name == "create":
        return apply, OLD, {ENTRY: OLD}
    assert machine.run(*apply, key=OLD) == 0
    text = (gwctl.folder / "gateway.yaml").read_text()
    if name == "rotate":
        return apply, NEW, {ENTRY: NEW}
    if name == "remove":
        gwctl.write(text.replace(", store_key: keyring", ""))
        return apply, OLD, {}
    if name == "move":
        gwctl.write(text.replace("  it:", "  that:") + "moved: [{from: endpoint.it, to: endpoint.that}]\n")
        return apply, "", {MOVED: OLD}
    return ("destroy", "--auto-approve"), "", {}


CHANGES = ("create", "rotate", "remove", "move", "destroy")


@pytest.mark.parametrize("name", CHANGES)
def test_killed_between_any_two_steps(machine: Machine, gwctl, name: str) -> None:
    command, key, expected = begin(machine, gwctl, name)
    machine.keep()
    points = 0
    while machine.run(*command, key=key, kill_at=points + 1) != 0:
        points += 1
        assert points < 60
        assert machine.run(*command, key=key) == 0
        assert machine.entries == expected
        assert machine.run("key", "audit") == 0, points
        assert machine.run("plan", "--detailed-exitcode", key=key) == 0 or name == "destroy"
        machine.put_back()
    assert points >= 6
    assert machine.entries == expected


@pytest.mark.parametrize("name", CHANGES)
def test_killed_twice(machine: Machine, gwctl, name: str) -> None:
    command, key, expected = begin(machine, gwctl, name)
    machine.keep()
    chance = random.Random(name)
    for _ in range(15):
        machine.run(*command, key=key, kill_at=chance.randint(1, 10))
        machine.run(*command, key=key, kill_at=chance.randint(1, 10))
        assert machine.run(*command, key=key) == 0
        assert machine.entries == expected
        assert machine.run("key", "audit") == 0
        machine.put_back()
