"""The choice of the gateway file: named, piped in, with another ending, in a parent directory, or several."""

from __future__ import annotations

import os
import shlex
import subprocess

import pytest

GATEWAY = "version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: [m]}}\n"
STAGE = "endpoints: {a: {models: [n]}}\n"
posix = pytest.mark.skipif(os.name != "posix", reason="descriptors by name: POSIX only")


def in_bash(gwctl, line: str) -> subprocess.CompletedProcess[str]:
    program = shlex.join(gwctl.command())
    return subprocess.run(
        ["bash", "-c", f'gwctl() {{ {program} "$@"; }}\n{line}'],
        cwd=gwctl.folder,
        env=gwctl.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_gateway_file_can_come_on_standard_input(gwctl) -> None:
    assert gwctl("validate", "-f", "-", stdin=GATEWAY).out == "-: valid\n"
    assert "standard input:1:1" in gwctl("validate", "-f", "-", stdin="verson: 1\n", code=1).err
    gwctl("apply", "-f", "-", "--offline", "--auto-approve", stdin=GATEWAY)
    assert gwctl.models() == ["model.a/m"]
    assert "No changes" in gwctl("plan", "-f", "-", "--offline", stdin=GATEWAY).out
    for command in ("doctor", "presets", "models"):
        assert "internal error in gwctl" not in gwctl(command, "-f", "-", stdin=GATEWAY, code=None).err


def test_a_file_can_be_laid_over_standard_input(gwctl) -> None:
    gwctl.write(STAGE, "stage.yaml")
    out = gwctl("plan", "-f", "-", "-f", "stage.yaml", "--offline", stdin=GATEWAY).out
    assert "+ n" in out


@posix
def test_process_substitution_works(gwctl) -> None:
    gwctl.write(GATEWAY, "elsewhere.yaml")
    for line in (
        "gwctl plan --offline -f <(cat elsewhere.yaml)",
        "gwctl plan --offline -f /dev/stdin < elsewhere.yaml",
    ):
        done = in_bash(gwctl, line)
        assert (done.returncode, "+ m" in done.stdout) == (0, True), done.stderr
    assert "pipe:1:1" in in_bash(gwctl, "gwctl validate -f <(echo verson: 1)").stderr


@posix
def test_a_pipe_without_end_is_not_read_to_its_end(gwctl) -> None:
    for line in ("gwctl validate -f <(yes)", "yes | gwctl validate -f -", "gwctl validate -f - < /dev/zero"):
        done = in_bash(gwctl, line)
        assert done.returncode == 1
        assert "too large" in done.stderr, done.stderr


@posix
@pytest.mark.parametrize(
    ("line", "said"),
    [("gwctl validate -f - <&-", "standard input is empty"), ("gwctl validate -f /dev/fd/9", "cannot be read")],
)
def test_what_cannot_be_read_is_said_in_words(gwctl, line: str, said: str) -> None:
    done = in_bash(gwctl, line)
    assert done.returncode == 1
    assert said in done.stderr
    assert "internal error in gwctl" not in done.stderr


@posix
def test_a_named_pipe_on_the_disk_is_waited_for_by_nobody(gwctl) -> None:
    os.mkfifo(gwctl.folder / "gateway.yaml")
    assert "is a named pipe" in gwctl("plan", code=1).out


def test_the_other_ending_is_named(gwctl) -> None:
    gwctl.write(GATEWAY, "gateway.yml")
    assert "did you mean gateway.yml? Name the file with -f" in gwctl("validate", code=1).err
    gwctl.write(GATEWAY, "prod.yaml")
    assert "did you mean prod.yaml?" in gwctl("validate", "-f", "prod.yml", code=1).err


def test_a_gateway_file_above_is_named(gwctl) -> None:
    gwctl.write(GATEWAY)
    below = gwctl.folder / "a" / "b"
    below.mkdir(parents=True)
    for directory in ("a", "a/b"):
        err = gwctl("validate", "-C", directory, code=1).err
        assert f"to use the gateway file in a parent directory, add -C {gwctl.folder}" in err


def test_validate_takes_files_one_by_one(gwctl) -> None:
    """As pre-commit passes them."""
    gwctl.write(GATEWAY, "one.yaml")
    gwctl.write(GATEWAY.replace("acme", "other"), "two.yaml")
    gwctl.write("version: 1\n", "bad.yaml")
    assert gwctl("validate", "one.yaml", "two.yaml").out == "one.yaml: valid\ntwo.yaml: valid\n"
    said = gwctl("validate", "one.yaml", "bad.yaml", "gone.yaml", code=1)
    assert "bad.yaml:1:1" in said.err
    assert "gone.yaml does not exist" in said.err
    assert said.out == ""
    document = gwctl("validate", "one.yaml", "bad.yaml", "--format", "json", code=1).json
    assert {diagnostic["code"] for diagnostic in document["diagnostics"]} == {"MISSING_FIELD"}


def test_validate_lays_each_file_over_the_one_of_f(gwctl) -> None:
    gwctl.write(GATEWAY)
    gwctl.write(STAGE, "stage.yaml")
    gwctl.write("endpoints: {a: {modls: [n]}}\n", "typo.yaml")
    gwctl("validate", "stage.yaml", code=1)
    assert "gateway.yaml, stage.yaml: valid" in gwctl("validate", "-f", "gateway.yaml", "stage.yaml").out
    assert "typo.yaml:1:" in gwctl("validate", "-f", "gateway.yaml", "stage.yaml", "typo.yaml", code=1).err
