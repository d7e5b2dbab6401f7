"""The contract of every kind of owned resource: nothing is lost or orphaned, nothing of others is touched."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from tests.owned.worlds import WORLDS, World, rows_of, share
from tests.support.forks import Warm
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

APPLY = ("apply", "--auto-approve")
THEIRS = "somebody-else-s-own-thing"


class Machine:
    """One home, one gateway file and one outside, that can be put back as they were."""

    def __init__(self, world: World, root: Path, url: str, environ: dict[str, str], forks: Killable) -> None:
        self.world, self.root, self.url = world, root, url
        self._environ, self._forks = environ, forks
        self.version = 1

    @classmethod
    def new(cls, world: World, url: str, folder: Path, environ: dict[str, str], forks: Killable) -> Machine:
        """Return a machine below this directory that wants version 1, and agrees to it. Nothing is applied yet."""
        root = folder / "machine"
        for name in ("work", "home"):
            (root / name).mkdir(parents=True)
        home = {"HOME": str(root / "home"), "XDG_STATE_HOME": str(root / "home" / "state")}
        machine = cls(world, root, url, environ | home | world.environ(root), forks)
        machine.want(1)
        machine.trust()
        return machine

    def want(self, version: int, *, name: str = "it", more: str = "", folder: str = "work") -> None:
        """Write a gateway file that wants this version; 0: nothing."""
        self.version = version
        path = self.root / folder / "gateway.yaml"
        path.parent.mkdir(exist_ok=True)
        endpoint = self.world.endpoint(self.url, version)
        more += self.world.more(version)
        path.write_text(f"version: 1\nname: acme\nendpoints:\n  {name}: {endpoint}\n{more}")

    def trust(self, folder: str = "work") -> None:
        """Agree to the endpoint `it`, and to what else asks on its first use."""
        assert self.run("trust", "it", folder=folder) == 0
        assert not self.world.asks or self.run("trust", f"{self.world.kind}.it", folder=folder) == 0

    def run(self, *arguments: str, kill_at: int = 0, below: str = "", folder: str = "work", **environ: str) -> int:
        """Run one command in a fork; return its exit code, or the negative signal."""
        environ = self._wanted | environ
        return self._forks.run(arguments, self.root / folder, environ, kill_at=kill_at, below=below)

    def snapshots(self, *arguments: str, below: str = "") -> list[tuple[int, Path]]:
        """Run one command to its end. Return each different state of the machine that a kill can leave, with its step.

        tests/rig/test_killable.py shows that a kill leaves these.
        """
        return self._forks.snapshots(arguments, self.root / "work", self._wanted, watched=self.root, below=below)

    def planned(self, **environ: str) -> dict:
        """Return the plan as a document."""
        self.run("plan", "--out", "saved.plan", **environ)
        document = json.loads((self.root / "work" / "saved.plan").read_text())
        (self.root / "work" / "saved.plan").unlink()
        return document

    def changes(self, **environ: str) -> list[tuple[str, str | None]]:
        """Return (action, cause) of the changes of owned resources that a plan has."""
        changes = self.planned(**environ)["changes"]
        mine = [change for change in changes if change["address"].startswith(f"{self.world.kind}.")]
        return [(each["action"], each["cause"]) for each in mine if each["action"] != "none"]

    def codes(self, **environ: str) -> set[str]:
        """Return the codes of the errors and notes that a plan gives about owned resources."""
        diagnostics = self.planned(**environ)["diagnostics"]
        return {
            diagnostic["code"]
            for diagnostic in diagnostics
            if (diagnostic["address"] or "").startswith(f"{self.world.kind}.")
        }

    @property
    def _wanted(self) -> dict[str, str]:
        return self._environ | self.world.given(self.version)

    @property
    def outside(self) -> dict[str, str]:
        return self.world.outside(self.root)

    @property
    def content(self) -> str:
        """The content that is wanted now."""
        return self.world.content(self.version)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        return rows_of(self.root)

    def keep(self) -> None:
        """Remember how everything is."""
        shutil.copytree(self.root, self.root.with_name("kept"), symlinks=True, dirs_exist_ok=True)

    def put_back(self, copy: Path | None = None) -> None:
        """Put everything back as it was, or as it is in this copy."""
        for path in self.root.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(copy or self.root.with_name("kept"), self.root, symlinks=True, dirs_exist_ok=True)


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: world.kind)
def world(request: pytest.FixtureRequest) -> World:
    world: World = request.param
    return world


@pytest.fixture
def forks(world: World, warm: Warm) -> Killable:
    """gwctl, which knows the kind."""
    return Killable(warm, world.modules)


@pytest.fixture
def machine(world: World, forks: Killable, gwctl, server, tmp_path: Path) -> Machine:
    """A machine on which commands run in forks, and nothing is applied yet."""
    server.lists("v1", "v2")
    machine = Machine.new(world, server.url, tmp_path, gwctl.environ, forks)
    assert machine.outside == {}
    return machine


def begin(machine: Machine, name: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Prepare that change; return its command, and what is outside in the end."""
    world = machine.world
    if name == "create":
        return APPLY, {"it": machine.content}
    if name in ("adopt", "give back"):
        world.put(machine.root, THEIRS)
        adopt = (*APPLY, "--adopt", f"{world.kind}.it")
        if name == "adopt":
            return adopt, {"it": machine.content}
        assert machine.run(*adopt) == 0
        machine.want(0)
        return APPLY, {"it": THEIRS} if world.gives_back else {}
    assert machine.run(*APPLY) == 0
    if name == "update":
        machine.want(2)
        return APPLY, {"it": machine.content}
    if name == "remove":
        machine.want(0)
        return APPLY, {}
    if name == "move":
        machine.want(1, name="that", more="moved: [{from: endpoint.it, to: endpoint.that}]\n")
        return APPLY, {"that": machine.content}
    return ("destroy", "--auto-approve"), {}


CHANGES = ("create", "update", "remove", "move", "destroy", "adopt", "give back")


@pytest.mark.parametrize("name", CHANGES)
def test_killed_between_any_two_steps_the_next_apply_converges(machine: Machine, name: str) -> None:
    command, expected = begin(machine, name)
    folder = machine.world.folder if name == "create" else ""
    within = str(machine.root / folder) if folder else ""  # also while a file is written
    snapshots = machine.snapshots(*command, below=within)
    assert snapshots[-1][0] >= machine.world.steps
    assert machine.outside == expected
    for point, snapshot in snapshots:
        machine.put_back(snapshot)
        assert machine.run(*command) == 0, point
        assert machine.outside == expected, point
        assert all(status == "present" for _, status, _ in machine.rows)
        assert len(machine.rows) == (0 if name in ("remove", "destroy", "give back") else machine.world.parts)
        assert machine.world.kind != "key" or machine.run("key", "audit") == 0, point
        assert name == "destroy" or machine.run("plan", "--detailed-exitcode") == 0


@pytest.mark.parametrize("name", CHANGES)
def test_killed_twice_it_converges_too(machine: Machine, name: str) -> None:
    command, expected = begin(machine, name)
    machine.keep()
    chance = random.Random(name)
    for _ in range(5):
        machine.run(*command, kill_at=chance.randint(1, 12))
        machine.run(*command, kill_at=chance.randint(1, 12))
        assert machine.run(*command) == 0
        assert machine.outside == expected
        machine.put_back()


def test_what_somebody_else_made_is_left_alone(machine: Machine) -> None:
    machine.world.put(machine.root, THEIRS)
    assert machine.codes() == {"NOT_OURS"}
    assert machine.run(*APPLY) == 1
    assert machine.outside == {"it": THEIRS}
    assert machine.rows == []
    machine.run("destroy", "--auto-approve")
    assert machine.outside == {"it": THEIRS}


def test_what_is_there_as_it_is_wanted_is_recorded_where_it_can_be_given_back(machine: Machine) -> None:
    machine.world.put(machine.root, machine.content)
    if not machine.world.gives_back:
        assert machine.codes() == {"NOT_OURS"}
        return
    assert machine.changes() == []
    assert machine.run(*APPLY) == 0
    assert [kind for kind, _, _ in machine.rows] == [machine.world.kind] * machine.world.parts
    assert machine.run("plan", "--detailed-exitcode") == 0
    machine.want(2)
    assert machine.run(*APPLY) == 0
    machine.want(0)
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": machine.world.content(1)}, "it was there before gwctl came"


def test_to_record_what_is_there_asks_nobody(machine: Machine) -> None:
    """The ledger was lost. Without a terminal and --auto-approve nothing is done but to record."""
    assert machine.run(*APPLY) == 0
    shutil.rmtree(machine.root / "home")
    machine.trust()
    assert machine.run("apply") == (0 if machine.world.gives_back else 1)
    assert machine.outside == {"it": machine.content}
    assert len(machine.rows) == (machine.world.parts if machine.world.gives_back else 0)


def test_what_was_edited_since_is_drift_and_stays_when_it_is_not_wanted_any_more(machine: Machine) -> None:
    assert machine.run(*APPLY) == 0
    machine.world.put(machine.root, THEIRS)
    assert machine.changes() == [("update", "drift")] * machine.world.parts
    machine.keep()
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": machine.content}
    machine.put_back()
    machine.want(0)
    assert machine.changes() == [("forget", "config")] * machine.world.parts
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": THEIRS}
    assert machine.rows == []


def test_what_is_gone_is_made_anew_or_forgotten(machine: Machine) -> None:
    assert machine.run(*APPLY) == 0
    machine.world.drop(machine.root)
    machine.keep()
    assert machine.changes() == [("create", "drift")] * machine.world.parts
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": machine.content}
    machine.put_back()
    machine.want(0)
    assert machine.changes() == [("forget", "config")] * machine.world.parts
    assert machine.run(*APPLY) == 0
    assert (machine.outside, machine.rows) == ({}, [])


def test_what_cannot_be_read_is_never_taken_for_absent(machine: Machine) -> None:
    assert machine.run(*APPLY) == 0
    before = machine.rows
    broken = machine.world.break_it(machine.root)
    assert machine.changes(**broken) == []
    assert machine.run(*APPLY, **broken) == 0, "nothing has to be done"
    machine.want(0)
    assert machine.run(*APPLY, **broken) == 1, "it is to go, and nobody knows what is there"
    assert machine.rows == before, "the ledger keeps it in mind"
    machine.world.mend(machine.root)
    assert machine.run(*APPLY) == 0
    assert (machine.outside, machine.rows) == ({}, [])


def test_what_cannot_be_written_fails_and_the_next_apply_takes_it_up(machine: Machine) -> None:
    broken = machine.world.break_it(machine.root)
    assert machine.run(*APPLY, **broken) == 1
    machine.world.mend(machine.root)
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": machine.content}


def test_a_second_gateway_file_changes_nothing_of_the_first(machine: Machine) -> None:
    assert machine.run(*APPLY) == 0
    first, rows = machine.outside["it"], machine.rows
    machine.want(2, folder="second")
    machine.trust(folder="second")
    code = machine.run(*APPLY, folder="second")
    assert set(rows) <= set(machine.rows)
    if machine.world.folder:  # they name the same file
        assert (code, machine.outside) == (1, {"it": first})
    machine.run("destroy", "--auto-approve", folder="second")
    assert (machine.outside, machine.rows) == ({"it": first}, rows)
    machine.version = 1
    assert machine.run("plan", "--detailed-exitcode") == 0


def test_a_row_with_another_owner_is_only_given_up(machine: Machine) -> None:
    """Older versions let two gateway files share an entry."""
    assert machine.run(*APPLY) == 0
    share(machine.root)
    machine.want(0)
    assert machine.changes() == [("forget", "config")] * machine.world.parts
    assert machine.run(*APPLY) == 0
    assert machine.outside == {"it": machine.world.content(1)}
    assert len(machine.rows) == machine.world.parts


def test_no_secret_is_in_what_it_writes(machine: Machine) -> None:
    machine.run("plan", "--out", "saved.plan", CANARY="quokka-7351-zebra-fjord")
    assert machine.run(*APPLY, CANARY="quokka-7351-zebra-fjord") == 0
    files = [path for path in machine.root.rglob("*") if path.is_file() and path.name != "keychain.json"]
    assert len(files) >= 4
    assert [path for path in files if b"quokka-7351" in path.read_bytes()] == []
