"""Terminals, pipes, prompts and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scripted import Reply


@pytest.fixture
def acme(gwctl, server):
    """A gateway file of one endpoint with two models."""
    server.lists("m", "n")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', timeout: 5s}}}}\n")
    return gwctl


@pytest.fixture
def at_terminal(gwctl, terminal) -> Callable[..., tuple[int, str]]:
    """Run a command at a terminal of its own, answer what is asked, and give its exit code and what was shown."""

    def run(answer: str, *arguments: str) -> tuple[int, str]:
        shown = terminal(gwctl.command(*arguments), gwctl.folder, gwctl.environ, columns=200)
        return shown.ends(answer), shown.text

    return run


def test_declining_is_1_and_says_that_nothing_was_done(acme, at_terminal) -> None:
    """ "Done, 1 correction" after the user declined: dnscontrol#2637."""
    code, shown = at_terminal("n", "apply")
    assert code == 1
    assert "Nothing was done" in shown
    assert "Applied" not in shown
    assert not acme.state_file.parent.exists()


def test_no_change_and_no_terminal_is_0(acme) -> None:
    acme("apply", "--auto-approve")
    assert "Nothing to do" in acme("apply").out


def test_a_terminal_is_asked_before_a_key_goes_to_a_new_host(acme, at_terminal, servers) -> None:
    acme.environ["CANARY"] = "quokka-7351-zebra-fjord"
    other = servers()
    other.lists("m", "n")
    text = (acme.folder / "gateway.yaml").read_text()
    acme.write(text.replace("timeout", "key: {env: CANARY}, timeout"))
    acme("apply", "--auto-approve")  # the first use of it, on this machine itself
    old = acme.state["resources"][0]["attributes"]["base_url"]
    acme.write(text.replace("timeout", "key: {env: CANARY}, timeout").replace(old, other.url))
    code, shown = at_terminal("n", "apply")
    assert f"endpoint.a, key: env CANARY → {other.url}" in shown
    assert "Allow all of these, and remember the answer? [y/n]:" in shown
    assert code == 1
    assert other.requests == []


def test_plan_into_head_is_quiet(acme, server) -> None:
    server.lists(*(f"m-{number}" for number in range(5000)))
    shell = f"'{sys.executable}' -m reconciler plan -v | head -n 1"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=acme.folder, env=acme.environ, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk: Linux only")
def test_an_output_that_cannot_be_written_is_said(acme) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            acme.command("plan"), cwd=acme.folder, env=acme.environ, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_terminal_without_utf8_gets_something_readable(acme) -> None:
    result = acme("plan", "-v", PYTHONIOENCODING="ascii")
    assert result.code == 0


def test_colours_only_where_they_are_wanted(acme) -> None:
    assert "\x1b[" not in acme("plan").out
    assert "\x1b[" in acme("plan", "--color", "always").out
    assert "\x1b[" not in acme("plan", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b[" in acme("plan", FORCE_COLOR="1").out


def test_detailed_exitcode(acme) -> None:
    acme("plan", "--detailed-exitcode", code=2)
    acme("plan", "--detailed-exitcode=config", code=2)
    acme("plan", code=0)
    acme("apply", "--auto-approve")
    acme("plan", "--detailed-exitcode", code=0)
    assert "the causes are" in acme("plan", "--detailed-exitcode=weather", code=1).err


def test_detailed_exitcode_counts_only_the_causes_that_are_named(acme, server) -> None:
    acme("apply", "--auto-approve")
    server.lists("m", "n", "o")
    acme("plan", "--detailed-exitcode=config", code=0)
    acme("plan", "--detailed-exitcode=catalog", code=2)


def test_a_bare_gwctl_prints_help(gwctl) -> None:
    assert "Every day:" in gwctl().out


def test_interrupting_a_plan_is_130(acme, server) -> None:
    text = (acme.folder / "gateway.yaml").read_text()
    acme.write(text.replace("5s", "120s"))  # a busy machine may take longer to interrupt it than 5 s
    server.routes["/models"] = Reply(silent=True)
    process = subprocess.Popen(acme.command("plan"), cwd=acme.folder, env=acme.environ, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    while not server.requests and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(2)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in said


def test_json_is_one_document_also_of_an_invalid_file(gwctl) -> None:
    gwctl.write("version: 1\n")
    for command in (("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve")):
        document = gwctl(*command, "--format", "json", code=1).json
        assert (document["state"], document["changes"], document["complete"]) == (None, [], False)
        assert {diagnostic["code"] for diagnostic in document["diagnostics"]} == {"MISSING_FIELD"}


def test_json_at_a_terminal_asks_below_the_plan(acme, at_terminal) -> None:
    code, shown = at_terminal("y", "apply", "--format", "json")
    assert code == 0
    before, _, after = shown.partition("Apply these 4 changes? [y/n]:")
    assert "to create" in before
    assert json.loads(after.partition("y")[2])["applied"] is True


def test_env_does_not_let_an_id_drive_the_terminal(gwctl, at_terminal) -> None:
    gwctl.write('version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: ["\\e[2Jhidden", plain]}}\n')
    code, shown = at_terminal("", "env", "--model", "a/\x1b[2Jhidden")
    assert (code, "\x1b[2J" in shown) == (1, False)
    assert "which a terminal would interpret" in shown
    assert "\x1b" in gwctl("env", "--model", "a/\x1b[2Jhidden").out  # for eval
    assert at_terminal("", "env", "--model", "a/plain")[0] == 0


def test_what_is_run_has_the_terminal(gwctl, at_terminal) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: [m]}}\n")
    look = "import os; print(os.isatty(0), os.isatty(1), os.tcgetpgrp(0) == os.getpid())"
    code, shown = at_terminal("", "run", "--model", "m", "--", sys.executable, "-c", look)
    assert (code, shown.strip()) == (0, "True True True")


def test_an_id_gives_no_command_to_a_log_of_github(gwctl, server) -> None:
    server.lists("::set-output name=a::b", "##[add-mask]the", "ok")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\n")
    for words in (("plan",), ("models",), ("apply", "--auto-approve"), ("state", "list")):
        result = gwctl(*words, GITHUB_ACTIONS="true")
        for line in (result.out + result.err).splitlines():
            assert "##[" not in line
            assert not line.strip().removeprefix("=").lstrip().startswith("::")
    server.lists("ok")
    held = gwctl("plan", GITHUB_ACTIONS="true").out
    assert ": :set-output" in held
    assert "::set-output" in gwctl("plan").out
