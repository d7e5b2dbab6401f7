"""The command that a tool's file names: absolute, of no shell, and refused where somebody else could replace it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import reconciler
from reconciler.secrets.commands.helper_command import HelperRefused, helper_command
from reconciler.secrets.key_request import KeyRequest, key_request

LEDGER = Path("/srv/ana/.local/state/gwctl/ledger.sqlite3")
ORIGIN = "https://llm.acme.example"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This gwctl seems to be installed in a directory outside of every repository."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    code = venv / "lib" / "reconciler" / "__init__.py"
    code.parent.mkdir(parents=True)
    code.touch()
    monkeypatch.setattr(sys, "executable", str(venv / "bin" / "python"))
    monkeypatch.setattr(reconciler, "__file__", str(code))
    return venv


def command() -> tuple[str, ...] | HelperRefused:
    return helper_command("litellm@k7f3q2", ORIGIN, LEDGER)


def test_the_command_begins_with_the_absolute_interpreter_and_is_understood_by_key_print(installed) -> None:
    words = command()
    assert isinstance(words, tuple)
    interpreter = str(installed / "bin" / "python")
    assert words[:6] == (interpreter, "-I", "-m", "reconciler", "key", "print")
    assert key_request(words[4:]) == KeyRequest(handle="litellm@k7f3q2", origin=ORIGIN, ledger=str(LEDGER))


@pytest.mark.parametrize("place", ["", "bin", "lib"])
@pytest.mark.parametrize("mark", [".git", ".hg", ".jj"])
def test_a_gwctl_in_a_working_tree_is_refused(installed, mark: str, place: str) -> None:
    (installed / place / mark).mkdir()
    refused = command()
    assert isinstance(refused, HelperRefused)
    assert "working tree" in refused.reason


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("place", ["bin", "lib/reconciler", "."])
def test_a_gwctl_that_others_can_replace_is_refused(installed, place: str) -> None:
    (installed / place).chmod(0o777)
    refused = command()
    assert isinstance(refused, HelperRefused)
    assert "other users can write" in refused.reason


def test_an_interpreter_that_a_link_leads_into_a_working_tree_is_refused(installed, tmp_path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "python").touch()
    (installed / "bin" / "python").unlink()
    (installed / "bin" / "python").symlink_to(repository / "python")
    assert isinstance(command(), HelperRefused)


@pytest.mark.skipif(os.name != "posix", reason="homes are POSIX's")
@pytest.mark.parametrize(("name", "allowed"), [(".pyenv", True), (".asdf", True), ("project", False)])
def test_the_clone_of_an_installer_is_no_repository_of_somebody(
    installed, tmp_path, monkeypatch, name: str, allowed: bool
) -> None:
    """pyenv and asdf are git clones in the user's home, and so is every Python that they install."""
    import pwd

    home = type("Entry", (), {"pw_dir": str(tmp_path), "pw_gid": 0, "pw_name": "ana"})
    monkeypatch.setattr(pwd, "getpwuid", lambda _: home)
    clone = tmp_path / name
    (clone / ".git").mkdir(parents=True)
    (clone / "python").touch()
    (installed / "bin" / "python").unlink()
    (installed / "bin" / "python").symlink_to(clone / "python")
    assert isinstance(command(), tuple) is allowed


def test_a_relative_ledger_is_refused(installed) -> None:
    assert isinstance(helper_command("litellm@k7f3q2", ORIGIN, Path("ledger.sqlite3")), HelperRefused)


@pytest.mark.parametrize(
    "arguments",
    [
        ["key", "print", "litellm@k7f3q2"],
        ["key", "print", "--help", "--for", ORIGIN, "--ledger", str(LEDGER)],
        ["key", "print", "a", "--ledger", str(LEDGER), "--for", ORIGIN],
        ["key", "check", "a", "--for", ORIGIN, "--ledger", str(LEDGER)],
        ["key", "print", "a", "--for", ORIGIN, "--ledger", str(LEDGER), "-v"],
    ],
)
def test_other_arguments_are_left_to_the_command_line(arguments) -> None:
    assert key_request(arguments) is None
