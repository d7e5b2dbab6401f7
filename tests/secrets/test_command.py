"""A command that prints a key is bounded in time and output, and leaves nothing running."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from reconciler.secrets.commands.command import LARGEST, CommandFault, CommandOutput, run_command

pytestmark = pytest.mark.process
MARKER = "quokka-7351-zebra-fjord"
posix = pytest.mark.skipif(os.name != "posix", reason="process groups and setsid are POSIX's")


def python(code: str, timeout: float = 20) -> CommandOutput | CommandFault:
    return run_command((sys.executable, "-c", code), ".", timeout)


def shell(code: str, timeout: float = 20) -> CommandOutput | CommandFault:
    return run_command(("sh", "-c", code), ".", timeout)


def fault(result: CommandOutput | CommandFault) -> CommandFault:
    assert isinstance(result, CommandFault)
    return result


def test_what_it_prints_is_given_back_whole() -> None:
    assert python("print('key')") == CommandOutput(b"key\n")
    assert python(f"print('k' * {LARGEST - 1})") == CommandOutput(b"k" * (LARGEST - 1) + b"\n")
    assert python("pass") == CommandOutput(b"")


def test_a_failure_says_nothing_of_what_it_printed() -> None:
    code = f"import sys; print('{MARKER}'); sys.stderr.write('no such vault {MARKER[3:12]}'); sys.exit(3)"
    result = fault(python(code))
    assert "exit code 3" in result.reason
    assert result.last_line == ""
    assert "quokka" not in repr(result)


def test_the_last_line_of_stderr_is_kept_for_who_wants_to_know() -> None:
    code = "import sys; sys.stderr.write('w' * 100_000 + '\\nnot signed in\\n\\n'); sys.exit(1)"
    assert fault(python(code)).last_line == "not signed in"


def test_a_command_that_is_not_there() -> None:
    assert "cannot be run" in fault(run_command(("no-such-command-here",), ".", 1)).reason
    assert "cannot be run" in fault(run_command(("a\0b",), ".", 1)).reason


@posix
@pytest.mark.parametrize(
    "code",
    [
        "setsid sleep 120 & echo KEY",  # holds the pipe, in a session of its own
        "sleep 120 & echo KEY",
        "(trap '' HUP TERM; sleep 120) & echo KEY",
        "setsid sh -c 'yes >&2' & echo KEY",
    ],
)
def test_a_key_that_was_printed_by_a_command_that_ended_is_used(code: str) -> None:
    began = time.monotonic()
    assert shell(code, 110) == CommandOutput(b"KEY\n")
    assert time.monotonic() - began < 100  # it did not wait for what the command left behind


@posix
@pytest.mark.parametrize("code", ["sleep 120", "sleep 120 & wait", "trap '' TERM INT; sleep 120", "cat /dev/zero >&2"])
def test_a_command_that_does_not_end_costs_its_timeout(code: str) -> None:
    began = time.monotonic()
    assert "printed no key within 0.5 s" in fault(shell(code, 0.5)).reason
    assert time.monotonic() - began < 100


@posix
@pytest.mark.parametrize("code", ["yes", "cat /dev/zero", "yes & yes", "setsid yes & wait"])
def test_output_without_an_end_stops_the_command(code: str) -> None:
    result = shell(code, 110)
    assert isinstance(result, CommandOutput)
    assert len(result.data) == LARGEST + 1  # which says: too long for a key


@posix
def test_what_it_started_in_its_group_ends_with_it(tmp_path) -> None:
    assert shell(f"sleep 120 & echo $! > {tmp_path}/pid; echo KEY") == CommandOutput(b"KEY\n")
    _ends(int((tmp_path / "pid").read_text()))


@posix
def test_what_it_left_in_a_session_of_its_own_is_read_no_more(tmp_path) -> None:
    """It would else be read, and write, for as long as gwctl runs."""
    assert shell(f"setsid sh -c 'echo $$ > {tmp_path}/pid; exec yes >&2' & sleep 0.2; echo KEY") == CommandOutput(
        b"KEY\n"
    )
    _ends(int((tmp_path / "pid").read_text()))


def _ends(process: int) -> None:
    deadline = time.monotonic() + 60
    while _is_running(process):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:  # killed and not yet taken by init
        with Path(f"/proc/{process}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
