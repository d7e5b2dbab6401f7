"""docs/using/stages.md: dev, stage and prod from one repository, each with its own state and lock file."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.actions import ROOT
from tests.workflows.document import blocks

STAGES = ["dev", "stage", "prod"]
BLOCKS = blocks(ROOT / "docs" / "using" / "stages.md")
FILES = {block.about: block.text for block in BLOCKS if block.kind == "file"}
(TYPED,) = [block.text for block in BLOCKS if block.kind == "as"]
KEY = {"LITELLM_API_KEY": "quokka-7f341d0"}
PROD = ["-f", "gateway.yaml", "-f", "prod.yaml"]
LOCKS = ["gateway.lock.prod.yaml", "gateway.lock.stage.yaml", "gateway.lock.yaml"]


@pytest.fixture
def hosts(servers) -> dict[str, Any]:
    """A server for each stage, in the place of acme's."""
    result = {name: servers() for name in STAGES}
    for name, server in result.items():
        server.lists("gpt-4o-mini", f"only-{name}")
    return result


@pytest.fixture
def here(hosts):
    """The document's text with these servers in it; on loopback an endpoint belongs to machines unless it says so."""

    def filled(text: str) -> str:
        for name, server in hosts.items():
            host = "llm.acme.example" if name == "prod" else f"llm.{name}.acme.example"
            text = text.replace(f"https://{host}", server.url)
        return text.replace("preset: litellm", "preset: litellm\n    scope: shared\n    timeout: 5s")

    return filled


@pytest.fixture
def acme(gwctl, here):
    """Its files, written down."""
    for name in ("gateway.yaml", "stage.yaml", "prod.yaml"):
        gwctl.write(here(FILES[name]), name)
    return gwctl


@pytest.fixture
def typed(acme) -> dict[str, str]:
    """Every command of the document, with what it printed."""
    acme("trust", "litellm")  # at a terminal one is asked: a stage is a stack of its own
    for stage in ("stage", "prod"):
        acme("trust", "litellm", "-f", "gateway.yaml", "-f", f"{stage}.yaml")
    lines = TYPED.strip().splitlines()
    return {line: acme(*shlex.split(line)[1:], **KEY).out for line in lines}


def pinned(acme, name: str) -> list[str]:
    return list(yaml.safe_load((acme.folder / name).read_text())["endpoints"]["litellm"]["models"])


def errors(result) -> dict[str, str]:
    diagnostics = result.json["diagnostics"]
    return {diagnostic["code"]: diagnostic["hint"] for diagnostic in diagnostics if diagnostic["severity"] == "error"}


def test_each_stage_has_its_own_lists_and_its_own_state(acme, typed, hosts) -> None:
    assert sorted(path.name for path in acme.folder.glob("*.lock*")) == LOCKS
    for stage in ("stage", "prod"):
        assert pinned(acme, f"gateway.lock.{stage}.yaml") == ["gpt-4o-mini", f"only-{stage}"]
    assert pinned(acme, "gateway.lock.yaml") == ["gpt-4o-mini", "only-dev"]
    assert [path.name for path in sorted((acme.folder / ".gwctl").glob("*.json"))] == ["stage.json"]
    *_, planned = typed.values()
    assert "+ only-prod" in planned
    assert "4 to create" in planned


def test_pinning_one_stage_anew_leaves_the_others_alone(acme, typed, hosts) -> None:
    before = {name: (acme.folder / name).read_bytes() for name in LOCKS}
    for server in hosts.values():
        server.lists("gpt-4o-mini", "new")
    acme("lock", *PROD, "--accept-catalog", "litellm", **KEY)
    changed = [name for name in LOCKS if (acme.folder / name).read_bytes() != before[name]]
    assert changed == ["gateway.lock.prod.yaml"]


def test_a_saved_plan_is_bound_to_the_lock_file_of_its_stage(acme, typed) -> None:
    acme("plan", *PROD, "--locked", "--out", "p.plan", **KEY)
    (acme.folder / "gateway.lock.stage.yaml").unlink()
    (acme.folder / "gateway.lock.yaml").unlink()
    other = acme.folder / "gateway.lock.prod.yaml"
    text = other.read_text()
    other.write_text(f"{text}# touched\n")
    assert "PLAN_LOCK_CHANGED" in errors(acme("apply", *PROD, "p.plan", "--format", "json", code=1, **KEY))
    other.write_text(text)
    acme("apply", *PROD, "p.plan", **KEY)


@pytest.mark.parametrize(("name", "code"), [("acme-ai", "LOCK_OUT_OF_DATE"), ("acme-ai-prod", "LOCK_OF_ANOTHER_NAME")])
@pytest.mark.parametrize("words", ["plan --locked --format json", "lock --check --offline --format json"])
def test_stages_that_share_a_lock_file_are_told_of_the_field_and_not_to_delete(
    acme, typed, words: str, name: str, code: str
) -> None:
    text = (acme.folder / "prod.yaml").read_text().replace("lock: gateway.lock.prod.yaml\n", f"name: {name}\n")
    acme.write(text, "prod.yaml")
    result = errors(acme(*words.split(), *PROD, code=1, **KEY))
    assert "`lock:`" in result[code]
    assert "lock: gateway.lock.prod.yaml" in result[code]
    assert "delete" not in result[code]


def test_one_file_and_a_variable(acme, here) -> None:
    text = here(FILES["gateway.yaml"]) + "state: file:.gwctl/${STAGE}.json\nlock: gateway.lock.${STAGE}.yaml\n"
    acme.write(text)
    for stage in ("one", "two"):
        acme("trust", "litellm", "--var", f"STAGE={stage}")
        acme("lock", "--var", f"STAGE={stage}", **KEY)
        acme("apply", "--locked", "--auto-approve", "--var", f"STAGE={stage}", **KEY)
    assert {path.name for path in acme.folder.glob("*.lock*")} == {"gateway.lock.one.yaml", "gateway.lock.two.yaml"}
    assert {path.name for path in (acme.folder / ".gwctl").glob("*.json")} == {"one.json", "two.json"}


def test_it_lies_below_the_file_that_says_it(acme, here) -> None:
    (acme.folder / "stages" / "pins").mkdir(parents=True)
    acme.write("lock: pins/lists.yaml\n", "stages/over.yaml")
    acme("lock", "-f", "gateway.yaml", "-f", "stages/over.yaml", **KEY)
    assert [path.name for path in (acme.folder / "stages" / "pins").iterdir()] == ["lists.yaml"]
    assert "stages/pins/lists.yaml: up to date" in acme(
        "lock", "--check", "-f", "gateway.yaml", "-f", "stages/over.yaml", **KEY
    ).out.replace("\\", "/")


@pytest.mark.parametrize(
    "value",
    [
        *("../out.lock.yaml", "a/../../out.yaml", "/tmp/out.yaml", "~/out.yaml", "~root/out.yaml"),
        *("out", ".bashrc", "''", "prod.yaml", "out.lock.yaml/", "${OUT}", '"a\\0.yaml"'),
    ],
)
def test_what_leads_elsewhere_or_is_no_lock_file_is_refused(acme, value: str) -> None:
    if value.endswith("/"):
        (acme.folder / "out.lock.yaml").mkdir()
    acme.write((acme.folder / "prod.yaml").read_text().replace("gateway.lock.prod.yaml", value), "prod.yaml")
    before = sorted(path.name for path in acme.folder.rglob("*"))
    result = acme("lock", *PROD, code=1, **KEY)
    assert "prod.yaml:" in result.err or "out.lock.yaml" in result.err
    assert sorted(path.name for path in acme.folder.rglob("*")) == before


def test_what_is_there_and_no_lock_file_is_not_overwritten(acme) -> None:
    acme.write("mine: [1]\n", "gateway.lock.prod.yaml")
    assert "LOCK_BROKEN" in errors(acme("lock", *PROD, "--format", "json", code=1, **KEY))
    assert (acme.folder / "gateway.lock.prod.yaml").read_text() == "mine: [1]\n"


def test_a_pipeline_applies_each_stage_by_a_job_of_its_own(acme, typed, actions, repository, tmp_path: Path) -> None:
    states = {stage: tmp_path / "states" / f"{stage}.json" for stage in ("stage", "prod")}
    files = {name: (acme.folder / name).read_text() for name in [*LOCKS, "gateway.yaml", "stage.yaml", "prod.yaml"]}
    for stage, path in states.items():
        files[f"{stage}.yaml"] = files[f"{stage}.yaml"].replace(f"file:.gwctl/{stage}.json", f"file:{path}")
    repository.push(files)
    jobs = yaml.safe_load(FILES[".github/workflows/gateway-apply.yml"])["jobs"]
    for stage, job in jobs.items():
        assert not states[stage].exists()
        run = actions.run(
            "gateway-apply",
            "refs/heads/main",
            "push",
            job["with"] | {"trust": "file"},
            "LITELLM_API_KEY=quokka-7f341d0",
        )
        assert run.results == {"plan": "success", "apply": "success"}
        resources = json.loads(states[stage].read_text())["resources"]
        assert [resource["address"] for resource in resources if resource["kind"] == "model"] == [
            "model.litellm/gpt-4o-mini",
            f"model.litellm/only-{stage}",
        ]
    assert len({job["with"]["artifact"] for job in jobs.values()}) == len(jobs)
