"""The manifests against Kubernetes' own schemas, and the ExternalSecret against those of its operator."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.scenarios.test_export_tools import HOSTILE
from tests.scenarios.test_export_tools import acme as acme  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import CodingTools
from tests.support.command import Gwctl

pytestmark = pytest.mark.real
PACKAGE = "@kubernetes-models/external-secrets"
READ = f"""\
import {{ExternalSecret}} from "{PACKAGE}/external-secrets.io/v1";
new ExternalSecret(JSON.parse(process.argv[1])).validate();
"""
PAGE = Path(__file__).parents[2] / "docs" / "clients" / "kubernetes.md"


def validated(clients: Path, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    program = clients / "kubernetes-validate"
    if not program.exists():
        pytest.skip("kubernetes-validate: not installed in GWCTL_TEST_CLIENTS")
    file = folder / "manifest.yaml"
    file.write_text(text)
    return subprocess.run([str(program), "--strict", str(file)], capture_output=True, text=True, check=False)


def test_kubernetes_own_schema_accepts_the_config_map(acme: Gwctl, clients: Path, tmp_path: Path) -> None:
    text = acme("export", "kubernetes", "--namespace", "llm").out
    done = validated(clients, tmp_path, text)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = validated(clients, tmp_path, text.replace("data:", "dta:"))
    assert wrong.returncode != 0
    document = json.loads(yaml.safe_load(text)["data"]["resolved.json"])
    assert document == acme("export", "resolved").json
    assert {each["model"] for each in document["models"]} >= {"gpt-x", "gpt-z", *HOSTILE}


@pytest.mark.parametrize("words", [(), ("--cluster-store", "--remote-key", "team/llm")])
def test_the_operators_schema_accepts_the_external_secret(
    acme: Gwctl, coding_tools: CodingTools, words: tuple[str, ...]
) -> None:
    coding_tools.has(PACKAGE)
    text = acme("export", "kubernetes", "--secret-store", "vault", *words).out
    _, secret = yaml.safe_load_all(text)
    run = ("node", "--input-type=module", "-e", READ)
    folder = coding_tools.bin.parent
    done = subprocess.run([*run, json.dumps(secret)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [each["secretKey"] for each in secret["spec"]["data"]] == ["ACME_KEY"]
    del secret["spec"]["data"][0]["remoteRef"]["key"]
    wrong = subprocess.run([*run, json.dumps(secret)], cwd=folder, capture_output=True, text=True, check=False)
    assert "remoteRef" in wrong.stderr


def test_the_deployment_of_the_page_is_valid(clients: Path, tmp_path: Path) -> None:
    (block,) = [each.split("```")[0] for each in PAGE.read_text().split("```yaml\n")[1:] if "kind: Deployment" in each]
    done = validated(clients, tmp_path, block)
    assert done.returncode == 0, done.stdout + done.stderr
