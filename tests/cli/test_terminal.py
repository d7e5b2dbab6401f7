"""Terminals, pipes, prompts and exit codes."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.scripted import Reply

fcntl = pytest.importorskip("fcntl", reason="a terminal: POSIX only")
pty = pytest.importorskip("pty", reason="a terminal: POSIX only")
termios = pytest.importorskip("termios", reason="a terminal: POSIX only")


@pytest.fixture
def acme(gwctl, server):
    """A gateway file of one endpoint with two models."""
    server.lists("m", "n")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', timeout: 5s}}}}\n")
    return gwctl


def at_terminal(gwctl, answers: str, *arguments: str) -> tuple[int, str]:
    """Run a command at a terminal of its own, type once something is asked, and give what was shown."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        gwctl.command(*arguments),
        cwd=gwctl.folder,
        env=gwctl.environ,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        # Without a controlling terminal ^C reaches nobody; nothing of this process runs beside it in a thread.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    os.close(slave)
    shown, typed, idle = b"", False, 0
    while idle < 30:
        if not select.select([master], [], [], 1)[0]:
            idle += 1
            # Python misses a ^C that comes between its prompt and its read; whoever types it, types it again.
            if typed and answers == "\x03":
                os.write(master, answers.encode())
            continue
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux says so when the other side of a terminal is closed
            break
        if not chunk:
            break
        shown += chunk
        if not typed and shown.rstrip().endswith(b"[y/N]:"):
            os.write(master, answers.encode())
            typed = True
    os.close(master)
    try:
        return process.wait(timeout=10), shown.decode(errors="replace")
    finally:
        process.kill()


def test_declining_is_1_and_says_that_nothing_was_done(acme) -> None:
    """ "Done, 1 correction" after the user declined: dnscontrol#2637."""
    code, shown = at_terminal(acme, "n\n", "apply")
    assert code == 1
    assert "Nothing was done" in shown
    assert "Applied" not in shown
    assert not acme.state_file.parent.exists()


def test_approving_applies(acme) -> None:
    code, shown = at_terminal(acme, "y\n", "apply")
    assert (code, "Applied" in shown) == (0, True)
    assert acme.models() == ["model.a/m", "model.a/n"]


def test_interrupted_at_the_question_is_130(acme) -> None:
    code, shown = at_terminal(acme, "\x03", "apply")
    assert code == 130, shown
    assert acme.state is None


def test_no_change_and_no_terminal_is_0(acme) -> None:
    acme("apply", "--auto-approve")
    assert "Nothing to do" in acme("apply").out


def test_changes_and_no_terminal_is_1_and_nothing_done(acme) -> None:
    result = acme("apply", code=1)
    assert "--auto-approve" in result.err
    assert "Nothing was done" in result.out
    assert acme.state is None


def test_a_terminal_is_asked_before_a_key_goes_to_a_new_host(acme, servers) -> None:
    acme.environ["CANARY"] = "quokka-7351-zebra-fjord"
    other = servers()
    other.lists("m", "n")
    text = (acme.folder / "gateway.yaml").read_text()
    acme.write(text.replace("timeout", "key: {env: CANARY}, timeout"))
    acme("apply", "--auto-approve")
    old = acme.state["resources"][0]["attributes"]["base_url"]
    acme.write(text.replace("timeout", "key: {env: CANARY}, timeout").replace(old, other.url))
    code, shown = at_terminal(acme, "n\n", "apply")
    assert "Send its key to" in shown
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


def test_usage_errors_are_1(gwctl) -> None:
    for arguments in (("--bogus",), ("plan", "--bogus"), ("plan", "--var", "novalue"), ("chat",), ("plan", "extra")):
        result = gwctl(*arguments, code=1)
        assert result.err
        assert result.out == ""
    assert "did you mean `plan`" in gwctl("plann", code=1).err


def test_a_bare_gwctl_prints_help(gwctl) -> None:
    assert "Commands:" in gwctl().out


def test_interrupting_a_plan_is_130(acme, server) -> None:
    server.routes["/models"] = Reply(silent=True)
    process = subprocess.Popen(acme.command("plan"), cwd=acme.folder, env=acme.environ, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    while not server.requests and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(2)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in said


def test_progress_only_at_a_terminal_and_after_a_second(acme, server) -> None:
    server.lists("m", "n")
    listing = server.routes["/models"]
    server.routes["/models"] = Reply(200, listing.data(), drip=0.05)
    assert acme("plan").err == ""
    _, shown = at_terminal(acme, "", "plan")
    assert "asking the endpoints" in shown


def test_json_is_one_document_also_of_an_invalid_file(gwctl) -> None:
    gwctl.write("version: 1\n")
    for command in (("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve")):
        found = gwctl(*command, "--format", "json", code=1).json
        assert (found["state"], found["changes"], found["complete"]) == (None, [], False)
        assert {each["code"] for each in found["diagnostics"]} == {"MISSING_FIELD"}


def test_json_at_a_terminal_asks_with_the_plan_on_stderr(acme) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        acme.command("apply", "--format", "json"),
        cwd=acme.folder,
        env=acme.environ,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(master, b"y\n")
    out, err = process.communicate(timeout=30)
    os.close(slave)
    os.close(master)
    assert json.loads(out)["applied"] is True
    assert b"to create" in err


def test_env_does_not_let_an_id_drive_the_terminal(gwctl) -> None:
    gwctl.write('version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: ["\\e[2Jhidden", plain]}}\n')
    code, shown = at_terminal(gwctl, "", "env", "--model", "a/\x1b[2Jhidden")
    assert (code, "\x1b[2J" in shown) == (1, False)
    assert "which a terminal would obey" in shown
    assert "\x1b" in gwctl("env", "--model", "a/\x1b[2Jhidden").out  # for eval
    assert at_terminal(gwctl, "", "env", "--model", "a/plain")[0] == 0


def test_what_is_run_has_the_terminal(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: [m]}}\n")
    look = "import os; print(os.isatty(0), os.isatty(1), os.tcgetpgrp(0) == os.getpid())"
    code, shown = at_terminal(gwctl, "", "run", "--model", "m", "--", sys.executable, "-c", look)
    assert (code, shown.strip()) == (0, "True True True")


def test_an_id_gives_no_command_to_a_log_of_github(gwctl, server) -> None:
    server.lists("::set-output name=a::b", "##[add-mask]the", "ok")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\n")
    for words in (("plan",), ("models",), ("apply", "--auto-approve"), ("state", "list")):
        found = gwctl(*words, GITHUB_ACTIONS="true")
        for line in (found.out + found.err).splitlines():
            assert "##[" not in line
            assert not line.strip().removeprefix("=").lstrip().startswith("::")
    server.lists("ok")
    held = gwctl("plan", GITHUB_ACTIONS="true").out
    assert ": :set-output" in held
    assert "::set-output" in gwctl("plan").out
