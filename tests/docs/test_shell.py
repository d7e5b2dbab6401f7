"""Every block of shell that a page shows is typed, from top to bottom of the page."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.machines import MACHINES
from tests.docs.reader import Machine, Reader, answers
from tests.docs.shell_blocks import PAGES, blocks, name_of
from tests.support.installed import Installed
from tests.support.scripted import ScriptedServer

BLOCKS = {name_of(page): blocks(page) for page in PAGES}
TYPED = [name for name, shown in BLOCKS.items() if any(block.is_typed for block in shown)]
ELSEWHERE = {  # {page: what types its blocks}
    "/README": ".ci/run",
    "contributing/testing": ".ci/run",
    "using/gitops": "tests/workflows/test_gitops.py",
    "using/stages": "tests/workflows/test_stages.py",
}
MOST = 10  # blocks that are not run


def _case(name: str) -> object:
    alone = MACHINES.get(name, Machine()).answers  # `gwctl init` finds whatever runs on the usual ports
    return pytest.param(name, marks=pytest.mark.xdist_group("usual-ports") if alone else ())


@pytest.mark.parametrize("name", [_case(name) for name in TYPED])
def test_the_commands_of_a_page_work_as_shown(
    name: str, tmp_path: Path, server: ScriptedServer, servers: Callable[[int], ScriptedServer], installation: Installed
) -> None:
    machine = MACHINES.get(name, Machine())
    if machine.port:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", machine.port)) == 0:
                pytest.skip(f"another server runs on port {machine.port}")
        answers(servers(machine.port))
    reader = Reader(machine, tmp_path, server, installation)
    reader.follow(BLOCKS[name])
    started = {line.partition(" ")[0] for line in reader.started()}
    assert started == set(machine.tools)


def test_at_most_ten_blocks_are_not_run_and_each_says_why() -> None:
    shell = [(name, block) for name, shown in BLOCKS.items() for block in shown if block.language == "sh"]
    left = [(name, block) for name, block in shell if block.mark == "not run"]
    assert len(left) <= MOST
    for name, block in left:
        assert len(block.about) > 20, f"docs/{name}.md:{block.line}: say why it is not run"


def test_every_other_block_is_typed_by_a_test() -> None:
    for name, shown in BLOCKS.items():
        for block in shown:
            if block.language == "sh" and not block.is_typed and not block.is_written and block.mark != "not run":
                assert name in ELSEWHERE, f"{name}.md:{block.line}: nothing runs <!-- {block.mark}: {block.about} -->"
                assert block.mark == ("command" if ELSEWHERE[name] == ".ci/run" else "as"), block


def test_every_machine_is_of_a_page() -> None:
    assert set(MACHINES) <= set(TYPED)
