"""One form of Python in every workflow and in every pipeline that a document shows: the isolated one.

Without `-I` the directory in which Python starts comes first on its path, and a checkout is such a directory.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.actions import ROOT, WORKFLOWS, read
from tests.workflows.test_rules import NAMES

_SCRIPTS = ("run", "script", "before_script", "after_script")
_BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"""\b(?:python|pypy)[\d.]*(?![\w-])(?P<after>.*)""")
_SAFE = re.compile(r"""^"? -I (?:-m (?:venv|pip|pytest|reconciler)|-c|-)(?=\s|$)""")
_WAYS_AROUND = re.compile(
    r"(?:^|[|;&({]|\bthen|\bdo|\belse|\bexec|\bcommand|\benv)\s*"
    r"(?:pip[\d.]*|pipx|uvx?|pytest|tox|nox|poetry|node|npm|npx|make|source|eval|\.|\./\S*)(?=\s|$)",
    re.MULTILINE,
)


def documents() -> list[tuple[str, Any]]:
    """Every workflow, and every block of YAML in a document."""
    result = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(WORKFLOWS.glob("*.y*ml"))]
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        blocks = _BLOCK.findall(path.read_text(encoding="utf-8"))
        result += [(f"{path.name}, block {number}", block) for number, block in enumerate(blocks, 1)]
    return [(name, yaml.safe_load(text)) for name, text in result]


def scripts(document: Any) -> Iterator[str]:
    """Yield the scripts that it gives to a shell."""
    if isinstance(document, list):
        for each in document:
            yield from scripts(each)
    if isinstance(document, dict):
        for key, value in document.items():
            if key in _SCRIPTS:
                yield from [value] if isinstance(value, str) else [str(each) for each in value or []]
            else:
                yield from scripts(value)


def faults(script: str) -> list[str]:
    """Each Python that is not isolated, and each way to one, to another interpreter or to a file of the checkout."""
    code = re.sub(r"(?:^|(?<= ))#.*$", "", script, flags=re.MULTILINE)
    result = [match[0] for match in _PYTHON.finditer(code) if not _SAFE.match(match["after"])]
    return result + [match[0].strip() for match in _WAYS_AROUND.finditer(code)]


DOCUMENTS = documents()


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[name for name, _ in DOCUMENTS])
def test_every_python_is_isolated(name: str, document: Any) -> None:
    assert [fault for script in scripts(document) for fault in faults(script)] == []


def test_there_is_python_in_each_workflow_and_in_the_jobs_of_gitlab() -> None:
    having = {name for name, document in DOCUMENTS for script in scripts(document) if "python" in script}
    assert {*(f"{name}.yml" for name in NAMES), "ci.yml", "gitlab.md, block 2"} <= having


@pytest.mark.parametrize(
    "script",
    [
        "python -c 'import secrets'",
        "python - <<'PY'",
        "python3 -m pip install x",
        "x | python3.12 -m json.tool",
        '"$RUNNER_TEMP/gwctl/bin/python" -m reconciler plan',
        "python -Im pip install x",
        "python",
        "python script.py",
        "pip install x",
        "true && pip3 install x",
        "if true; then uv pip install x; fi",
        "source .env",
        ". ./env.sh",
        "./gwctl plan",
        'eval "$(gwctl env)"',
        "make plan",
    ],
)
def test_a_way_around_is_seen(script: str) -> None:
    assert faults(script)


@pytest.mark.parametrize("name", NAMES)
def test_what_runs_a_program_does_so_outside_of_the_checkout(name: str) -> None:
    steps = [step for job in read(name)["jobs"].values() for step in job["steps"] if "run" in step]
    inside = [step for step in steps if step.get("working-directory") != "${{ runner.temp }}"]
    assert len(inside) < len(steps)
    assert all(line.split()[0] in ("echo", "exit") for step in inside for line in step["run"].splitlines())


def test_an_isolated_python_looks_neither_where_it_starts_nor_where_the_environment_says(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-c", "import sys; print(sys.path)"]
    environ = {"PYTHONPATH": str(tmp_path), "PYTHONUSERBASE": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert str(tmp_path) not in done.stdout
    assert "''" not in done.stdout
