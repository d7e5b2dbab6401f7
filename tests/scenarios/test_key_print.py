"""`gwctl key print`: a key and a line end, or one sentence and exit code 1; from the ledger and what the ledger names.

Every host is the test's own server, as the proxy of the environment.
"""

from __future__ import annotations

import ast
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import reconciler
from reconciler.ledger.handle_rows import HandleRows
from reconciler.ledger.stack_rows import Stacks
from tests.support.command import Gwctl
from tests.support.killable import Killable

GOOD, EVIL = "http://llm.acme.example", "http://llm.stranger.example"
KEY, OTHER_KEY = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"


@dataclass(frozen=True)
class Printed:
    """The result of one `gwctl key print`, in bytes."""

    code: int
    out: bytes
    err: str

    @property
    def key(self) -> str:
        """The key, where nothing else was printed."""
        assert (self.code, self.err) == (0, ""), self
        text = self.out.decode()
        assert text.endswith("\n")
        assert text.count("\n") == 1
        return text[:-1]

    @property
    def reason(self) -> str:
        """The one sentence, where no key was printed."""
        assert (self.code, self.out) == (1, b""), self
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        for key in (KEY, OTHER_KEY):
            assert key not in self.err
        return self.err.strip()


class Tool:
    """A tool that has a handle in its file, and runs the command from some other directory."""

    def __init__(self, gwctl: Gwctl, folder: Path) -> None:
        self.gwctl = gwctl
        self.folder = folder
        self.ledger = Path(gwctl.environ["XDG_STATE_HOME"]) / "gwctl" / "ledger.sqlite3"
        self.environ: dict[str, str] = {}  # a tool's may be empty

    def handle(self, client: str = "claude-code", endpoint: str = "it") -> str:
        """The handle that gwctl gives this client."""
        stack = Stacks(self.ledger).read().stacks[0]
        return HandleRows(self.ledger).make(stack.id, client, endpoint).handle

    def words(self, handle: str, origin: str = GOOD, verb: str = "print") -> list[str]:
        """The command as it stands in the tool's file."""
        words = [sys.executable, "-I", "-m", "reconciler", "key", verb, handle]
        return [*words, "--for", origin, "--ledger", str(self.ledger)]

    def __call__(self, handle: str = "", origin: str = GOOD, verb: str = "print", **environ: str) -> Printed:
        done = subprocess.run(
            self.words(handle or self.handle(), origin, verb),
            cwd=self.folder,
            env=self.environ | environ,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return Printed(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def tool(gwctl: Gwctl, server, tmp_path: Path) -> Tool:
    server.lists("m")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url}
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return Tool(gwctl, folder)


def gateway(url: str = GOOD, fields: str = "key: {env: ACME_KEY}", more: str = "") -> str:
    own = f"base_url: '{url}', {fields}, insecure_http: true, models: [m], timeout: 5s"
    return f"version: 1\nname: acme\nendpoints:\n  it: {{{own}}}\n{more}"


@pytest.fixture
def applied(tool: Tool) -> Callable[..., None]:
    """Apply a gateway file to which somebody agreed."""

    def apply(text: str = "", **environ: str) -> None:
        environ = environ or {"ACME_KEY": KEY}
        tool.gwctl.write(text or gateway())
        tool.gwctl("trust", "it", **environ)
        tool.gwctl("apply", "--auto-approve", **environ)

    return apply


def test_the_key_and_a_line_end_are_all_that_is_printed(tool, applied) -> None:
    applied()
    assert tool(ACME_KEY=KEY).out == KEY.encode() + b"\n"
    assert tool(ACME_KEY=KEY).key == KEY


def test_a_name_works_for_people(tool, applied) -> None:
    applied()
    assert tool("acme/it", ACME_KEY=KEY).key == KEY


def test_the_usual_ledger_is_read_without_an_option(tool, applied) -> None:
    applied()
    environ = {"ACME_KEY": KEY, "XDG_STATE_HOME": tool.gwctl.environ["XDG_STATE_HOME"]}
    assert tool.gwctl("key", "print", tool.handle(), **environ).out == KEY + "\n"
    assert tool.gwctl("key", "print", tool.handle(), "--ledger", str(tool.ledger), ACME_KEY=KEY).out == KEY + "\n"


@pytest.mark.parametrize("in_repository", [False, True])
def test_no_gateway_file_directory_or_setting_has_a_say(tool, applied, tmp_path, in_repository: bool) -> None:
    """A hostile repository, and an environment that it sets."""
    applied()
    hostile = gateway(EVIL, "key: {command: [touch, ran]}")
    (tool.folder / "gateway.yaml").write_text(hostile)
    (tool.folder / "gateway.local.yaml").write_text(hostile)
    (tool.folder / "reconciler").mkdir()
    (tool.folder / "reconciler" / "__init__.py").write_text("open('ran', 'w')")
    (tool.folder / "sqlite3.py").write_text("open('ran', 'w')")
    if in_repository:
        (tool.folder / ".git").mkdir()
    settings = {"GWCTL_LEDGER": str(tmp_path / "none"), "GWCTL_VAR_NAME": "x", "GWCTL_RESOLVED": "gateway.yaml"}
    assert tool(ACME_KEY=KEY, PYTHONPATH=str(tool.folder), **settings).key == KEY
    assert not (tool.folder / "ran").exists()
    for option in (["-f", "gateway.yaml"], ["-C", "."]):
        words = ["-I", "-m", "reconciler", "key", "print", tool.handle(), *option]
        done = subprocess.run([sys.executable, *words], cwd=tool.folder, capture_output=True, env={}, check=False)
        assert (done.returncode, done.stdout) == (1, b"") or (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("pulled", [gateway(EVIL), gateway(fields="key: {env: EVIL_KEY}"), "nonsense: ["])
def test_a_pulled_change_changes_nothing_until_somebody_agrees(tool, applied, pulled: str) -> None:
    applied()
    tool.gwctl.write(pulled)
    assert tool(ACME_KEY=KEY, EVIL_KEY=OTHER_KEY).key == KEY
    tool.gwctl("apply", "--auto-approve", code=None, ACME_KEY=KEY, EVIL_KEY=OTHER_KEY)
    assert tool(ACME_KEY=KEY, EVIL_KEY=OTHER_KEY).key == KEY


def test_the_stored_key_is_preferred_then_the_reference(tool, applied, keychain) -> None:
    applied(gateway(fields="key: {env: ACME_KEY}, store_key: keyring"))
    tool.environ |= keychain.environ
    assert tool(ACME_KEY=OTHER_KEY).key == KEY
    assert tool().key == KEY
    keychain.drop("gwctl:acme it")
    assert tool(ACME_KEY=OTHER_KEY).key == OTHER_KEY
    assert "gwctl key set it" in tool().reason


def test_a_key_file_is_read_from_any_directory(tool, applied) -> None:
    file = tool.gwctl.folder / "one"
    file.write_text(f"{KEY}\n")
    applied(gateway(fields="key: {file: one}"))
    assert tool().key == KEY
    file.write_bytes(b"\xff\xfe\x00")
    assert "not text" in tool().reason
    file.unlink()
    assert "does not exist" in tool().reason


def test_a_key_file_that_a_link_leads_elsewhere_is_withheld(tool, applied, tmp_path) -> None:
    (tool.gwctl.folder / "one").write_text(KEY)
    applied(gateway(fields="key: {file: one}"))
    (tmp_path / "secret").write_text(OTHER_KEY)
    (tool.gwctl.folder / "one").unlink()
    (tool.gwctl.folder / "one").symlink_to(tmp_path / "secret")
    assert "gwctl trust it" in tool().reason


@pytest.fixture
def command(tool: Tool, applied) -> Path:
    """A key command in the repository, to which somebody agreed."""
    script = tool.gwctl.folder / "key.sh"
    script.write_text(f"#!/bin/sh\necho ran >> runs\necho 'a message' >&2\necho {KEY}\n")
    script.chmod(0o755)
    applied(gateway(fields="key: {command: [./key.sh]}"))
    (tool.gwctl.folder / "runs").unlink()
    return script


def test_a_command_runs_where_somebody_agreed_to_it_and_says_nothing(tool, command) -> None:
    assert tool().key == KEY
    assert (tool.gwctl.folder / "runs").read_text() == "ran\n"


def test_a_command_that_changed_since_is_not_run(tool, command) -> None:
    command.write_text(f"#!/bin/sh\necho ran >> runs\necho {OTHER_KEY}\n")
    assert "has changed since it was allowed: key.sh changed since" in tool().reason
    assert not (tool.gwctl.folder / "runs").exists()
    tool.gwctl("trust", "it")
    assert tool().key == OTHER_KEY


def test_a_command_that_was_allowed_for_one_run_only_is_not_run(tool) -> None:
    tool.gwctl.write(gateway(fields="key: {command: [echo, some-key-or-other]}"))
    tool.gwctl("apply", "--auto-approve", "--trust", "file", "--allow-commands")
    assert "gwctl trust it" in tool().reason


def test_a_commands_program_is_the_one_that_was_agreed_to_wherever_path_leads(tool, applied, tmp_path) -> None:
    def program(folder: Path, key: str) -> str:
        folder.mkdir()
        (folder / "vault").write_text(f"#!/bin/sh\necho {key}\n")
        (folder / "vault").chmod(0o755)
        return str(folder)

    good, evil = program(tmp_path / "good", KEY), program(tmp_path / "evil", OTHER_KEY)
    path = {"PATH": f"{good}:{os.environ['PATH']}"}
    applied(gateway(fields="key: {command: [vault]}"), **path)
    assert tool().key == KEY
    assert tool(PATH=f"{evil}:{os.environ['PATH']}").key == KEY
    (tmp_path / "good" / "vault").unlink()
    assert "it has changed since it was allowed: the program was" in tool(PATH=f"{evil}:{os.environ['PATH']}").reason


def test_a_failing_command_tells_nothing_of_its_output(tool, applied) -> None:
    script = tool.gwctl.folder / "key.sh"
    script.write_text(
        f"#!/bin/sh\n[ -e fail ] || {{ echo {KEY}; exit 0; }}\necho {OTHER_KEY}\necho {KEY} >&2\nexit 3\n"
    )
    script.chmod(0o755)
    applied(gateway(fields="key: {command: [./key.sh]}"))
    (tool.gwctl.folder / "fail").touch()
    assert "failed with exit code 3" in tool().reason


def test_without_a_ledger_there_is_no_key(tool, tmp_path) -> None:
    """A container: no ledger, no keychain, no home."""
    assert "Nothing has been applied on this machine" in tool("it@aaaaaa", ACME_KEY=KEY).reason
    assert not tool.ledger.parent.exists()


def test_without_a_keychain_a_stored_key_is_none(tool, applied, keychain) -> None:
    applied(gateway(fields="key: {env: ACME_KEY}, store_key: keyring"))
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    assert "here is no usable keychain on this machine" in tool(ACME_KEY=OTHER_KEY, **none).reason


@pytest.mark.parametrize(
    "handle", ["it@aaaaaa", "other@aaaaaa", "acme/other", "other/it", "it", "-", "", KEY, "it@AAA"]
)
def test_an_unknown_handle_is_said_without_repeating_what_may_be_a_key(tool, applied, handle: str) -> None:
    applied()
    words = tool.words(handle)
    done = subprocess.run(words, capture_output=True, env={"ACME_KEY": KEY}, check=False)
    reason = Printed(done.returncode, done.stdout, done.stderr.decode()).reason
    assert "gwctl key list" in reason


def test_a_revoked_handle_prints_nothing_until_it_is_allowed_again(tool, applied) -> None:
    applied()
    mine, others = tool.handle("claude-code"), tool.handle("codex")
    tool.gwctl("key", "revoke", mine)
    assert f"gwctl key revoke --undo {mine}" in tool(mine, ACME_KEY=KEY).reason
    assert tool(others, ACME_KEY=KEY).key == KEY
    tool.gwctl("key", "revoke", "--undo", mine)
    assert tool(mine, ACME_KEY=KEY).key == KEY
    unknown = tool.gwctl("key", "revoke", KEY, code=1)
    assert "This machine has no such handle" in unknown.err
    assert KEY not in unknown.err


def test_a_name_that_two_gateway_files_have_is_ambiguous(tool, applied, tmp_path) -> None:
    applied()
    second = tmp_path / "second"
    second.mkdir()
    (second / "gateway.yaml").write_text(gateway())
    tool.gwctl("trust", "it", "-C", str(second), ACME_KEY=KEY)
    tool.gwctl("apply", "--auto-approve", "-C", str(second), ACME_KEY=KEY)
    reason = tool("acme/it", ACME_KEY=KEY).reason
    assert str(second / "gateway.yaml") in reason
    assert str(tool.gwctl.folder / "gateway.yaml") in reason
    assert tool(tool.handle(), ACME_KEY=KEY).key == KEY


@pytest.mark.parametrize(
    "origin", [EVIL, "https://llm.acme.example", f"{GOOD}:8080", "http://[", "none", f"{GOOD}.evil"]
)
def test_another_origin_gets_no_key(tool, applied, origin: str) -> None:
    applied()
    assert f"is for {GOOD}, and --for names another host" in tool(origin=origin, ACME_KEY=KEY).reason


@pytest.mark.parametrize("origin", [f"{GOOD}/v1", f"{GOOD}:80", "HTTP://LLM.acme.example"])
def test_the_same_origin_may_be_spelt_otherwise(tool, applied, origin: str) -> None:
    applied()
    assert tool(origin=origin, ACME_KEY=KEY).key == KEY


def test_a_handle_of_an_endpoint_that_is_no_longer_applied_prints_nothing(tool, applied) -> None:
    applied()
    handle = tool.handle()
    tool.gwctl("destroy", "--auto-approve")
    assert "is not applied on this machine; gwctl apply -f" in tool(handle, ACME_KEY=KEY).reason


def test_a_consent_for_one_run_or_one_that_was_revoked_prints_nothing(tool, applied) -> None:
    tool.gwctl.write(gateway())
    tool.gwctl("apply", "--auto-approve", "--allow-host", "it", ACME_KEY=KEY)
    assert f"may not be sent to {GOOD} from this machine yet" in tool(ACME_KEY=KEY).reason
    tool.gwctl("trust", "it", ACME_KEY=KEY)
    assert tool(ACME_KEY=KEY).key == KEY
    tool.gwctl("trust", "revoke", "it")
    assert "gwctl trust it" in tool(ACME_KEY=KEY).reason


def test_an_endpoint_without_a_key_says_so(tool, applied) -> None:
    applied(gateway(fields="timeout: 6s").replace(", timeout: 5s", ""))
    assert "has no key" in tool().reason


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("changeme", "is a placeholder"),
        ("${ACME_KEY}", "is a reference that was not expanded"),
        ("sk-…", "not allowed in an HTTP header"),
        ("sk-****1234", "is masked"),
        ("one\ntwo", "contains a line break"),
        ("", "is not set"),
        ("  ", "is not set"),
    ],
)
def test_what_is_no_key_is_not_printed(tool, applied, value: str, why: str) -> None:
    applied()
    assert why in tool(ACME_KEY=value).reason


def test_a_stored_key_that_somebody_broke_is_not_printed(tool, applied, keychain) -> None:
    applied(gateway(fields="key: {env: ACME_KEY}, store_key: keyring"))
    keychain.put("gwctl:acme it", f"{KEY}\n{OTHER_KEY}")
    assert "contains a line break" in tool(**keychain.environ).reason


def test_a_variable_that_gwctl_set_for_another_endpoint_is_not_printed(tool) -> None:
    """Inside `gwctl run`, a tool's environment has the key of one endpoint under a usual name."""
    more = f"  two: {{base_url: '{EVIL}', key: {{env: TWO_KEY}}, insecure_http: true, models: [m], timeout: 5s}}\n"
    both = {"OPENAI_API_KEY": KEY, "TWO_KEY": OTHER_KEY}
    tool.gwctl.write(gateway(fields="key: {env: OPENAI_API_KEY}", more=more))
    tool.gwctl("trust", "it", "two", **both)
    tool.gwctl("apply", "--auto-approve", **both)
    script = ["--endpoint", "two", "--", *tool.words(tool.handle())]
    result = tool.gwctl("run", *script, code=1, TWO_KEY=OTHER_KEY)
    assert "was set by gwctl for endpoint.two of acme" in result.err
    assert OTHER_KEY not in result.out + result.err


def listed(tool: Tool) -> list[dict[str, str | None]]:
    return tool.gwctl("key", "list", "--format", "json").json["handles"]


def test_the_last_use_is_listed(tool, applied) -> None:
    applied()
    handle, unused = tool.handle("claude-code"), tool.handle("codex")
    assert tool(handle, ACME_KEY=KEY).key == KEY
    rows = {row["handle"]: row for row in listed(tool)}
    assert rows[handle]["client"] == "claude-code"
    assert rows[handle]["endpoint"] == "it"
    assert rows[handle]["last_used"]
    assert rows[unused]["last_used"] is None
    assert rows[unused]["revoked"] is None
    text = tool.gwctl("key", "list").out
    assert f"{handle}  claude-code  it" in text
    assert "never" in text


def test_a_refused_print_and_a_check_are_no_use(tool, applied) -> None:
    applied()
    handle = tool.handle()
    assert tool(handle, origin=EVIL, ACME_KEY=KEY).reason
    assert tool(handle, verb="check", ACME_KEY=KEY).code == 0
    assert listed(tool)[0]["last_used"] is None


@pytest.mark.parametrize("fault", ["locked", "read-only"])
def test_a_ledger_that_cannot_be_written_still_prints(tool, applied, fault: str) -> None:
    applied()
    handle = tool.handle()
    if fault == "read-only":
        tool.ledger.chmod(0o400)
    with closing(sqlite3.connect(tool.ledger, isolation_level=None)) as rows:
        if fault == "locked":
            rows.execute("BEGIN IMMEDIATE")
        assert tool(handle, ACME_KEY=KEY).key == KEY
    tool.ledger.chmod(0o600)


@pytest.mark.parametrize("change", ["DELETE FROM secret; DROP TABLE secret", "UPDATE applied SET form='no'"])
def test_a_broken_ledger_prints_nothing(tool, applied, change: str) -> None:
    applied()
    handle = tool.handle()
    with closing(sqlite3.connect(tool.ledger)) as rows:
        rows.executescript(change)
    assert "Cannot use the ledger" in tool(handle, ACME_KEY=KEY).reason


def test_a_newer_ledger_says_which_gwctl_is_old(tool, applied) -> None:
    applied()
    handle = tool.handle()
    with closing(sqlite3.connect(tool.ledger)) as rows:
        rows.execute("PRAGMA user_version=99")
    reason = tool(handle, ACME_KEY=KEY).reason
    assert "written by a newer gwctl" in reason
    assert sys.prefix in reason


@pytest.mark.parametrize("place", ["working tree", "relative"])
def test_a_ledger_that_a_repository_brought_along_is_refused(tool, applied, place: str) -> None:
    applied()
    handle = tool.handle()
    (tool.folder / ".git").mkdir()
    (tool.folder / "ledger.sqlite3").write_bytes(tool.ledger.read_bytes())
    tool.ledger = tool.folder / "ledger.sqlite3" if place == "working tree" else Path("ledger.sqlite3")
    words = tool.words(handle)
    done = subprocess.run(words, cwd=tool.folder, capture_output=True, env={"ACME_KEY": KEY}, check=False)
    reason = Printed(done.returncode, done.stdout, done.stderr.decode()).reason
    assert ("is a working tree" if place == "working tree" else "not absolute") in reason


def test_check_says_what_print_would_do_and_never_the_key(tool, applied) -> None:
    applied()
    handle = tool.handle()
    good = tool(handle, verb="check", ACME_KEY=KEY)
    assert (good.code, good.err) == (0, "")
    assert good.out.decode() == f"{handle} works: `gwctl key print` prints env ACME_KEY for {GOOD}\n"
    bad = tool(handle, verb="check")
    assert bad.code == 1
    assert "ACME_KEY is not set" in bad.err


def test_many_at_once_all_print_and_the_ledger_stays_whole(tool, applied) -> None:
    applied()
    handle = tool.handle()
    results: list[Printed] = []
    threads = [threading.Thread(target=lambda: results.append(tool(handle, ACME_KEY=KEY))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.key for result in results] == [KEY] * 6
    with closing(sqlite3.connect(tool.ledger)) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert listed(tool)[0]["last_used"]


def test_a_print_that_is_killed_leaves_the_ledger_whole(tool, applied, warm) -> None:
    applied()
    handle = tool.handle()
    environ = tool.gwctl.environ | {"ACME_KEY": KEY}
    killable, codes = Killable(warm), []
    words = ["key", "print", handle, "--ledger", str(tool.ledger)]
    while not codes or codes[-1] < 0:
        at = len(codes) + 1
        codes.append(killable.run(words, tool.folder, environ, kill_at=at, below=str(tool.ledger.parent)))
        with closing(sqlite3.connect(tool.ledger)) as rows:
            assert rows.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert tool(handle, ACME_KEY=KEY).key == KEY
        with closing(sqlite3.connect(tool.ledger)) as rows, rows:
            rows.execute("UPDATE handle SET used=''")
    assert codes[-1] == 0
    assert len(codes) > 4, "it writes nothing"


def test_a_closed_pipe_is_quiet(tool, applied) -> None:
    applied()
    reader, writer = os.pipe()
    os.close(reader)
    environ = {"ACME_KEY": KEY}
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(tool.words(tool.handle()), stdout=pipe, stderr=subprocess.PIPE, env=environ, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


ENDINGS = ("", "-journal", "-wal", "-shm")
HEAVY = ["click", "httpx", "pydantic", "yaml", "rich", "deepdiff", "keyring", "asyncio", "socket", "ssl", "subprocess"]
HEAVY += ["packaging", "platformdirs", "uuid", "platform", "random", "difflib", "shutil", "tempfile", "hashlib"]


def test_printing_loads_nothing_heavy(tool, applied) -> None:
    applied()
    words = tool.words(tool.handle())[4:]
    script = (
        "import os, sys, runpy\n"
        "end = os._exit\n"
        "def report(code):\n"
        f"    sys.stderr.write(' '.join(['loaded', *(name for name in {HEAVY!r} if name in sys.modules)]))\n"
        "    sys.stderr.flush()\n"
        "    end(code)\n"
        "os._exit = report\n"
        f"sys.argv = ['gwctl', *{words!r}]\n"
        "runpy.run_module('reconciler', run_name='__main__', alter_sys=True)\n"
    )
    environ = {"ACME_KEY": KEY}
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, env=environ, check=False
    )
    assert done.stdout == KEY + "\n"
    assert done.stderr == "loaded"


def test_printing_opens_the_ledger_and_what_the_ledger_names_alone(tool, applied) -> None:
    """Python's own record of files, sockets and processes; what is imported is left out."""
    key_file = tool.gwctl.folder / "one"
    key_file.write_text(KEY)
    applied(gateway(fields="key: {file: one}"))
    (tool.folder / "gateway.yaml").write_text(gateway(EVIL))
    words = tool.words(tool.handle())[4:]
    own = (sys.prefix, sys.base_prefix, str(Path(reconciler.__file__).parent))
    script = (
        "import os, runpy, sys\n"
        "seen = []\n"
        "def hook(event, arguments):\n"
        "    if event in ('open', 'sqlite3.connect', 'os.listdir', 'os.scandir'):\n"
        f"        if not str(arguments[0]).startswith({own!r}) and not isinstance(arguments[0], int):\n"
        "            seen.append(os.fsdecode(arguments[0]))\n"
        "    elif event.partition('.')[0] in ('socket', 'subprocess') or event in ('os.fork', 'os.exec'):\n"
        "        seen.append(event)\n"
        "end = os._exit\n"
        "def report(code):\n"
        "    open(2, 'w', closefd=False).write(repr(sorted(set(seen))))\n"
        "    end(code)\n"
        "os._exit = report\n"
        f"sys.argv = ['gwctl', *{words!r}]\n"
        "sys.addaudithook(hook)\n"
        "runpy.run_module('reconciler', run_name='__main__', alter_sys=True)\n"
    )
    python = [sys.executable, "-I", "-c", script]
    done = subprocess.run(python, cwd=tool.folder, capture_output=True, text=True, env={}, check=False)
    assert done.stdout == KEY + "\n"
    # "." is the ledger's folder, seen from its own descriptor.
    seen = set(ast.literal_eval(done.stderr))
    assert str(key_file) in seen
    allowed = {
        ".",
        str(key_file),
        tool.ledger.name,
        str(tool.ledger.parent),
        *(f"{tool.ledger}{end}" for end in ENDINGS),
    }
    assert seen - allowed == set()


@pytest.fixture
def stored_in_service(tool: Tool, applied, secret_service) -> Iterator[None]:
    """The key is in a real Secret Service, and nowhere else."""
    applied(gateway(fields="key: {env: ACME_KEY}, store_key: keyring"))
    tool.environ = {"DBUS_SESSION_BUS_ADDRESS": secret_service.environ["DBUS_SESSION_BUS_ADDRESS"]}
    yield


def test_a_real_keychain_gives_the_key_without_an_environment(tool, stored_in_service) -> None:
    """Nothing of the key is in the command's arguments or environment, looked at for as long as it runs."""
    handle = tool.handle()
    process = subprocess.Popen(
        tool.words(handle), env=tool.environ, cwd=tool.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    seen = set()
    proc = Path("/proc") / str(process.pid)
    while process.poll() is None and proc.exists():
        try:
            seen |= {(proc / "environ").read_bytes(), (proc / "cmdline").read_bytes()}
        except OSError:
            break
    out, err = process.communicate(timeout=60)
    assert (out, err) == (KEY.encode() + b"\n", b"")
    assert any(handle.encode() in each for each in seen)
    assert not any(KEY.encode() in each for each in seen)


def test_a_session_bus_that_the_environment_lost_is_found_again(tool, stored_in_service, tmp_path) -> None:
    """The bus of systemd is a socket at a known place, as one that is passed on here."""
    path = tool.environ.pop("DBUS_SESSION_BUS_ADDRESS").partition("path=")[2].partition(",")[0]
    if not path:
        pytest.skip("a session bus at a path: this one is abstract")
    runtime = tmp_path / "run"
    runtime.mkdir()
    (runtime / "bus").symlink_to(path)
    assert tool(XDG_RUNTIME_DIR=str(runtime)).key == KEY
    assert "o usable keychain" in tool(XDG_RUNTIME_DIR=str(tmp_path / "none")).reason


def test_an_entry_of_somebody_else_is_read_by_its_reference(tool, applied, keychain) -> None:
    keychain.put("vault ana", KEY)
    applied(gateway(fields="key: {keyring: vault/ana}"))
    tool.environ |= keychain.environ
    assert tool().key == KEY
    keychain.drop("vault ana")
    assert "entry vault/ana no longer exists in the keychain" in tool().reason


def test_a_linked_worktree_prints_by_the_bindings_of_its_main_checkout(tool, applied, tmp_path) -> None:
    def git(*words: str) -> None:
        run = ["git", "-c", "user.name=a", "-c", "user.email=a@example", *words]
        subprocess.run(run, cwd=tool.gwctl.folder, check=True, capture_output=True)

    applied()
    git("init", "-q")
    git("add", "gateway.yaml")
    git("commit", "-qm", "a gateway file")
    linked = tmp_path / "linked"
    git("worktree", "add", "-q", str(linked))
    tool.gwctl("apply", "--auto-approve", "-C", str(linked), ACME_KEY=KEY)
    stacks = {stack.store: stack.id for stack in Stacks(tool.ledger).read().stacks}
    own = next(stack for store, stack in stacks.items() if store.startswith(str(linked)))
    handle = HandleRows(tool.ledger).make(own, "codex", "it").handle
    assert tool(handle, ACME_KEY=KEY).key == KEY
    tool.gwctl("trust", "revoke", "it")
    assert "gwctl trust it" in tool(handle, ACME_KEY=KEY).reason


def test_a_locked_keychain_is_said_at_once_and_opens_no_dialog(tool, stored_in_service) -> None:
    lock = (
        "import secretstorage; connection = secretstorage.dbus_init(); "
        "secretstorage.get_default_collection(connection).lock()"
    )
    subprocess.run([sys.executable, "-c", lock], env=tool.environ | {"PATH": os.environ["PATH"]}, check=True)
    watch = subprocess.Popen(
        ["dbus-monitor", "--session", "interface='org.freedesktop.Secret.Prompt'"],
        env=tool.environ | {"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )
    reason = tool(ACME_KEY=OTHER_KEY).reason
    assert "is locked; unlock the keychain, then try again" in reason
    watch.terminate()
    assert b"Secret.Prompt" not in watch.communicate(timeout=20)[0]


def test_what_a_tool_reads_is_in_no_file_and_no_record(tool, applied) -> None:
    applied()
    assert tool(ACME_KEY=KEY).key == KEY
    root = tool.gwctl.folder.parent
    holding = [str(path) for path in root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == []
    assert KEY not in json.dumps(listed(tool))
