"""The user's own credential, which moves out of a file and back: in the file, in the keychain, or in both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.owned.test_contract import APPLY, Machine
from tests.owned.worlds import SharedFiles, rows_of
from tests.support.forks import Warm
from tests.support.keychain import FakeKeychain
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

MINE = "quokka-7351-zebra-fjord"
ADOPT = (*APPLY, "--adopt", "client.it")


class OwnCredential(SharedFiles):
    """The user's settings of Claude Code, with a token of the user's own for another host."""

    def environ(self, root: Path) -> dict[str, str]:
        return super().environ(root) | FakeKeychain(root / "keychain.json").environ

    def foreign(self, text: str) -> str:
        env = {"ANTHROPIC_BASE_URL": "https://mine.example", "ANTHROPIC_AUTH_TOKEN": text, "OTHER": "1"}
        return json.dumps({"theme": "dark", "env": env})


WORLD = OwnCredential()


@pytest.fixture
def machine(warm: Warm, gwctl, server, tmp_path: Path) -> Machine:
    """A machine on which nothing is applied yet, and whose user has a token in the file."""
    server.lists("v1", "v2")
    machine = Machine.new(WORLD, server.url, tmp_path, gwctl.environ, Killable(warm))
    WORLD.put(machine.root, MINE)
    return machine


def places(machine: Machine) -> set[str]:
    """Return the names of the files that have the credential; the file of the keychain is the keychain."""
    files = (path for path in machine.root.rglob("*") if path.is_file())
    return {path.name for path in files if MINE.encode() in path.read_bytes()}


@pytest.mark.parametrize("way", ["adopted", "taken out", "destroyed"])
def test_killed_between_any_two_steps_it_is_in_the_file_or_in_the_keychain_and_nowhere_else(
    machine: Machine, way: str
) -> None:
    command = ADOPT
    if way != "adopted":
        assert machine.run(*ADOPT) == 0
        machine.want(0 if way == "taken out" else 1)
        command = APPLY if way == "taken out" else ("destroy", "--auto-approve")
    expected = {"keychain.json"} if way == "adopted" else {WORLD.name}
    snapshots, seen = machine.snapshots(*command), set()
    assert places(machine) == expected
    assert way == "adopted" or json.loads(WORLD.place(machine.root).read_text()) == json.loads(WORLD.foreign(MINE))
    for point, snapshot in snapshots:
        machine.put_back(snapshot)
        there = places(machine)
        assert there, point
        assert there <= {"keychain.json", WORLD.name}, point
        seen.add(frozenset(there))
        assert machine.run(*command) == 0, point
        assert places(machine) == expected, point
        assert len(rows_of(machine.root)) == (1 if way == "adopted" else 0), point
        assert all(status == "present" for _, status, _ in rows_of(machine.root))
    assert frozenset({"keychain.json", WORLD.name}) in seen, "it is in both in between"


def test_killed_while_it_was_adopted_and_not_wanted_any_more_nothing_is_left(machine: Machine) -> None:
    before = WORLD.place(machine.root).read_bytes()
    for point, snapshot in machine.snapshots(*ADOPT):
        machine.put_back(snapshot)
        machine.want(0)
        assert machine.run(*APPLY) == 0, point
        assert WORLD.place(machine.root).read_bytes() == before, point
        assert (places(machine), rows_of(machine.root)) == ({WORLD.name}, []), point
