"""The safety rules of the workflows: least rights, pinned actions, no foreign text in a script."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.workflows.actions import WORKFLOWS, read

NAMES = ["gateway-plan", "gateway-apply", "gateway-drift"]
RIGHTS = {
    "gateway-plan": {"plan": {"contents": "read"}, "comment": {"pull-requests": "write"}},
    "gateway-apply": {"plan": {"contents": "read"}, "apply": {"contents": "read"}},
    "gateway-drift": {"plan": {"contents": "read"}, "issue": {"issues": "write"}},
}
every = pytest.mark.parametrize("name", NAMES)


def text(name: str) -> str:
    return (WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8")


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


def caller(name: str) -> dict[str, Any]:
    """The example in the comment at the head of the workflow."""
    lines = re.findall(r"^#   (.*)$", text(name).partition("\nname:")[0], re.MULTILINE)
    result: dict[Any, Any] = yaml.safe_load("\n".join(lines))
    return {"on" if key is True else key: value for key, value in result.items()}


@every
def test_it_can_only_be_called(name: str) -> None:
    assert list(read(name)["on"]) == ["workflow_call"]


@every
def test_each_job_has_the_rights_that_it_needs_and_a_time_limit(name: str) -> None:
    workflow = read(name)
    assert workflow["permissions"] == {}
    assert {key: job["permissions"] for key, job in workflow["jobs"].items()} == RIGHTS[name]
    assert all(job["timeout-minutes"] <= 15 for job in workflow["jobs"].values())


@every
def test_a_job_that_may_write_runs_no_gwctl_and_has_no_file_of_the_repository(name: str) -> None:
    for job in read(name)["jobs"].values():
        if "write" in job["permissions"].values():
            assert not [
                step for step in job["steps"] if "gwctl " in re.sub("gwctl (plan|drift):", "", step.get("run", ""))
            ]
            assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")]
            assert "secrets" not in str(job)


@every
def test_actions_are_pinned_by_digest_the_same_everywhere(name: str) -> None:
    pinned = re.findall(r"uses: (\S+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$", text(name), re.MULTILINE)
    assert len(pinned) == text(name).count("uses: actions/")
    everywhere = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("*.yml"))
    for action, digest in pinned:
        assert set(re.findall(rf"{action}@(\S+)", everywhere)) == {digest}


@every
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    checkouts = [step for step in steps(name) if "checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@every
def test_no_script_has_an_expression_in_it_and_every_script_is_strict(name: str) -> None:
    assert not [step for step in steps(name) if "${{" in step.get("run", "")]
    assert read(name)["defaults"]["run"]["shell"] == "bash --noprofile --norc -euo pipefail {0}"
    assert not [step for step in steps(name) if "shell" in step]


@every
def test_what_gwctl_says_goes_one_way_and_commands_are_stopped_before_it(name: str) -> None:
    """The runner reads the two streams side by side: on the other one nothing would be stopped."""
    saying = [
        step["run"] for step in steps(name) if re.search(r"gwctl (plan|apply|show|validate) ", step.get("run", ""))
    ]
    for script in saying:
        before, stopped, _ = script.partition('echo "::stop-commands::$stop"')
        assert script.startswith("exec 2>&1")
        assert stopped
        assert not re.search(r"^\s*gwctl ", before, re.MULTILINE)


@every
def test_the_secret_and_the_token_are_each_in_the_steps_that_need_them(name: str) -> None:
    having = {step["name"] for step in steps(name) if "${{ secrets." in str(step)}
    assert having == {"gateway-plan": set(), "gateway-apply": {"Plan", "Apply"}, "gateway-drift": {"Plan"}}[name]
    assert text(name).count("secrets.GATEWAY_ENV }}") == len(having) + str(caller(name)).count("secrets.")
    assert not re.search(r"secrets: *inherit|GITHUB_ENV|GITHUB_PATH", text(name))
    tokens = [step["name"] for step in steps(name) if "github.token" in str(step)]
    assert all(token.startswith("Keep one") for token in tokens)


def test_the_lines_of_the_secret_are_read_in_the_same_way_everywhere() -> None:
    result = [
        block for name in NAMES for block in re.findall(r"( +number=0\n.*?unset [^\n]*\n)", text(name), re.DOTALL)
    ]
    assert len(result) == 3
    assert len(set(result)) == 1


def test_an_apply_is_never_cut_off_by_the_next() -> None:
    stops = {name: read(name)["concurrency"]["cancel-in-progress"] for name in NAMES}
    assert stops == {"gateway-plan": True, "gateway-apply": False, "gateway-drift": False}


@every
def test_every_input_says_what_it_is(name: str) -> None:
    for each in read(name)["on"]["workflow_call"]["inputs"].values():
        assert each["description"].endswith((".", "--locked)."))
        assert {"type", "default"} <= each.keys()


@every
def test_the_caller_in_its_head_grants_just_what_it_asks_for(name: str) -> None:
    (job,) = caller(name)["jobs"].values()
    assert job["uses"] == f"OWNER/gwctl/.github/workflows/{name}.yml@COMMIT"
    wanted = {right: level for rights in RIGHTS[name].values() for right, level in rights.items()}
    assert job["permissions"] == wanted
    assert caller(name)["permissions"] == {}
    declared = read(name)["on"]["workflow_call"]
    assert job.get("with", {}).keys() <= declared["inputs"].keys()
    assert job.get("secrets", {}).keys() == declared.get("secrets", {}).keys()
    assert "pull_request_target" not in caller(name)["on"]
