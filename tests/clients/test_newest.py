"""The script that tries the newest versions: it knows every tool that installs, and says what a run said."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.clients.registry import RUN, all_tools
from tests.clients import newest
from tests.clients.newest import CANDIDATES, Candidate, Tried, candidates, table, tried

TESTS = Path(__file__).parent


def test_every_tool_of_a_registry_that_was_tried_is_tried_again() -> None:
    from_npm = {tool.name for tool in all_tools() if tool.package and tool.tried}
    assert from_npm | {name for name, (_, _, version) in RUN.items() if version} <= {each.tool for each in CANDIDATES}
    assert all((TESTS / name).exists() for each in CANDIDATES for name in each.tests)


def test_the_table_has_the_version_that_was_tried_before() -> None:
    said = table([Tried(tool="codex", newest="9.9.9", result="3 passed", is_good=True)])
    assert said.splitlines()[-1].startswith("| codex | 0.")
    assert said.splitlines()[-1].endswith(" | 9.9.9 | 3 passed |")


@pytest.mark.parametrize(
    ("script", "result", "is_good"),
    [
        ("print('5 passed, 1 skipped')", "5 passed", True),
        ("print('6 skipped')", "none was run", False),
        (
            "print('FAILED tests/x.py::test_y | z'); raise SystemExit(1)",
            "failed: FAILED tests/x.py::test_y \\| z",
            False,
        ),
    ],
)
def test_a_tool_is_good_only_if_a_test_was_run_and_passed(
    script: str, result: str, is_good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "_installed", lambda candidate, folder: "9.9.9")
    run = newest._run
    monkeypatch.setattr(newest, "_run", lambda words, **environ: run([words[0], "-c", script], **environ))
    one = Candidate(tool="pi", registry="npm", packages=("x",), tests=("test_real_pi.py",), variable="X")
    assert tried(one, tmp_path) == Tried(tool="pi", newest="9.9.9", result=result, is_good=is_good)


def test_a_tool_that_does_not_install_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = newest._run
    monkeypatch.setattr(
        newest, "_run", lambda words, **environ: run(["sh", "-c", "echo npm error 404 >&2; exit 1"], **environ)
    )
    (one,) = candidates(["pi"])
    assert tried(one, tmp_path) == Tried(tool="pi", newest="?", result="does not install: npm error 404", is_good=False)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SystemExit, match="not one of"):
        candidates(["emacs"])
