"""Variables as text: what a real shell and any dotenv reader make of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.formats.shell import dotenv_text, shell_text
from tests.support.laws import examples

HOSTILE = [
    "it's",
    'say "hi"',
    "$(touch pwned)",
    "`touch pwned`",
    "a\ntouch pwned\n",
    "'; touch pwned; '",
    "a\\",
    "$HOME ${HOME}",
    " two  spaces ",
    "é ☃ \U0001f600",
    "#x",
    "!!",
    "-n",
    "\t\x1b[31m\r",
    "*",
]
READ = 'import json, os, sys; sys.stdout.write(json.dumps([os.environ.get(name) for name in ("A", "B", "GONE")]))'


MORE_SHELLS = [name for name in ("dash", "ksh", "mksh", "zsh") if shutil.which(name)]


@pytest.mark.process
@pytest.mark.parametrize("shell", ["sh", "bash", *MORE_SHELLS])
@pytest.mark.parametrize("value", HOSTILE)
def test_a_real_shell_gives_every_value_back(shell: str, value: str, tmp_path: Path) -> None:
    if os.name != "posix" or not shutil.which(shell):
        pytest.skip(f"{shell}: not on this system")
    text = shell_text({"A": value, "B": "after"}, ["GONE"])
    script = f'eval "$(cat text)"; "{sys.executable}" -c \'{READ}\''
    (tmp_path / "text").write_text(text, encoding="utf-8", newline="")
    environ = {"PATH": "/usr/bin:/bin", "GONE": "still here", "PYTHONUTF8": "1"}
    done = subprocess.run([shell, "-c", script], cwd=tmp_path, env=environ, capture_output=True, check=True)
    assert json.loads(done.stdout) == [value, "after", None]
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@examples(300)
def test_a_dotenv_value_is_plain_or_literal_or_refused(value: str) -> None:
    try:
        text = dotenv_text({"A": value})
    except ValueError as fault:
        assert str(fault) == "A"
        assert set(value) & set("'\\$") or not value.isprintable()
    else:
        assert text in (f"A={value}\n", f"A='{value}'\n")
        assert text.count("\n") == 1 == len(text.splitlines())


def test_a_real_dotenv_reader_gives_every_value_back(clients: Path, tmp_path: Path) -> None:
    values = {}
    for number, value in enumerate([*HOSTILE, "plain", "http://localhost:4000/v1", "llama3.2:latest", ""]):
        try:
            dotenv_text({"A": value})
        except ValueError:
            continue
        values[f"A{number}"] = value
    assert len(values) > 8
    (tmp_path / ".env").write_text(dotenv_text(values), encoding="utf-8")
    script = "import dotenv, json; print(json.dumps(dotenv.dotenv_values('.env')))"
    done = subprocess.run([clients / "python", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout) == values
