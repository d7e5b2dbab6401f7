"""The files at a repository's root that a pipeline may run; each leaves a mark in a directory when run."""

from __future__ import annotations

from pathlib import Path

from tests.workflows.repository import Files

_MODULES = [
    *("secrets", "json", "os", "yaml", "encodings", "urllib", "pathlib", "sitecustomize", "usercustomize"),
    *("pip", "venv", "ensurepip", "setuptools", "reconciler", "click", "httpx", "pydantic", "rich"),
]
_PROGRAMS = ["gwctl", "python", "python3", "git", "gh", "bash", "sh", "tar", "sed", "cat", "mkdir", "rm", "sha256sum"]


def planted(marks: Path) -> Files:
    """Modules, packages, programs, and the configuration of programs."""
    mark = f"open({str(marks)!r} + '/' + __name__, 'w').close()\n"
    files = {
        ".gitattributes": "* filter=evil diff=evil\n*.yaml export-subst\n",
        ".githooks/post-checkout": _program(marks, "hook"),
        ".env": "PYTHONPATH=.\nPIP_CONFIG_FILE=pip.conf\n",
        ".python-version": "3.99\n",
        "pip.conf": f"[global]\nindex-url = file://{marks}/none\n[install]\ntarget = {marks}/target\n",
        "setup.cfg": f"[install]\nprefix = {marks}/prefix\n[global]\ncommand_packages = reconciler\n",
        "setup.py": mark,
        "conftest.py": mark,
        "evil.pth": f"import os; open({str(marks)!r} + '/pth', 'w')\n",
        "pyvenv.cfg": f"home = {marks}\ninclude-system-site-packages = true\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n',
        ".netrc": "machine github.com login evil password evil\n",
        ".lfsconfig": "[lfs]\nurl = http://127.0.0.1:1/\n",
    }
    for name in _MODULES:
        files[f"{name}/__init__.py"] = files[f"{name}/__main__.py"] = mark
    return (
        files | {f"{name}.py": mark for name in _MODULES} | {program: _program(marks, program) for program in _PROGRAMS}
    )


def _program(marks: Path, name: str) -> str:
    return f"#!/bin/sh\n: >{marks}/program-{name}\n"


def configure(folder: Path, marks: Path) -> None:
    """Write what an earlier job may have left in a kept `.git`; a checkout starts with none of it."""
    (folder / "config").write_text(
        f'[core]\n\thooksPath = .githooks\n\tfsmonitor = ": >{marks}/fsmonitor; true"\n'
        f'[filter "evil"]\n\tsmudge = ": >{marks}/smudge; cat"\n\trequired = true\n'
    )
