"""The Containerfile and the page about it. `tests/shipped/try_container.py` carries it out, by hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.clients.test_real_kubernetes import validated
from tests.shipped.conftest import ROOT
from tests.shipped.try_container import instructions

PAGE = (ROOT / "docs" / "using" / "container.md").read_text(encoding="utf-8")
MANIFEST, JOB = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILE = ROOT / "Containerfile"


def said(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def test_hadolint_has_nothing_to_say(shipping, tmp_path: Path) -> None:
    assert shipping("hadolint", str(FILE)) == ""
    wrong = tmp_path / "Containerfile"
    wrong.write_text(FILE.read_text(encoding="utf-8").replace("ARG PYTHON=3.13-slim-bookworm", "ARG PYTHON=latest"))
    wrong.write_text(wrong.read_text().replace("WORKDIR /work", "WORKDIR work"))
    assert "DL3000" in shipping("hadolint", str(wrong), code=1)


def test_the_image_is_not_roots_and_is_made_of_what_the_context_has() -> None:
    assert said("USER") == ["65532:65532"]
    assert said("ARG")[0] == "PYTHON=3.13-slim-bookworm"
    extras = set(said("ARG")[1].removeprefix("EXTRAS=").split(","))
    assert extras < set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    allowed = re.findall(r"^!(.+)$", (ROOT / ".containerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = [word for rest in said("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_kubernetes_own_schema_accepts_the_job_of_the_page(clients: Path, tmp_path: Path) -> None:
    done = validated(clients, tmp_path, MANIFEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert validated(clients, tmp_path, MANIFEST.replace("readOnlyRootFilesystem", "readOnlyRoot")).returncode != 0
    assert f"runAsUser: {said('USER')[0].partition(':')[0]}," in MANIFEST


def test_gitlabs_schema_accepts_the_job_of_the_page(lint, tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(JOB, encoding="utf-8")
    done = lint("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml", folder=tmp_path)
    assert done.returncode == 0, done.stdout
