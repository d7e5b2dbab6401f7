"""The workflows, and the callers that documents show, before schema and linters."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.workflows.actions import ROOT, WORKFLOWS
from tests.workflows.test_rules import NAMES, text

SCHEMA = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"]
DIGEST = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with the workflows and with all the callers that are shown, which call those beside them."""
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for path in WORKFLOWS.glob("*.yml"):
        (workflows / path.name).write_bytes(path.read_bytes())
    for number, shown in enumerate(callers()):
        (workflows / f"caller-{number}.yml").write_text(shown, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def callers() -> list[str]:
    """In the heads of the workflows, and in docs/using/gitops.md."""
    heads = ["\n".join(re.findall(r"^#   (.*)$", text(name).partition("\nname:")[0], re.MULTILINE)) for name in NAMES]
    document = (ROOT / "docs" / "using" / "gitops.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", document, re.MULTILINE | re.DOTALL)
    return [*heads, *(block for block in blocks if "uses: OWNER/gwctl" in block)]


def here(folder: Path) -> None:
    """Let the callers call what is beside them: of a workflow elsewhere actionlint cannot know the inputs."""
    for path in folder.glob(".github/workflows/caller-*.yml"):
        own = re.sub(r"OWNER/gwctl/(\S+)@COMMIT", r"./\1", path.read_text(encoding="utf-8"))
        path.write_text(own, encoding="utf-8")


def test_the_schema_of_workflows(lint, folder) -> None:
    paths = [str(path) for path in folder.glob(".github/workflows/*.yml")]
    assert len(paths) >= 4 + 3 + 3
    done = lint(*SCHEMA, *paths, folder=folder)
    assert done.returncode == 0, done.stdout
    (folder / "wrong.yml").write_text(text("gateway-plan").replace("timeout-minutes:", "timeout-minute:"))
    assert lint(*SCHEMA, "wrong.yml", folder=folder).returncode == 1


def test_actionlint_and_shellcheck(lint, folder) -> None:
    here(folder)
    done = lint("actionlint", folder=folder)
    assert done.returncode == 0, done.stdout
    plan = folder / ".github" / "workflows" / "gateway-plan.yml"
    plan.write_text(text("gateway-plan").replace('mkdir -p "$OUT"', "mkdir -p $OUT"))
    assert "SC2086" in lint("actionlint", folder=folder).stdout
    plan.write_text(text("gateway-plan").replace("inputs.mode", "inputs.mood"))
    assert '"mood" is not defined' in lint("actionlint", folder=folder).stdout


def test_zizmor_has_nothing_to_say(lint, folder) -> None:
    for path in folder.glob(".github/workflows/caller-*.yml"):
        path.write_text(path.read_text(encoding="utf-8").replace("@COMMIT", f"@{DIGEST} # v0.1.0"), encoding="utf-8")
    own = [str(WORKFLOWS / f"{name}.yml") for name in (*NAMES, "ci", "newest-tools", "release", "docs")]
    done = lint("zizmor", "--offline", "--no-config", "--persona", "auditor", *own, folder=folder)
    assert done.returncode == 0, done.stdout
    done = lint("zizmor", "--offline", "--no-config", ".", folder=folder)
    assert done.returncode == 0, done.stdout
    wrong = folder / ".github" / "workflows" / "gateway-plan.yml"
    wrong.write_text(text("gateway-plan").replace("persist-credentials: false", "persist-credentials: true"))
    assert "artipacked" in lint("zizmor", "--offline", "--persona", "auditor", str(wrong), folder=folder).stdout
