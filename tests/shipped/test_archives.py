"""The wheel and the source archive: complete, checked, and all that an empty environment needs."""

from __future__ import annotations

import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

from tests.shipped.conftest import ROOT

# Imports every module in an environment with the declared dependencies alone; the extras are not there.
IMPORT_ALL = """
import importlib, pkgutil, reconciler
for each in pkgutil.walk_packages(reconciler.__path__, "reconciler.", onerror=print):
    try:
        each.name.endswith("__main__") or importlib.import_module(each.name)
    except ModuleNotFoundError as fault:
        print(fault.name.partition(".")[0])
"""
EXTRAS = {"jinja2", "markupsafe", "obstore", "psycopg", "starlette", "uvicorn"}


def tracked(folder: str) -> set[str]:
    """Return the files of that folder that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in text.split("\n") if name and (ROOT / name).is_file()}


def test_the_archives_pass_the_checks_of_an_index(shipping, built) -> None:
    said = shipping("twine", "check", "--strict", str(built.wheel), str(built.source))
    assert said.count("PASSED") == 2
    shipping("check-wheel-contents", str(built.wheel))


def test_the_wheel_has_the_program_and_its_data_and_nothing_else(built) -> None:
    names = set(zipfile.ZipFile(built.wheel).namelist())
    described = {name for name in names if ".dist-info/" in name}
    assert names - described == tracked("reconciler")
    assert {name.rpartition("/")[2] for name in described} == {
        "METADATA", "WHEEL", "entry_points.txt", "LICENSE", "RECORD",
    }  # fmt: skip
    assert {
        "reconciler/py.typed",
        "reconciler/presets/data/litellm.yaml",
        "reconciler/web/templates/plan.html",
    } <= names


def test_the_source_archive_has_what_the_repository_has(built) -> None:
    with tarfile.open(built.source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = set().union(*map(tracked, ("reconciler", "tests", "docs", "schemas", "examples", "benchmarks")))
    assert wanted <= names
    assert not [name for name in names if re.search(r"\.pyc$|(^|/)(\.venv|\.git|\.gwctl)/", name)]


def test_an_empty_environment_with_the_wheel_runs_the_example_of_the_readme(shipping, built, tmp_path: Path) -> None:
    environment, work = tmp_path / "environment", tmp_path / "work"
    shipping("uv", "venv", "-q", str(environment))
    python = str(environment / "bin" / "python")
    shipping("uv", "pip", "install", "-q", "--python", python, str(built.wheel))
    assert set(shipping(python, "-I", "-c", IMPORT_ALL).split()) <= EXTRAS
    gwctl = str(environment / "bin" / "gwctl")
    assert re.fullmatch(r"gwctl, version [0-9.]+\n", shipping(gwctl, "--version"))
    work.mkdir()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (work / "gateway.yaml").write_text(readme.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    shipping(gwctl, "validate", folder=work)
    assert "5 created" in shipping(gwctl, "apply", "--offline", "--auto-approve", folder=work)
    assert "litellm" in shipping(gwctl, "presets", folder=work)
    assert '"$schema"' in shipping(gwctl, "schema", folder=work)
