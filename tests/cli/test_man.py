"""The manual pages: one for each command, clean for two readers of such pages, and never over a file of the user's."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date

import pytest

from reconciler.cli.main import gwctl as root
from reconciler.cli.manual.pages import pages
from tests.cli.test_usage import ALL
from tests.support.command import Gwctl

DAY = date(2026, 11, 27)
LINTS = {"mandoc": ["mandoc", "-Tlint", "-Wwarning"], "groff": ["groff", "-man", "-ww", "-z"]}


def test_there_is_a_page_for_every_command_with_all_of_its_options() -> None:
    made = pages(root, DAY)
    shown = [words for words, command in ALL.items() if not command.hidden]
    assert set(made) == {"gwctl.1", *("-".join(["gwctl", *words]).lower() + ".1" for words in shown)}
    for words in shown:
        page = made["-".join(["gwctl", *words]).lower() + ".1"]
        assert page.isascii()
        for param in ALL[words].params:
            assert all(name.replace("-", "\\-") in page for name in param.opts if name.startswith("-")), (words, param)


@pytest.mark.parametrize("lint", LINTS)
def test_the_pages_are_clean(tmp_path, lint: str) -> None:
    if shutil.which(lint) is None:
        pytest.skip(f"{lint} is not installed")
    made = pages(root, DAY)
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    done = subprocess.run([*LINTS[lint], *made], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_what_a_reader_sees_is_what_the_help_says(tmp_path) -> None:
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    text = pages(root, DAY)["gwctl-plan.1"]
    seen = subprocess.run(["mandoc", "-Tutf8"], input=text, capture_output=True, text=True, check=True).stdout
    plain = " ".join(
        subprocess.run(["col", "-bx"], input=seen, capture_output=True, text=True, check=True).stdout.split()
    )
    assert "gwctl-plan - show what an apply would change" in plain
    assert "allow the commands of key: {command: …} to be run" in plain
    assert "gwctl plan -f gateway.yaml -f prod.yaml --out prod.plan" in plain


def test_pages_are_written_again_but_a_file_of_the_users_stays(gwctl: Gwctl) -> None:
    folder = gwctl.folder / "man1"
    for _ in range(2):
        assert " pages: man1" in gwctl("man", "man1", SOURCE_DATE_EPOCH="1795737600").out
    assert '"2026-11-27"' in (folder / "gwctl.1").read_text()
    assert (
        gwctl("man", "--page", "state list", SOURCE_DATE_EPOCH="1795737600").out
        == (folder / "gwctl-state-list.1").read_text()
    )
    (folder / "gwctl-plan.1").write_text("mine")
    refused = gwctl("man", "man1", code=1)
    assert "gwctl-plan.1: the file exists and was not made by gwctl man" in refused.err
    assert (folder / "gwctl-plan.1").read_text() == "mine"
    assert "did you mean `plan`" in gwctl("man", "--page", "plam", code=1).err
    assert "needs either a directory or --page" in gwctl("man", code=1).err
