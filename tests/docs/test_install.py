"""Every command that installs something works as shown; none asks an index for a gwctl that is not there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from reconciler import installation
from reconciler.state.stores import errors

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SHOWN = [
    ROOT / "README.md",
    *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "Containerfile")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.*")),
    *sorted((ROOT / ".github").rglob("*.yml")),
    *sorted((ROOT / "reconciler").rglob("*.py")),
]
INSTALLING = re.compile(
    r"""(?:pip install|pipx install|pipx run|uv tool install|uv add|uvx) """
    r"""(?P<words>(?:'[^'\n]*'|"[^"\n]*"|[^\s`'"#&|;)]+|[ ])+)"""
)
OTHERS = {"pre-commit"}  # programs that a page has somebody install
OPTIONS = re.compile(r"-{1,2}[a-z][a-z-]*")


def installed_by(text: str) -> list[str]:
    """Return the packages that the commands in that text install."""
    wanted = []
    for match in INSTALLING.finditer(text.replace("\\\n", " ")):
        if "--no-index" in match["words"]:
            continue  # it asks no index
        words = [word for word in shlex.split(match["words"]) if not OPTIONS.fullmatch(word)]
        wanted += [word for word in words if not word.startswith("$")]
    return wanted


def is_safe(word: str) -> bool:
    """A clone with extras that it has, gwctl from a repository, or a library that gwctl depends on by this name."""
    if word.startswith("git+https://"):
        return re.fullmatch(r"git\+https://\S+/gwctl(@\S+)?", word) is not None
    if word.endswith(".txt"):
        return (ROOT / word).is_file() and PROJECT["name"] not in (ROOT / word).read_text(encoding="utf-8").splitlines()
    word = word.replace("${EXTRAS}", "")
    if word.startswith("."):
        extras = set(filter(None, re.sub(r"^\.\[?|\]$", "", word).split(",")))
        return extras <= set(PROJECT["optional-dependencies"])
    requirement = Requirement(
        re.sub(r"\$\{[^:}]*:-|\}$", "", word).replace("$REPOSITORY", "https://x").replace("$", "")
    )
    if requirement.name in OTHERS:
        return True
    if requirement.name == PROJECT["name"]:
        return str(requirement.url).startswith("git+https://")
    known = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    return requirement.name in {Requirement(each).name for each in known}


def test_no_command_that_is_shown_asks_an_index_for_gwctl() -> None:
    result = {path: installed_by(path.read_text(encoding="utf-8")) for path in SHOWN}
    assert {word for words in result.values() for word in words} >= {".", ".[postgres]", ".[test]"}
    wrong = {str(path.relative_to(ROOT)): word for path, words in result.items() for word in words if not is_safe(word)}
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install gwctl",
        "pipx install gwctl",
        "uv tool install gwctl",
        "uvx gwctl",
        "pip install 'gwctl[postgres]'",
        'pip install --upgrade "gwctl>=2"',
        "pip install '.[nix]'",
    ],
)
def test_a_command_that_must_not_be_shown_is_seen(text: str) -> None:
    assert not all(map(is_safe, installed_by(text)))


def test_the_readme_puts_gwctl_on_the_path_before_it_is_typed_so() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    typed = re.search(r"^\|? ?`?gwctl [a-z]+", text[text.index("## Ten minutes") :], re.MULTILINE)
    assert typed is not None
    before = text[: text.index("## Ten minutes") + typed.start()]
    (folder,) = re.findall(r"export PATH=\"\$HOME/(\S+)/bin:\$PATH\"", before)
    assert f"python3 -m venv ~/{folder} && ~/{folder}/bin/pip install -q ." in before
    assert not folder.startswith(".venv"), "a tool does not run a gwctl that is installed in a clone"


@pytest.mark.parametrize("extra", ["postgres", "objects"])
def test_the_hint_for_a_library_works_as_shown_wherever_it_is_typed(tmp_path: Path, extra: str) -> None:
    """And runs no module of that directory."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__main__.py").write_text("open('planted', 'w')")
    hint = errors.not_installed("postgresql", "psycopg", extra).diagnostics[0].hint
    if shutil.which(shlex.split(hint)[0]) is None:
        pytest.skip("neither pip nor uv is here")
    done = subprocess.run(
        hint + " --no-index", shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "already satisfied" in done.stdout or "Audited" in done.stderr or "Checked" in done.stderr  # uv's words
    assert [path.name for path in tmp_path.iterdir()] == ["pip"]


ORIGINS = [
    (
        {"url": "file:///srv/ana/gw%20ctl", "dir_info": {}},
        "git -C '/srv/ana/gw ctl' pull && {pip} '/srv/ana/gw ctl'",
    ),
    ({"url": "file:///src", "dir_info": {"editable": True}}, "git -C /src pull && {pip} -e /src"),
    (
        {"url": "https://ana:word@git.acme.example/gwctl", "vcs_info": {"vcs": "git"}},
        "{pip} --upgrade 'gwctl @ git+https://git.acme.example/gwctl'",
    ),
    ({}, "install a newer version in the same way as this version"),
]


@pytest.mark.parametrize(("origin", "command"), ORIGINS)
def test_an_old_gwctl_says_which_it_is_and_how_it_is_renewed(monkeypatch, origin: object, command: str) -> None:
    from reconciler import safe_json

    class Distribution:
        def read_text(self, name: str) -> str:
            assert name == "direct_url.json"
            return safe_json.dumps(origin)

    monkeypatch.setattr(metadata, "distribution", lambda _name: Distribution())
    hint = installation.upgrade_hint()
    assert sys.prefix in hint
    assert hint.endswith(command.format(pip=installation.pip_install()))


def test_pip_is_run_apart_from_the_working_directory_and_uv_where_there_is_none(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    assert installation.pip_install("x>=1") == f"{shlex.quote(sys.executable)} -I -m pip install 'x>=1'"
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert installation.pip_install("x") == f"uv pip install --python {shlex.quote(sys.executable)} x"


def test_every_refusal_of_what_a_newer_gwctl_wrote_has_the_same_hint(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {preset: litellm, models: [m]}}\n")
    gwctl("apply", "--offline", "--auto-approve")
    newer = gwctl.state_file.read_text(encoding="utf-8")
    gwctl.state_file.write_text(re.sub(r'"version": \d+', '"version": 99', newer, count=1), encoding="utf-8")
    out = gwctl("plan", "--offline", code=1).out
    assert f"upgrade gwctl ({metadata.version('gwctl')}, in {sys.prefix})" in out
    gwctl.write("version: 1\nname: acme\nrequires: '>=99'\nendpoints: {}\n")
    assert f"in {sys.prefix})" in gwctl("validate", code=1).err
