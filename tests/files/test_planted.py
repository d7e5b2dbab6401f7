"""The files that a checkout or another user planted where gwctl reads, writes or removes: left alone and reported.

Each file that gwctl makes is tried with each thing that may stand in its place: the run says so and exits 1, touches
nothing, waits for nothing, and the run after it is taken away converges.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import Gwctl, Result

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes: POSIX only")

GATEWAY = "version: 1\nname: acme\nendpoints: {a: {base_url: 'http://127.0.0.1:9', models: [MODELS], timeout: 1s}}\n"
VICTIM = b"precious\n"


@dataclass(frozen=True)
class Target:
    """A file that gwctl makes: where it is, and the command that would read, write or remove it."""

    place: str  # below the working directory; `home/…` below the home
    command: tuple[str, ...] = ("apply", "--auto-approve")
    codes: tuple[str, ...] = ("STATE_UNWRITABLE", "STATE_UNREADABLE")


TARGETS = {
    "state": Target(".gwctl/state.json", codes=("STATE_UNREADABLE", "STATE_BROKEN")),
    "state, by plan": Target(".gwctl/state.json", ("plan",), ("STATE_UNREADABLE", "STATE_BROKEN")),
    "state, by state list": Target(".gwctl/state.json", ("state", "list"), ("STATE_UNREADABLE", "STATE_BROKEN")),
    "backup": Target(".gwctl/state.json.backup"),
    "lock of the state": Target(".gwctl/state.json.lock"),
    "holder": Target(".gwctl/state.json.holder"),
    "saved plan": Target("saved.plan", ("plan", "--out", "saved.plan"), ("PLAN_UNWRITABLE",)),
    "saved plan, read": Target("saved.plan", ("show", "saved.plan"), ("PLAN_UNREADABLE", "PLAN_BROKEN")),
}


def link(at: Path, victim: Path) -> None:
    at.symlink_to(victim)


def dangling(at: Path, victim: Path) -> None:
    at.symlink_to(victim.with_name("not-there"))


def pipe(at: Path, _victim: Path) -> None:
    os.mkfifo(at)


def folder(at: Path, _victim: Path) -> None:
    at.mkdir()


def foreign(at: Path, _victim: Path) -> None:
    at.write_bytes(VICTIM)


def zero(at: Path, _victim: Path) -> None:
    at.symlink_to("/dev/zero")


def named_socket(at: Path, _victim: Path) -> None:
    before = Path.cwd()
    os.chdir(at.parent)  # the whole path may be too long for a socket
    try:
        with socket.socket(socket.AF_UNIX) as built:
            built.bind(at.name)
    finally:
        os.chdir(before)


PLANTS: dict[str, Callable[[Path, Path], None]] = {
    "a link to a file": link,
    "a link to nowhere": dangling,
    "a pipe": pipe,
    "a directory": folder,
    "somebody's file": foreign,
    "a link to /dev/zero": zero,
    "a socket": named_socket,
}


@contextmanager
def planted(at: Path, victim: Path, plant: Callable[[Path, Path], None]) -> Iterator[tuple[object, ...]]:
    """The thing in that place; afterwards it is as it was, and is taken away."""
    aside = at.with_name("aside")
    if at.exists():
        at.rename(aside)
    plant(at, victim)
    before = looks(at)
    yield before
    assert looks(at) == before, "it is as it was planted"
    at.rmdir() if at.is_dir() and not at.is_symlink() else at.unlink()
    if aside.exists():
        aside.rename(at)


def looks(at: Path) -> tuple[object, ...]:
    """Return a fingerprint that changes when something was done to the file."""
    status = at.lstat()
    data = at.read_bytes() if at.is_file() and not at.is_symlink() else b""
    target = at.readlink() if at.is_symlink() else ""
    listed = sorted(at.iterdir()) if at.is_dir() and not at.is_symlink() else []
    return status.st_mode, status.st_ino, data, target, listed


def refused(result: Result, codes: tuple[str, ...]) -> None:
    """It says so, with a code of those, and how to go on; none of it is a fault of gwctl's."""
    output = result.out + result.err
    assert "internal error in gwctl" not in output
    assert any(code in output for code in codes), output
    assert "hint:" in output


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, warm) -> Path:
    """Applied twice, so that every file is there; and something is left to do."""
    result = Gwctl(tmp_path_factory.mktemp("applied"), tmp_path_factory.mktemp("home"), warm)
    for models in ("m", "m, n"):
        result.write(GATEWAY.replace("MODELS", models))
        result("apply", "--auto-approve")
    result("plan", "--out", "saved.plan")
    result.write(GATEWAY.replace("MODELS", "m, o"))
    return result.folder


@pytest.fixture
def acme(gwctl: Gwctl, applied: Path) -> Gwctl:
    """A copy of it."""
    shutil.copytree(applied, gwctl.folder, dirs_exist_ok=True)
    return gwctl


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("name", TARGETS)
def test_what_stands_in_the_place_of_a_file_is_left_alone(acme: Gwctl, tmp_path: Path, name: str, plant: str) -> None:
    target = TARGETS[name]
    victim = tmp_path / "victim"
    victim.write_bytes(VICTIM)
    with planted(acme.folder / target.place, victim, PLANTS[plant]):
        names = sorted(path.name for path in acme.folder.rglob("*"))
        refused(acme(*target.command, "-v", code=1), target.codes)
        assert victim.read_bytes() == VICTIM
        assert not (tmp_path / "not-there").exists()
        assert set(names) <= {path.name for path in acme.folder.rglob("*")}
    acme("apply", "--auto-approve")
    assert acme.models() == ["model.a/m", "model.a/o"]
    assert "No changes" in acme("plan").out
    assert not list(acme.folder.rglob("*.tmp"))


@pytest.mark.parametrize("plant", PLANTS)
def test_the_state_that_a_store_did_not_take(acme: Gwctl, tmp_path: Path, plant: str) -> None:
    """`errored.state.json`: it is said that it could not be kept, and what stands there stays."""
    victim = tmp_path / "victim"
    victim.write_bytes(VICTIM)
    with (
        planted(acme.folder / ".gwctl" / "errored.state.json", victim, PLANTS[plant]),
        planted(acme.folder / ".gwctl" / "state.json.backup", victim, folder),
    ):
        result = acme("apply", "--auto-approve", code=1)
        assert "could not be saved in" in result.out + result.err
        assert victim.read_bytes() == VICTIM
        assert not (tmp_path / "not-there").exists()
    acme("apply", "--auto-approve")


@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
@pytest.mark.parametrize("plant", [name for name in PLANTS if name != "somebody's file"])
def test_the_ledger(gwctl: Gwctl, keychain, server, tmp_path: Path, plant: str, ending: str) -> None:
    server.lists("m")
    victim, ledger = tmp_path / "victim", tmp_path / "ledgers" / "ledger.sqlite3"
    victim.write_bytes(VICTIM)
    ledger.parent.mkdir(mode=0o700)
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', key: {{env: K}}, store_key: keyring}}}}\n"
    )
    with planted(ledger.with_name(ledger.name + ending), victim, PLANTS[plant]):
        given = {"GWCTL_LEDGER": str(ledger), "K": "-".join(("quokka", "7351", "zebra"))}
        refused(gwctl("apply", "--auto-approve", "-v", code=1, **given), ("LEDGER_BROKEN",))
        assert victim.read_bytes() == VICTIM
        assert not (tmp_path / "not-there").exists()


@pytest.mark.parametrize("plant", PLANTS)
def test_the_lock_file(gwctl: Gwctl, server, tmp_path: Path, plant: str) -> None:
    server.lists("m")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', scope: shared}}}}\n")
    victim = tmp_path / "victim"
    victim.write_bytes(VICTIM)
    with planted(gwctl.folder / "gateway.lock.yaml", victim, PLANTS[plant]):
        codes = ("LOCK_UNREADABLE", "LOCK_BROKEN", "LOCK_UNWRITABLE")
        refused(gwctl("lock", "-v", code=1), codes)
        assert victim.read_bytes() == VICTIM
        assert not (tmp_path / "not-there").exists()
    gwctl("lock")
    gwctl("lock", "--check")


@pytest.mark.parametrize("plant", ["a pipe", "a directory", "a link to /dev/zero", "a link to nowhere", "a socket"])
@pytest.mark.parametrize("option", ["-f", "key", "ca_file", "push", "apply"])
def test_what_somebody_names_is_a_file_or_is_refused(gwctl: Gwctl, tmp_path: Path, plant: str, option: str) -> None:
    at, endpoint = gwctl.folder / "named", "base_url: 'https://127.0.0.1:9', timeout: 2s, models: [m]"
    more = {"key": ", key: {file: named}", "ca_file": ", tls: {ca_file: named}"}.get(option, "")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{{endpoint}{more}}}}}\n")
    commands = {"-f": ("validate", "-f", "named"), "push": ("state", "push", "named"), "apply": ("apply", "named")}
    with planted(at, tmp_path / "victim", PLANTS[plant]):
        result = gwctl(*commands.get(option, ("test",)), code=1)
        assert "internal error in gwctl" not in result.out + result.err


def test_a_link_to_what_somebody_names_is_followed(gwctl: Gwctl) -> None:
    """Dotfiles and mounted secrets are links."""
    gwctl.write(GATEWAY.replace("MODELS", "m"), "real.yaml")
    (gwctl.folder / "gateway.yaml").symlink_to("real.yaml")
    gwctl("validate")


def test_a_directory_of_the_checkout_that_is_a_link_is_not_entered(gwctl: Gwctl, tmp_path: Path) -> None:
    gwctl.write(GATEWAY.replace("MODELS", "m"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (gwctl.folder / ".gwctl").symlink_to(elsewhere)
    refused(gwctl("apply", "--auto-approve", "-v", code=1), ("STATE_UNREADABLE", "STATE_UNWRITABLE"))
    assert list(elsewhere.iterdir()) == []
    (gwctl.folder / ".gwctl").unlink()
    gwctl("apply", "--auto-approve")


@pytest.mark.parametrize(
    ("url", "neighbours"),
    [
        (
            "file:env",
            (".env.local", ".env.production", "env.backup.old", ".gwctl-0123456789abcdef-0123456789abcdef.tmp"),
        ),
        ("file:x/state.json", ("x/.state.json.swp", "x/.state.json.abc", "x/errored.state.json.mine")),
    ],
)
def test_neighbours_are_left_alone(gwctl: Gwctl, url: str, neighbours: tuple[str, ...]) -> None:
    for name in neighbours:
        path = gwctl.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(VICTIM)
    for models in ("m", "m, n", "o"):
        gwctl.write(GATEWAY.replace("MODELS", models))
        gwctl("apply", "--auto-approve", "--state", url)
    assert {name: (gwctl.folder / name).read_bytes() for name in neighbours} == dict.fromkeys(neighbours, VICTIM)


@pytest.mark.parametrize("ending", ["backup", "holder", "lock"])
def test_somebody_s_file_of_that_name_is_named_in_the_message(gwctl: Gwctl, ending: str) -> None:
    """`--state file:poetry` beside poetry.lock."""
    gwctl.write(GATEWAY.replace("MODELS", "m"))
    if ending == "backup":
        gwctl("apply", "--auto-approve", "--state", "file:poetry")
        gwctl.write(GATEWAY.replace("MODELS", "n"))
    (gwctl.folder / f"poetry.{ending}").write_bytes(VICTIM)
    result = gwctl("apply", "--auto-approve", "--state", "file:poetry", code=1)
    assert f"poetry.{ending}: gwctl did not create the file" in result.out + result.err
    assert (gwctl.folder / f"poetry.{ending}").read_bytes() == VICTIM


def test_a_state_is_not_made_of_a_file_that_is_none(gwctl: Gwctl) -> None:
    gwctl.write(GATEWAY.replace("MODELS", "m"))
    (gwctl.folder / "README.md").write_bytes(VICTIM)
    for command in (("apply", "--auto-approve"), ("destroy", "--auto-approve"), ("state", "list")):
        result = gwctl(*command, "--state", "file:README.md", code=1)
        assert "is not valid" in result.out + result.err
    assert (gwctl.folder / "README.md").read_bytes() == VICTIM
    assert {path.name for path in gwctl.folder.iterdir()} == {"README.md", "gateway.yaml"}


def test_a_lock_file_is_not_written_through_a_linked_directory(gwctl: Gwctl, server, tmp_path: Path) -> None:
    server.lists("m")
    endpoint = f"{{base_url: '{server.url}', scope: shared}}"
    gwctl.write(f"version: 1\nname: acme\nlock: locks/gateway.lock.yaml\nendpoints: {{a: {endpoint}}}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (gwctl.folder / "locks").symlink_to(elsewhere)
    refused(gwctl("lock", "-v", code=1), ("LOCK_UNWRITABLE",))
    assert list(elsewhere.iterdir()) == []
    (gwctl.folder / "locks").unlink()
    (gwctl.folder / "locks").mkdir()
    gwctl("lock")
