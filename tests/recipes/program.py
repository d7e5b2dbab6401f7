"""A copy of gwctl that a recipe of CONTRIBUTING.md changes, in a folder with a gateway file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import reconciler

PROGRAM = Path(reconciler.__file__).parent


class Program:
    """A copy of gwctl, in a folder with a gateway file; `touched` are the modules that a recipe wrote."""

    def __init__(self, folder: Path, gateway: str) -> None:
        self.folder = folder / "work"
        self.home = folder / "home"  # beside it: the ledger must not be below a gateway file
        self.modules = folder / "program" / "reconciler"
        self.folder.mkdir()
        self.touched: set[str] = set()
        shutil.copytree(PROGRAM, self.modules, ignore=shutil.ignore_patterns("__pycache__"))
        self.write(gateway)

    def __call__(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one command line of the copy."""
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.home), **environ}
        return subprocess.run(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=environ | {"PYTHONPATH": str(self.modules.parent)},
            capture_output=True,
            text=True,
            check=False,
        )

    def write(self, gateway: str) -> None:
        """Write the gateway file."""
        (self.folder / "gateway.yaml").write_text(gateway, encoding="utf-8")

    def add(self, name: str, text: str) -> None:
        """Add a file to the program."""
        path = self.modules / name
        assert not path.exists(), name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.touched.add(name)

    def change(self, name: str, old: str, new: str) -> None:
        """Write something in the place of a text that the file has once."""
        path = self.modules / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.touched.add(name)
