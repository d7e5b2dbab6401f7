"""What a release consists of, made by .ci/release in a clone; and the rules of the workflow that publishes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.shipped.conftest import ROOT, Shipping
from tests.workflows.actions import WORKFLOWS, read
from tests.workflows.repository import git

RIGHTS = {
    "build": {"contents": "read"},
    "attest": {"id-token": "write", "attestations": "write"},
    "publish": {"id-token": "write"},
    "announce": {"contents": "write"},
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which the changelog has a section of version 0.1.0."""
    git(tmp_path, "clone", "-q", str(ROOT), "clone")
    changelog = tmp_path / "clone" / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8").replace("## Unreleased: 0.1.0", "## 0.1.0 (2027-01-31)")
    changelog.write_text(f"{text}\n## 0.0.1 (2026-01-01)\n\nOlder.\n", encoding="utf-8")
    return tmp_path / "clone"


def release(shipping: Shipping, clone: Path, tag: str, code: int = 0) -> str:
    here = {"GITHUB_REPOSITORY": "acme/gwctl", "GITHUB_SERVER_URL": "https://github.example"}
    return shipping(".ci/release", tag, "out", code=code, folder=clone, **here)


def test_a_release_has_archives_checksums_an_sbom_and_its_section_of_the_changelog(shipping, clone: Path) -> None:
    release(shipping, clone, "v0.1.0")
    out = clone / "out"
    assert sorted(path.name for path in out.iterdir()) == ["SHA256SUMS", "dist", "release.md", "sbom.cdx.json"]
    assert shipping("sha256sum", "--check", "../SHA256SUMS", folder=out / "dist").count(": OK") == 2

    text = (out / "release.md").read_text(encoding="utf-8")
    assert "The first version" in text
    assert "Older." not in text
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert "https://github.example/acme/gwctl/blob/v0.1.0/docs/using/install.md" in links
    assert [link for link in links if not link.startswith("https://")] == []

    sbom = json.loads((out / "sbom.cdx.json").read_text(encoding="utf-8"))
    about = sbom["metadata"]["component"]
    assert (about["name"], about["version"], about["type"]) == ("gwctl", "0.1.0", "application")
    assert {"click", "pydantic", "psycopg", "obstore", "starlette"} <= {part["name"] for part in sbom["components"]}
    assert str(clone) not in json.dumps(sbom)


def test_a_tag_without_that_version_or_without_a_section_makes_nothing(shipping, clone: Path) -> None:
    assert "The tag must be v0.1.0." in release(shipping, clone, "v0.2.0", code=1)
    git(clone, "checkout", "-q", "CHANGELOG.md")
    assert "Its heading must be: ## 0.1.0 (DATE)" in release(shipping, clone, "v0.1.0", code=1)
    assert not (clone / "out" / "dist").exists()


def test_the_workflow_is_off_and_each_job_has_the_rights_that_it_needs() -> None:
    workflow = read("release")
    jobs = workflow["jobs"]
    assert workflow["on"] == {"push": {"tags": ["v[0-9]*"]}}
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == RIGHTS
    assert jobs["build"]["if"] == "vars.GWCTL_RELEASE == 'on'"
    assert [job.get("needs") for job in jobs.values()] == [None, "build", "attest", "publish"]  # all wait for the first
    assert jobs["publish"]["environment"] == {"name": "pypi"}


def test_only_the_job_without_rights_runs_code_of_the_repository_and_no_script_has_an_expression() -> None:
    for name, job in read("release")["jobs"].items():
        uses = [step["uses"] for step in job["steps"] if "uses" in step]
        scripts = [step["run"] for step in job["steps"] if "run" in step]
        assert any("checkout" in each for each in uses) == (name == "build")
        assert not [script for script in scripts if "${{" in script]
        assert not [script for script in scripts if re.search(r"pip|python|\.ci/", script) and name != "build"]
    text = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.MULTILINE)) == text.count("uses: ")
    assert "secrets." not in text
