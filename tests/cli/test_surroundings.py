"""A process without the usual surroundings: every command works, or says in one line what to set."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.main import COMMANDS
from tests.support.command import Gwctl
from tests.support.forks import Warm

GATEWAY = (
    "version: 1\nname: acme\n"
    'endpoints: {a: {base_url: "http://127.0.0.1:9", models: ["caf\\u00e9-\\u00fc", m], timeout: 1s}}\n'
)
# How each command is called here; one that is new in the table is called by its name alone until it stands here too.
WORDS = {
    "apply": ("apply", "--auto-approve"),
    "destroy": ("destroy", "--auto-approve"),
    "show": ("show", "saved.plan"),
    "chat": ("chat", "a/m", "hello"),
    "run": ("run", "--model", "a/m", "--", sys.executable, "-c", "print('ran')"),
    "env": ("env", "--model", "a/m"),
    "state": ("state", "list"),
    "key": ("key", "list"),
    "lock": ("lock", "--check", "--offline"),
    "ui": ("ui", "--no-browser", "--quiet-time", "1s"),
}
CLOSED = {"stdout": "1", "stderr": "2", "all three": "012"}
NO_USER = """
import pwd
def unknown(*_):
    raise KeyError("uid not found")
pwd.getpwuid = pwd.getpwnam = unknown
"""


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Path:
    """Something to work on: applied, and with a saved plan."""
    folder = tmp_path_factory.mktemp("applied")
    result = Gwctl(folder, tmp_path_factory.mktemp("home"), warm)
    result.write(GATEWAY)
    result("apply", "--auto-approve")
    result("plan", "--out", "saved.plan")
    return folder


@pytest.fixture
def acme(gwctl: Gwctl, applied: Path) -> Gwctl:
    """A copy of it."""
    shutil.copytree(applied, gwctl.folder, dirs_exist_ok=True)
    return gwctl


def words(name: str) -> tuple[str, ...]:
    return WORDS.get(name, (name,))


def sound(code: int, said: str) -> None:
    """It ended by itself, and not by a fault of gwctl's."""
    assert code in (0, 1), said
    for fault in ("Traceback", "internal error in gwctl", "Exception ignored"):
        assert fault not in said, said


@pytest.mark.skipif(os.name != "posix", reason="closed descriptors: POSIX only")
@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize("name", COMMANDS)
def test_closed_streams(acme: Gwctl, warm: Warm, name: str, closed: str) -> None:
    code, out, err = warm.run([*words(name)], acme.folder, acme.environ, "", closed=CLOSED[closed])
    sound(code, out + err)
    assert {path.name for path in acme.folder.iterdir()} == {".gwctl", "gateway.yaml", "saved.plan"}


@pytest.mark.skipif(os.name != "posix", reason="closed descriptors: POSIX only")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_of_a_python_that_starts(acme: Gwctl, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "-", *acme.command("plan")],
        cwd=acme.folder,
        env=acme.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    sound(done.returncode, done.stdout + done.stderr)


@pytest.mark.skipif(os.name != "posix", reason="users and homes: POSIX only")
@pytest.mark.parametrize("name", COMMANDS)
def test_no_home_and_a_user_without_a_name(acme: Gwctl, warm: Warm, name: str) -> None:
    bare = {key: value for key, value in acme.environ.items() if key not in ("HOME", "XDG_STATE_HOME")}
    code, out, err = warm.run([*words(name)], acme.folder, bare, "", first=NO_USER)
    sound(code, out + err)
    assert not (acme.folder / "~").exists()
    if name != "ui":  # its entry page is beside the ledger
        assert "LEDGER" not in err + ("" if name == "explain" else out), "nothing here needs a ledger"


DOCUMENTS = (
    ("plan", "--format", "json"),
    ("plan", "--format", "markdown"),
    ("plan", "--format", "html"),
    ("models", "--format", "json"),
    ("test", "--format", "json"),
    ("validate", "--format", "json"),
    ("presets", "--format", "json"),
    ("doctor", "--offline", "--format", "json"),
    ("state", "list", "--format", "json"),
    ("state", "pull"),
    ("schema",),
    ("env", "--model", "a/café-ü", "--format", "json"),
    ("env", "--model", "a/café-ü", "--format", "dotenv"),
    ("env", "--model", "a/café-ü", "--format", "shell"),
    ("lock", "--check", "--offline", "--format", "json"),
    ("apply", "--auto-approve", "--format", "json"),
    ("destroy", "--auto-approve", "--format", "json"),
)


# A Python of a locale prints each document in a fork: its standard streams are as they were when it started.
OF_ONE_START = """
import json, os, runpy, sys
from tests.support.warm import import_all
import_all()
for folder, environ, words in json.load(sys.stdin.buffer):
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        os.environ.update(environ)
        os.dup2(os.open("../printed", os.O_CREAT | os.O_WRONLY, 0o600), 1)
        sys.argv[:] = ["gwctl", *words]
        runpy.run_module("reconciler", run_name="__main__", alter_sys=True)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module", params=["cp1252", "utf-16"])
def printed(
    request: pytest.FixtureRequest, applied: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, ...], bytes]:
    """What a Python of that encoding prints, by the arguments."""
    jobs, root = [], tmp_path_factory.mktemp("printed")
    for number, arguments in enumerate(DOCUMENTS):
        gwctl = Gwctl(root / str(number) / "work", root / str(number) / "home", None)
        shutil.copytree(applied, gwctl.folder)
        (gwctl.folder / "gateway.yaml").write_text(GATEWAY.replace(", m]", ", m, caf\u00e9-2]"), encoding="utf-8")
        jobs.append((gwctl, arguments))
    subprocess.run(
        [sys.executable, "-c", OF_ONE_START],
        cwd=Path(__file__).parents[2],
        env=jobs[0][0].environ | {"PYTHONIOENCODING": request.param, "LC_ALL": "C"},
        input=json.dumps([[str(gwctl.folder), gwctl.environ, arguments] for gwctl, arguments in jobs]).encode(),
        check=True,
    )
    return {arguments: (gwctl.folder.parent / "printed").read_bytes() for gwctl, arguments in jobs}


@pytest.mark.xdist_group("locales")  # else each worker prints all documents again
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks: POSIX only")
@pytest.mark.parametrize("arguments", DOCUMENTS, ids=" ".join)
def test_documents_are_the_same_bytes_in_every_locale(
    printed: dict[tuple[str, ...], bytes], arguments: tuple[str, ...]
) -> None:
    text = printed[arguments].decode("utf-8")
    if "json" in arguments or arguments[0] in ("schema",) or "pull" in arguments:
        assert json.loads(text)
    assert "\r" not in text
    assert "\\xe9" not in text
    shows_models = arguments[0] not in ("validate", "presets", "doctor", "schema", "lock", "test")
    assert ("café" in text) == shows_models


def test_a_state_pulled_in_any_locale_can_be_pushed(acme: Gwctl) -> None:
    pulled = subprocess.run(
        acme.command("state", "pull"),
        cwd=acme.folder,
        env=acme.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=True,
    ).stdout
    (acme.folder / "pulled.json").write_bytes(pulled)
    acme("state", "push", "pulled.json", "--state", "file:other.json")
    assert (acme.folder / "other.json").read_bytes() == pulled
