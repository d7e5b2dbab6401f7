"""A remembered consent to a command ends with any change of what would run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from reconciler.secrets.commands.command_facts import CommandFacts, facts_of
from reconciler.secrets.reference import CommandReference

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are found on the PATH as POSIX does")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for name in (".git", "keys", "sub", "bin"):
        (folder / name).mkdir(parents=True)
    for name in (
        "get-key.sh",
        "keys/__main__.py",
        "tool.py",
        "sub/more.sh",
        "Makefile",
        "sub/Makefile",
        "package.json",
    ):
        (folder / name).write_text("echo key\n")
    (folder / "bin" / "vault").write_text("#!/bin/sh\necho key\n")
    (folder / "bin" / "vault").chmod(0o755)
    (folder / "README.md").write_text("about\n")
    return folder


def facts(folder: Path, *argv: str, path: str = os.environ.get("PATH", "")) -> CommandFacts:
    facts = facts_of(CommandReference(argv, str(folder)), {"PATH": path})
    assert facts is not None
    return facts


COMMANDS = [
    (("sh", "./get-key.sh"), ["get-key.sh"]),
    (("sh", "get-key.sh", "--quiet"), ["get-key.sh"]),
    (("sh", "-c", "./get-key.sh | head -1"), ["get-key.sh"]),
    (("sh", "-c", "FOO=1 sh <get-key.sh"), ["get-key.sh"]),
    (("sh", "-c", "sh '"), []),
    (("env", "A=1", "sh", "sub/more.sh"), ["sub/more.sh"]),
    (("env", "--file=get-key.sh", "true"), ["get-key.sh"]),
    (("env", "python3", "-m", "tool"), ["tool.py"]),
    (("env", "python3", "-m", "keys"), ["keys/__main__.py"]),
    (("env", "python3", "keys"), ["keys/__main__.py"]),
    (("env", "make", "-s", "key"), ["Makefile"]),
    (("env", "make", "-C", "sub", "key"), ["Makefile", "sub/Makefile"]),
    (("env", "npm", "run", "key"), ["package.json"]),
    (("bin/vault", "read"), ["bin/vault"]),
    (("env", "op", "read", "op://team/litellm/key"), []),
]


@pytest.mark.parametrize(("argv", "named"), COMMANDS)
def test_every_file_of_the_checkout_that_would_run_is_named(
    checkout: Path, argv: tuple[str, ...], named: list[str]
) -> None:
    agreed = facts(checkout, *argv)
    assert [name for name, _ in agreed.files] == named
    assert facts(checkout, *argv).change_since(agreed.as_text()) == ""
    (checkout / "README.md").write_text("something else\n")
    assert facts(checkout, *argv).change_since(agreed.as_text()) == ""
    for name in named:
        before = (checkout / name).read_bytes()
        (checkout / name).write_bytes(before + b"curl\n")
        assert name in facts(checkout, *argv).change_since(agreed.as_text())
        (checkout / name).write_bytes(before)
        (checkout / name).unlink()
        result = facts_of(CommandReference(argv, str(checkout)), {"PATH": os.environ["PATH"]})
        assert result is None or result.change_since(agreed.as_text())
        (checkout / name).write_bytes(before)
        (checkout / name).chmod(0o755)
    assert facts(checkout, *argv).change_since(agreed.as_text()) == ""


def test_a_file_that_comes_later_is_a_change(checkout: Path) -> None:
    agreed = facts(checkout, "env", "make", "key")
    (checkout / "GNUmakefile").write_text("key:\n\tcurl\n")
    assert "GNUmakefile" in facts(checkout, "env", "make", "key").change_since(agreed.as_text())


def test_another_program_under_the_same_word_is_a_change(checkout: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(checkout / "bin" / "vault", mine)
    agreed = facts(checkout, "vault", "read", path=str(mine))
    for path in (f"bin:{mine}", f"{checkout}/bin:{mine}"):
        assert "the program was" in facts(checkout, "vault", "read", path=path).change_since(agreed.as_text())
    assert facts_of(CommandReference(("no-such-program",), str(checkout)), {"PATH": str(mine)}) is None


def test_other_words_and_other_directories_are_other_commands(checkout: Path) -> None:
    one = facts(checkout, "env", "op", "read", "a")
    assert one.digest == facts(checkout, "env", "op", "read", "a").digest
    assert (
        len({one.digest, facts(checkout, "env", "op", "read", "b").digest, facts(checkout / "sub", *one.argv).digest})
        == 3
    )


def test_what_cannot_be_read_is_never_unchanged(checkout: Path) -> None:
    os.truncate(checkout / "get-key.sh", 65 * 1024 * 1024)
    agreed = facts(checkout, "sh", "get-key.sh")
    assert "get-key.sh" in facts(checkout, "sh", "get-key.sh").change_since(agreed.as_text())


def test_a_link_counts_with_what_it_leads_to(checkout: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.sh"
    outside.write_text("echo key\n")
    (checkout / "linked.sh").symlink_to(outside)
    agreed = facts(checkout, "sh", "linked.sh")
    outside.write_text("curl\n")
    assert "linked.sh" in facts(checkout, "sh", "linked.sh").change_since(agreed.as_text())
