"""A process runs several commands as long as none leaves something behind, and each runs as in a new process."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support import warm as protocol
from tests.support.forks import TRACEABLE, Warm
from tests.support.warm_client import ended

pytestmark = pytest.mark.skipif(not TRACEABLE, reason="what a command leaves in its process is seen on Linux only")
LEFT = {
    "nothing": "pass",
    "a file": "kept.append(open('/dev/null'))",
    "a thread": "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "a process": "import subprocess; kept.append(subprocess.Popen(['sleep', '0.2']))",
    "a signal's handler": "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "a blocked signal": "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])",
    "a mask of modes": "import os; os.umask(0o027)",
    "a locale": "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
    "a hook": "import sys; sys.excepthook = print",
    "a path of modules": "import sys; sys.path.append('.')",
    "a last function": "import atexit; atexit.register(int)",
    "a last deletion": "import tempfile; kept.append(tempfile.TemporaryDirectory())",
    "a filter of warnings": "import warnings; warnings.simplefilter('error')",
    "a log's handler": "import logging; logging.basicConfig()",
    "a keychain": "import keyring; keyring.get_keyring()",
    "an entry": "from reconciler.cli.manual.examples import GROUPS; GROUPS['a group'] = []",
}
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+]\d\d:\d\d)?|\d+ (s|ms|seconds?)\b")
# Before the first command; then each command leaves something.
FIRST = """
import reconciler.cli.main as program
kept, run = [], program.run
def leaving(arguments):
    {left}
    return run(arguments)
program.run = leaving
"""


def process_of(warm: Warm, folder: Path, first: str, **more: str) -> int:
    """Return the number of the process that ran a command."""
    nothing = os.open(os.devnull, os.O_RDWR)
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)} | more
    server, process = protocol.begun(
        warm.socket, ["presets"], str(folder), environ, [nothing] * 3, first=first, again=True
    )
    os.close(nothing)
    with server:
        assert ended(server) == 0
    return process


@pytest.mark.parametrize("left", LEFT)
def test_a_process_that_a_command_has_changed_runs_no_other(warm: Warm, tmp_path: Path, left: str) -> None:
    first = FIRST.format(left=LEFT[left])
    processes = [process_of(warm, tmp_path, first) for _ in range(3)]
    assert len(set(processes)) == (1 if left == "nothing" else 3), processes


def test_a_keychain_that_the_environment_chooses_is_for_commands_with_the_same(warm: Warm, tmp_path: Path) -> None:
    first = FIRST.format(left=LEFT["a keychain"])
    processes = [
        process_of(warm, tmp_path, first, PYTHON_KEYRING_BACKEND=f"keyring.backends.{name}.Keyring")
        for name in ("fail", "null", "fail", "null", "null")
    ]
    assert processes[:2] * 2 == processes[:4]
    assert len(set(processes)) == 2


def test_a_process_runs_no_more_commands_than_it_may(warm: Warm, tmp_path: Path) -> None:
    first = FIRST.format(left="'as often as it may'")
    processes = [process_of(warm, tmp_path, first) for _ in range(protocol.MOST + 1)]
    assert len(set(processes[:-1])) == 1
    assert processes[-1] != processes[0]


def test_a_command_does_the_same_in_a_process_that_has_run_others(warm: Warm, tmp_path: Path) -> None:
    outcomes = {}
    for again in (False, True):
        folder = tmp_path / str(again) / "work"
        folder.mkdir(parents=True)
        outcomes[again] = [outcome(warm, folder, words.split(), again=again) for words in COMMANDS for _ in "12"]
    assert outcomes[True] == outcomes[False]
    assert {code for code, _, _ in outcomes[True]} == {0, 1, 2}


COMMANDS = (
    "validate",
    "plan --offline --detailed-exitcode",
    "apply --offline --auto-approve",
    "plan --offline --format json",
    "models nowhere.yaml",
    "status --color always",
    "state list",
    "explain NOTHING",
    "destroy --auto-approve",
    "plan --offline -q",
)


def test_a_command_reads_its_own_standard_input(warm: Warm, tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    names = [f"it-{number}" for number in range(3)]
    for name in names:
        text = f"version: 1\nname: acme\nendpoints: {{{name}: {{preset: ollama, models: [m]}}}}\n"
        _, out, _, _ = warm.measured(["plan", "--offline", "-f", "-"], tmp_path, environ, text, again=True)
        assert [each for each in names if f"endpoint.{each}" in out] == [name], out


def outcome(warm: Warm, folder: Path, words: list[str], *, again: bool) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command, without what differs between two directories and two times."""
    (folder / "gateway.yaml").write_text("version: 1\nname: it\nendpoints: {it: {preset: ollama, models: [m]}}\n")
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "XDG_STATE_HOME": str(folder.parent / "state")}
    code, out, err, _ = warm.measured(words, folder, environ, "", again=again)
    return code, plain(out, folder), plain(err, folder)


def plain(text: str, folder: Path) -> str:
    """Return a text without the directory, identifiers and times."""
    return TIME.sub("TIME", IDENTIFIER.sub("ID", text.replace(str(folder.parent), "HERE")))
