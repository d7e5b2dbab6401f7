"""kill -9 at some points of every command that writes; `python -m tests.machinery.kills` goes through all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machinery.kills import SCENARIOS, Killing, Machine, Scenario, forks_at
from tests.support.killable import Killable
from tests.support.scripted import ScriptedServer

pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")]


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    """The process whose forks are the commands: to begin one takes as long as ten commands."""
    forks = forks_at(tmp_path_factory.mktemp("forks"))
    yield forks
    forks.close()


@pytest.fixture
def machine(tmp_path: Path, server: ScriptedServer, forks: Killable) -> Machine:
    """A machine of its own."""
    return Machine(tmp_path, server, forks)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_killed_anywhere_it_ends_as_if_nobody_had_killed_it(scenario: Scenario, machine: Machine) -> None:
    killing, point, wrong = Killing(machine, scenario), 1, []
    while not killing.codes or killing.codes[-1] < 0:
        wrong.append(killing.wrong_after(point))
        point += point
    assert point > 4, "it writes nothing"
    wrong.append(killing.wrong_after(3, 2))
    assert not [each for each in wrong if each]
