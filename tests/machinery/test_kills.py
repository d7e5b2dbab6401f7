"""kill -9 at some points of every command that writes; `python -m tests.machinery.kills` goes through all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.machinery.kills import SCENARIOS, Killing, Machine, Scenario
from tests.support.forks import Warm
from tests.support.killable import Killable
from tests.support.scripted import ScriptedServer

pytestmark = [pytest.mark.long, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks that are killed: POSIX only")]


@pytest.fixture
def machine(tmp_path: Path, server: ScriptedServer, warm: Warm) -> Machine:
    """A machine of its own."""
    return Machine(tmp_path, server, Killable(warm))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_killed_anywhere_it_ends_as_if_nobody_had_killed_it(scenario: Scenario, machine: Machine) -> None:
    killing, point, wrong = Killing(machine, scenario), 1, []
    while not killing.codes or killing.codes[-1] < 0:
        wrong.append(killing.wrong_after(point))
        point += point
    assert point > 4, "it writes nothing"
    wrong.append(killing.wrong_after(3, 2))
    assert not [each for each in wrong if each]
