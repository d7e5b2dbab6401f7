"""The page about schedules: its command lines exist, and Kubernetes accepts its manifest."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.docs.commands import fault

PAGE = (Path(__file__).parents[2] / "docs" / "using" / "cron.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[number]


def test_the_command_of_each_schedule_exists_with_its_options() -> None:
    (container,) = yaml.safe_load(block("yaml"))["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    (started,) = re.findall(r"^ExecStart=\S+/gwctl (.*)$", block("ini"), re.MULTILINE)
    (crontab,) = re.findall(r'/gwctl" (.*)$', block("text"), re.MULTILINE)
    lines = [container["args"], shlex.split(started), shlex.split(crontab)]
    assert [fault(words) for words in lines] == ["", "", ""]


def test_kubernetes_accepts_the_manifest(tmp_path: Path) -> None:
    program = Path(os.environ.get("GWCTL_TEST_CLIENTS", "none"), "kubernetes-validate")
    if not program.exists():
        pytest.skip("kubernetes-validate: not installed in GWCTL_TEST_CLIENTS")
    path = tmp_path / "cron.yaml"
    path.write_text(block("yaml"))
    subprocess.run([program, "--strict", path], check=True, capture_output=True, timeout=60)
    path.write_text(block("yaml").replace("backoffLimit: 0", "backoffLimits: 0"))
    assert subprocess.run([program, "--strict", path], check=False, capture_output=True, timeout=60).returncode
