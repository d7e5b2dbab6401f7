"""A value that the user adds where gwctl has written none yet: it is given back, even if gwctl is killed meanwhile."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.clients.registry import all_tools
from tests.owned.test_contract import APPLY, Machine
from tests.owned.worlds import SharedFiles
from tests.support.forks import Warm
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")

NAME, MINE = "CLAUDE_CODE_MAX_CONTEXT_TOKENS", "77"


class Limited(SharedFiles):
    """The user's settings of Claude Code. Only in version 2, gwctl knows the token limit of the model and writes it."""

    def endpoint(self, url: str, version: int) -> str:
        model = "{id: v1, context: 9000}" if version == 2 else "v1"
        return f"{{preset: litellm, base_url: '{url}', discover: false, models: [{model}]}}"


WORLD = Limited()


@pytest.fixture
def machine(warm: Warm, gwctl, server, tmp_path: Path) -> Machine:
    """A machine with an applied client, whose user has added a token limit of their own."""
    machine = Machine.new(WORLD, server.url, tmp_path, gwctl.environ, Killable(warm))
    assert machine.run(*APPLY) == 0
    document = json.loads(WORLD.place(machine.root).read_text())
    document["env"][NAME] = MINE
    WORLD.place(machine.root).write_text(json.dumps(document))
    machine.want(2)
    return machine


def limit(machine: Machine) -> str | None:
    """Return the token limit in the file."""
    limit: str | None = json.loads(WORLD.place(machine.root).read_text())["env"].get(NAME)
    return limit


def test_killed_between_any_two_steps_the_value_of_the_user_is_given_back(machine: Machine) -> None:
    snapshots = machine.snapshots(*APPLY)
    assert limit(machine) == "9000"
    for point, snapshot in snapshots:
        machine.put_back(snapshot)
        assert machine.run(*APPLY) == 0, point
        assert limit(machine) == "9000", point
        assert machine.run("destroy", "--auto-approve") == 0, point
        assert json.loads(WORLD.place(machine.root).read_text()) == {"env": {NAME: MINE}}, point


def test_a_value_that_may_be_a_secret_is_refused_and_never_in_the_ledger(machine: Machine) -> None:
    """The value would become part of a backup in the ledger, which contains no secrets."""
    place, secret = WORLD.place(machine.root), "sk-" + "q7Zp2Lx9Vd4Kw8Tb" * 2
    place.write_text(place.read_text().replace(f'"{MINE}"', f'"{secret}"'))
    before = place.read_bytes()
    assert secret.encode() in before
    assert machine.run(*APPLY) == 1
    assert place.read_bytes() == before
    assert not [path for path in machine.root.rglob("*") if path.is_file() and path != place and is_in(secret, path)]
    place.write_text(place.read_text().replace(secret, MINE))
    assert machine.run(*APPLY) == 0
    assert limit(machine) == "9000"


def is_in(secret: str, path: Path) -> bool:
    return secret.encode() in path.read_bytes()


def test_killed_and_not_wanted_any_more_the_value_of_the_user_is_there(machine: Machine) -> None:
    for point, snapshot in machine.snapshots(*APPLY):
        machine.put_back(snapshot)
        assert machine.run("destroy", "--auto-approve") == 0, point
        assert limit(machine) == MINE, point


def test_what_gwctl_itself_wrote_and_no_longer_writes_is_not_given_back(machine: Machine) -> None:
    assert machine.run(*APPLY) == 0
    machine.want(1)
    for point, snapshot in machine.snapshots(*APPLY):
        machine.put_back(snapshot)
        assert machine.run(*APPLY) == 0, point
        assert limit(machine) is None, point
        assert machine.run("destroy", "--auto-approve") == 0, point
        assert limit(machine) == MINE, point


def test_each_place_that_gwctl_may_write_later_is_plain_or_has_a_credential_which_a_rule_protects() -> None:
    """Only a plain value may be kept in the ledger. These parts have more than one place, so one may be empty."""
    parts = [(tool, places) for tool in all_tools() for places in tool.covers.values() if len(places) > 1]
    assert {tool.name for tool, _ in parts} == {"claude-code", "dotenv"}
    for tool, places in parts:
        assert set(places) <= tool.plain | tool.credentials, tool.name
