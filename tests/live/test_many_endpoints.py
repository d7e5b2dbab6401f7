"""What each endpoint costs besides its exchange: as much among two hundred endpoints as among one hundred."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import pytest

from reconciler import codes
from reconciler.engine.connection_test import look
from reconciler.engine.options import Options
from reconciler.live import observe
from reconciler.live.fault import Fault
from reconciler.live.outcome import unasked
from reconciler.live.target import Target

FEW, SLACK = 100, 400  # endpoints; calls that the order of hashes or a cache may add
KEYS = {
    "no key": "",
    "one key for all": ", key: {env: SHARED}",
    "a key each": ", key: {env: K%04d}",
    "a stored key each": ", store_key: keyring",
}


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prepare each request, and send none."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def prepared(requests, _on_done=None, _at_hand=()):
        made = {name: prepare() for name, prepare in requests}
        nothing = unasked(Fault(codes.UNREACHABLE, "not sent"))
        return {name: nothing if isinstance(target, Target) else target for name, target in made.items()}

    monkeypatch.setattr(observe, "observe", prepared)


def calls(folder: Path, count: int, key: str, *, is_trusted: bool, runs: int = 1) -> Counter[tuple[str, str]]:
    """Return the calls of each function in the last of some runs with so many endpoints."""
    work = folder / f"{count}" / "work"
    work.mkdir(parents=True)
    keys = [key % number if "%" in key else key for number in range(count)]
    lines = [f"  e{number:04}: {{base_url: 'http://127.0.0.1:{20000 + number}'{at}}}" for number, at in enumerate(keys)]
    (work / "gateway.yaml").write_text("\n".join(["version: 1", "name: many", "endpoints:", *lines, ""]))
    environ = {"SHARED": "word"} | {f"K{number:04}": f"word{number}" for number in range(count)}
    trusted = frozenset({"file"} if is_trusted else ())
    options = Options(files=(work / "gateway.yaml",), environ=environ, trusted=trusted)
    counted: Counter[tuple[str, str]] = Counter()

    def count_call(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "reconciler" in frame.f_code.co_filename:
            counted[Path(frame.f_code.co_filename).name, frame.f_code.co_qualname] += 1

    for _ in range(runs):
        counted.clear()
        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            look(options, ())
        finally:
            sys.setprofile(before)
    return counted


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("is_trusted", "runs"), [(True, 1), (False, 1), (False, 2)])
def test_the_cost_of_an_endpoint_does_not_grow_with_the_others(
    tmp_path: Path, key: str, is_trusted: bool, runs: int
) -> None:
    calls(tmp_path, 10, KEYS[key], is_trusted=is_trusted)  # imports what is imported late
    few = calls(tmp_path, FEW, KEYS[key], is_trusted=is_trusted, runs=runs)
    many = calls(tmp_path, 2 * FEW, KEYS[key], is_trusted=is_trusted, runs=runs)
    assert sum(few.values()) > 100 * FEW
    assert {name: (few[name], many[name]) for name in many if many[name] > 2.2 * few[name] + SLACK} == {}
