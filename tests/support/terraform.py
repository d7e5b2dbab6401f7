"""Terraform itself, or OpenTofu. GWCTL_TEST_TERRAFORM names the executable; the default is the one on the PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# An output alone: whatever it is changed to is an apply, and no provider has to be fetched.
CONFIGURATION = """
terraform {
  backend "http" {}
}
variable "value" {
  default = "1"
}
output "value" {
  value = var.value
}
"""


class Terraform:
    """Terraform in a separate directory, with its state on a state server."""

    def __init__(self, executable: str, folder: Path) -> None:
        self._executable = executable
        self._folder = folder
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1"}
        (folder / "main.tf").write_text(CONFIGURATION)

    def on(self, address: str, user: str, password: str, **more: str) -> Terraform:
        """Return a copy with the state at that address. `more` has settings, with Terraform's names in lower case."""
        given = {"address": address, "username": user, "password": password, "retry_max": "0"} | more
        self.environ |= {f"TF_HTTP_{name.upper()}": value for name, value in given.items()}
        return self

    def __call__(self, *words: str, code: int | None = 0) -> str:
        """Return the output of one command. Its exit code must be `code`; None allows any."""
        done = subprocess.run(
            self._command(words),
            cwd=self._folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}"
        return done.stdout

    def asking(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that waits for a yes on its stdin."""
        return subprocess.Popen(
            self._command(words),
            cwd=self._folder,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _command(self, words: tuple[str, ...]) -> list[str]:
        return [self._executable, words[0], "-no-color", *words[1:]]


@pytest.fixture
def terraform(tmp_path: Path) -> Terraform:
    """Return Terraform. Skip the test if it is not installed."""
    named = os.environ.get("GWCTL_TEST_TERRAFORM")
    executable = named or shutil.which("terraform") or shutil.which("tofu")
    if not executable:
        pytest.skip("Terraform: it is not on the PATH, and GWCTL_TEST_TERRAFORM does not name its executable")
    folder = tmp_path / "terraform"
    folder.mkdir()
    return Terraform(executable, folder)
