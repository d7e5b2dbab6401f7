"""Whatever lies where gwctl reads or writes: no command follows it out, waits for it, or takes it for its own.

The commands come from the command table. `GWCTL_TEST_PLANTINGS=all` tries every command, place and thing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machinery.commands import Line, lines
from tests.machinery.planted import PLANTS, Outside, Planting, looks, some
from tests.support.command import Gwctl
from tests.support.forks import Warm
from tests.support.keychain import FakeKeychain
from tests.support.scripted import ScriptedServer

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="links, FIFOs and /dev/zero: Linux")]
EACH = 10_000 if os.environ.get("GWCTL_TEST_PLANTINGS") == "all" else 8  # of each command
WRITES = {"apply", "destroy", "lock", "plan"}  # which get more
GATEWAY = """
    version: 1
    name: acme
    endpoints: {{it: {{base_url: '{url}', models: [m, n], timeout: 60s, key: {{file: key.txt}}, store_key: keyring}}}}
    """


@pytest.fixture(scope="module")
def machine(warm: Warm | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gwctl, Path]]:
    """A directory and a home in which everything is that gwctl makes, with a change to apply; and a copy of both."""
    root, kept, server = tmp_path_factory.mktemp("machine"), tmp_path_factory.mktemp("kept"), ScriptedServer()
    for name in ("work", "home"):
        (root / name).mkdir()
    gwctl = Gwctl(root / "work", root / "home", warm)
    gwctl.environ |= FakeKeychain(root / "keychain.json").environ
    server.lists("m", "n", "o")
    (gwctl.folder / "key.txt").write_text("quokka-7351-zebra-fjord\n")
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    gwctl("lock")
    (gwctl.folder / "pulled.json").write_text(gwctl("state", "pull").out)
    server.lists("m", "n", "o", "p")
    gwctl("plan", "--out", "saved.plan")
    shutil.copytree(root, kept, symlinks=True, dirs_exist_ok=True)
    yield gwctl, kept
    server.close()


@pytest.mark.parametrize("line", lines(), ids=str)
def test_nothing_that_lies_about_is_followed_waited_for_or_taken(line: Line, machine: tuple[Gwctl, Path]) -> None:
    gwctl, kept = machine
    broken = [
        each
        for planting in some(line, EACH * 3 if line.words[0] in WRITES else EACH)
        for each in _broken(planting, gwctl.folder.parent, kept, gwctl)
    ]
    assert not broken, "\n".join(broken)


def _broken(planting: Planting, root: Path, kept: Path, gwctl: Gwctl) -> list[str]:
    """Return the broken promises."""
    _put_back(root, kept)
    outside, place = Outside.made(root), root / planting.place
    PLANTS[planting.plant](place, outside)
    before, there = outside.contents(), looks(place)
    try:
        result = gwctl(*planting.line.words, code=None, stdin="quokka-7351-zebra-fjord\n")
    except TimeoutError:
        return [f"{planting}: it hangs"]
    output = [f"{planting}: {why}" for why in _faults(result.code, result.out + result.err)]
    after = outside.contents()
    # A home is its user's, who may keep a part of it elsewhere: files may come there, and none may change.
    if after != before and not (planting.place.startswith("home/") and before.items() <= after.items()):
        output.append(f"{planting}: something outside changed: {sorted(after)}")
    if looks(place) != there:
        output.append(f"{planting}: it was {there}, and is {looks(place)}")
    return output


def _faults(code: int, said: str) -> list[str]:
    if "internal error in gwctl" in said:
        return [said]
    return [] if code in (0, 1, 2) else [f"exit code {code}: {said}"]


def _put_back(root: Path, kept: Path) -> None:
    for path in root.iterdir():
        if path.name in ("work", "home", "outside", "keychain.json"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in ("work", "home"):
        shutil.copytree(kept / name, root / name, symlinks=True)
    if (kept / "keychain.json").exists():
        shutil.copy(kept / "keychain.json", root / "keychain.json")


MODULES = (
    "secrets",
    "json",
    "logging",
    "httpx",
    "click",
    "yaml",
    "keyring",
    "reconciler",
    "sitecustomize",
    "usercustomize",
)


@pytest.mark.parametrize("line", lines(), ids=str)
def test_no_module_of_the_working_directory_runs(line: Line, gwctl: Gwctl, tmp_path: Path) -> None:
    """The script that pip installs, in a checkout that has modules of its own."""
    script = Path(sys.executable).with_name("gwctl")
    if not script.exists():
        pytest.skip("the script `gwctl`: not installed beside this Python")
    gwctl.write(
        "version: 1\nname: acme\nendpoints: {it: {base_url: 'http://127.0.0.1:9', discover: false, models: [m]}}\n"
    )
    for name in MODULES:
        (gwctl.folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    done = subprocess.run(
        [str(script), *line.words],
        cwd=gwctl.folder,
        env=gwctl.environ,
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    assert not (tmp_path / "ran").exists()
