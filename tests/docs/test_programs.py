"""The Python examples of the page about programs run as they stand, with the vendor's SDK."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from reconciler.testing import serve

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "using" / "programs.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TESTS = [example for example in EXAMPLES if "def test_" in example]


@pytest.mark.parametrize("example", TESTS)
def test_an_example_of_a_test_passes(example: str, clients: Path) -> None:
    names = re.findall(r"^def (test_\w+)", example, re.MULTILINE)
    script = "\n".join([example, *(f"{name}()\nprint('passed {name}')" for name in names)])
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    command = [str(clients / "python"), "-c", script]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stderr, done.stdout) == ("", "".join(f"passed {name}\n" for name in names))


def test_the_example_of_a_program_gets_an_answer(clients: Path) -> None:
    (example,) = [example for example in EXAMPLES if example not in TESTS]
    with serve(["gpt-4o"], reply="Hello, team.") as endpoint:
        environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONUTF8": "1", **endpoint.environ()}
        command = [str(clients / "python"), "-c", example]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stderr, done.stdout) == ("", "gpt-4o answers: Hello, team.\n")


def test_the_page_has_an_example_of_a_test() -> None:
    assert len(TESTS) == 1
