"""kill -9 at every point of every command that writes: `python -m tests.machinery.kills --kills 2000`.

A scenario is a row: what was there before, and the command that is killed. Killed once or twice, then run to its end,
it leaves what it leaves when nobody kills it: the same state, the same keychain, the same files, and a clean audit.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.forks import Warm
from tests.support.killable import Killable
from tests.support.scripted import ScriptedServer

OLD, NEW = "quokka-7351-zebra-fjord", "walrus-9920-tapir-glade"
KEPT = ", store_key: keyring"
APPLY = ("apply", "--auto-approve")
SAVE = ("plan", "--out", "saved.plan")
SET = ("key", "set", "it")  # types OLD
TIDY = ("key", "audit", "--tidy", "--auto-approve")
MOVED = "moved: [{from: endpoint.it, to: endpoint.that}]"
Words = tuple[str, ...]
BACKEND = {"PYTHON_KEYRING_BACKEND": "tests.support.file_keychain.FileKeychain"}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`before` each run to their end; `edit` replaces text of the gateway file; then `command`, with that key."""

    name: str
    before: tuple[Words, ...] = (APPLY,)
    edit: tuple[tuple[str, str], ...] = ()
    also: tuple[Words, ...] = ()  # run after the edit, before the command
    command: Words = APPLY
    key: str = OLD
    models: Words = ("m", "n")  # that the endpoint lists from the edit on
    again: bool = True  # whether the command run twice succeeds twice

    def __str__(self) -> str:
        return self.name


SCENARIOS = (
    Scenario(name="the first apply", before=()),
    Scenario(name="an apply of other models", models=("m", "o")),
    Scenario(name="an apply of a new name", edit=(("  it:", "  that:"), ("#", MOVED)), key=""),
    Scenario(name="an apply of a new key", key=NEW),
    Scenario(name="an apply that keeps no key any more", edit=((KEPT, ""),)),
    Scenario(name="a saved plan", models=("m", "o"), also=(SAVE,), command=("apply", "saved.plan"), again=False),
    Scenario(name="a plan that is saved", models=("m", "o"), command=SAVE),
    Scenario(name="the lock file", command=("lock",)),
    Scenario(name="the lock file anew", also=(("lock",),), models=("m", "o"), command=("lock",)),
    Scenario(name="destroy", command=("destroy", "--auto-approve")),
    Scenario(name="state rm", command=("state", "rm", "model.it/m"), again=False),
    Scenario(name="state mv", command=("state", "mv", "model.it/m", "model.it/z"), again=False),
    Scenario(name="key set", edit=((KEPT, ""),), also=(APPLY,), command=SET),
    Scenario(name="an apply of a new key over a typed one", edit=((KEPT, ""),), also=(APPLY, SET), key=NEW),
    Scenario(name="key rm", command=("key", "rm", "it"), again=False),
    Scenario(name="key audit --tidy", also=(("state", "rm", "endpoint.it"),), command=TIDY),
)


class Machine:
    """A home, a directory, a keychain and a server; commands run in forks that may be killed."""

    def __init__(self, folder: Path, server: ScriptedServer, forks: Killable) -> None:
        self.server = server
        self._forks = forks
        self._root, self._kept = folder / "machine", folder / "kept"
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._root / "home"),
            "XDG_STATE_HOME": str(self._root / "home" / "state"),
            "TEST_KEYCHAIN": str(self._root / "keychain.json"),
            **BACKEND,
        }

    def begin(self, scenario: Scenario) -> None:
        """Everything is as it is before the command, and remembered."""
        shutil.rmtree(self._root, ignore_errors=True)
        for name in ("work", "home"):
            (self._root / name).mkdir(parents=True)
        self.server.lists("m", "n")
        endpoint = f"{{base_url: '{self.server.url}', key: {{env: CANARY}}{KEPT}}}"
        text = f"version: 1\nname: acme\nendpoints:\n  it: {endpoint}\n#\n"
        path = self._root / "work" / "gateway.yaml"
        path.write_text(text)
        for words in scenario.before:
            assert self.run(words, OLD) == 0, words
        for old, new in scenario.edit:
            text = text.replace(old, new)
        path.write_text(text)
        self.server.lists(*scenario.models)
        for words in scenario.also:
            assert self.run(words, scenario.key) == 0, words
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._root, self._kept)

    def put_back(self) -> None:
        """As it was before the command."""
        shutil.rmtree(self._root)
        shutil.copytree(self._kept, self._root)

    def run(self, words: Words, key: str, kill_at: int = 0) -> int:
        """One command in a fork; gives its exit code, or the negative signal."""
        environ = self._environ | {"CANARY": key}
        folder, typed = self._root / "work", OLD if words == SET else ""
        return self._forks.run(words, folder, environ, kill_at=kill_at, below=str(self._root), stdin=typed)

    def left(self) -> dict[str, Any]:
        """Return the rest: the names of all files, the records, the keychain's entries."""
        state, keychain = self._root / "work" / ".gwctl" / "state.json", self._root / "keychain.json"
        scratch = {path for path in self._root.glob("keychain.*") if path != keychain}  # of the keychain's stand-in
        present = (path for path in self._root.rglob("*") if path.is_file() and path not in scratch)
        files = sorted(str(path.relative_to(self._root)) for path in present)
        recorded = json.loads(state.read_text())["resources"] if state.exists() else []
        entries = json.loads(keychain.read_text()) if keychain.exists() else {}
        return {"files": files, "recorded": recorded, "entries": entries}


class Killing:
    """One scenario on a machine: how many points it has, and what is wrong after a kill."""

    def __init__(self, machine: Machine, scenario: Scenario) -> None:
        self._machine, self._scenario = machine, scenario
        machine.begin(scenario)
        assert self._run() == 0, scenario.name
        self._wanted = machine.left()
        self._audit = machine.run(("key", "audit"), scenario.key)
        self.codes: list[int] = []  # of the runs that were to be killed last

    def wrong_after(self, *points: int) -> str:
        """Killed at each of these points, one run after the other, then run to its end; empty when all is well."""
        self._machine.put_back()
        self.codes = [self._run(point) for point in points]
        code = self._run()
        result = self._machine.left()
        if code not in ((0,) if self._scenario.again else (0, 1)):
            return f"{self._scenario}, killed at {points}: exit codes {self.codes}, then {code}"
        for what, wanted in self._wanted.items():
            if _steady(result[what]) != _steady(wanted):
                return f"{self._scenario}, killed at {points}: {what} {result[what]}, and not {wanted}"
        audit = self._machine.run(("key", "audit"), self._scenario.key)
        return "" if audit == self._audit else f"{self._scenario}, killed at {points}: the audit exits {audit}"

    def points(self) -> int:
        """Return the number of points at which it can be killed before it ends."""
        low, high = 1, 2
        while self._killed(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._killed(middle) else (low, middle)
        return low

    def _killed(self, point: int) -> bool:
        self._machine.put_back()
        return self._run(point) < 0

    def _run(self, kill_at: int = 0) -> int:
        return self._machine.run(self._scenario.command, self._scenario.key, kill_at)


def _steady(left: Any) -> Any:
    """Without what may differ: the copy of the state before, who held the lock last, and a stack's random ID."""
    if isinstance(left, list):
        return [each for each in left if not str(each).endswith((".backup", ".holder"))]
    return {re.sub(r"/[0-9a-f]{8} ", "/STACK ", name): value for name, value in left.items()}


def main() -> int:
    """Kill, in turn, once and twice, until there are so many kills; print the figures."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--kills", type=int, default=2000)
    flags.add_argument("--seed", type=int, default=1)
    arguments = flags.parse_args()
    chance, kills, faults, began = random.Random(arguments.seed), Counter[str](), [], time.monotonic()
    each = -(-arguments.kills // len(SCENARIOS))
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="gwctl-kills-") as folder:
            server, warm = ScriptedServer(), Warm(Path(folder))
            machine = Machine(Path(folder), server, Killable(warm))
            killing = Killing(machine, scenario)
            most = killing.points()
            points = iter(range(1, most + 1))
            while kills[scenario.name] < each:
                once = next(points, 0)
                at = (once,) if once else (chance.randint(1, most), chance.randint(1, most))
                kills[scenario.name] += len(at)
                faults += [wrong] if (wrong := killing.wrong_after(*at)) else []
            warm.stop()
            server.close()
        print(f"{scenario.name:40}{most:5} points{kills[scenario.name]:6} kills", flush=True)
    print(f"{kills.total()} kills in {time.monotonic() - began:.0f} s, {len(faults)} faults")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
