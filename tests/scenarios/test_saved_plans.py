"""A saved plan is reviewed, and applied once: bound to the state, the file and the lock file that it was made for."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

FILE = "version: 1\nname: acme\nendpoints:\n  a: {base_url: 'URL', timeout: 20s, models: [m]}\n"


def write(gwctl, server, more: str = "", text: str = FILE) -> None:
    gwctl.write(text.replace("URL", server.url) + more)


def saved(gwctl, *options: str, code: int = 0, **environ: str) -> Path:
    gwctl("plan", "--out", "p.plan", *options, code=code, **environ)
    return gwctl.folder / "p.plan"


def refused(gwctl, *options: str, before: bytes | None = None, **environ: str) -> list[str]:
    """The codes with which the plan is refused; the state is as it was."""
    before = gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None
    document = gwctl("apply", "p.plan", "--format", "json", *options, code=1, **environ).json
    assert document["applied"] is False
    assert (gwctl.state_file.read_bytes() if gwctl.state_file.exists() else None) == before
    errors = [diagnostic for diagnostic in document["diagnostics"] if diagnostic["severity"] == "error"]
    assert all(error["hint"] for error in errors), errors
    return [error["code"] for error in errors]


def edited(path: Path, change: Any, honestly: bool = False) -> None:
    """The plan with something changed; `honestly` with a digest that fits, as only a forger would."""
    document = json.loads(path.read_text())
    change(document)
    if honestly:
        document.pop("digest")
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        document["digest"] = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(document))


def test_a_plan_is_saved_shown_and_applied_without_asking_anybody_again(gwctl, server) -> None:
    server.lists("m", "n")
    write(gwctl, server)
    plan = gwctl("plan", "--out", "p.plan").out
    assert not gwctl.state_file.exists()
    assert gwctl("show", "p.plan").out == plan
    assert gwctl("show", "p.plan", "--format", "json").json == gwctl("plan", "--format", "json").json | {
        "endpoints": gwctl("show", "p.plan", "--format", "json").json["endpoints"]
    }
    asked = len(server.requests)
    assert "Applied: 4 created" in gwctl("apply", "p.plan").out
    assert len(server.requests) == asked
    assert gwctl.models() == ["model.a/m", "model.a/n"]
    assert gwctl.state["resources"][0]["facts"]["listed"].keys() == {"m", "n"}
    assert gwctl.state["written"]["plan"] == json.loads((gwctl.folder / "p.plan").read_text())["digest"]
    assert "No changes" in gwctl("plan").out


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_it_is_its_owner_s_alone_also_over_an_older_file(gwctl, server) -> None:
    write(gwctl, server)
    saved(gwctl)
    (gwctl.folder / "p.plan").chmod(0o666)
    assert stat.S_IMODE(saved(gwctl).stat().st_mode) == 0o600


def test_a_used_one_is_refused_and_says_when_and_by_whom(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server)
    saved(gwctl)
    gwctl("apply", "p.plan", GITHUB_RUN_ID="17", GITHUB_REPOSITORY="acme/ai")
    assert refused(gwctl) == ["PLAN_USED"]
    assert "by run 17 of acme/ai" in gwctl("apply", "p.plan", code=1).out


def test_a_stale_one_is_refused_and_names_both_serials(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server)
    gwctl("apply", "--auto-approve")
    server.lists("m", "n")
    saved(gwctl)
    server.lists("m", "o")
    gwctl("apply", "--auto-approve")
    assert refused(gwctl) == ["PLAN_STALE"]
    out = gwctl("apply", "p.plan", code=1).out
    assert "made for serial 1" in out
    assert "has serial 2, written at" in out


def test_a_plan_for_a_first_state_is_stale_once_there_is_one(gwctl, server) -> None:
    write(gwctl, server)
    saved(gwctl)
    gwctl("apply", "--auto-approve")
    assert refused(gwctl) == ["PLAN_STALE"]


def test_another_stack_s_is_refused_by_name_and_by_lineage(gwctl, server) -> None:
    write(gwctl, server)
    gwctl("apply", "--auto-approve")
    saved(gwctl, "--allow-delete", "endpoint.a", code=0)
    gwctl.state_file.unlink()
    gwctl("apply", "--auto-approve")
    assert refused(gwctl) == ["PLAN_OF_ANOTHER_STACK"]
    write(gwctl, server, text=FILE.replace("acme", "other"))
    gwctl.state_file.unlink()
    assert refused(gwctl) == ["PLAN_OF_ANOTHER_STACK", "PLAN_CONFIG_CHANGED"]


def test_a_changed_file_overlay_or_variable_makes_it_void(gwctl, server) -> None:
    write(gwctl, server, text=FILE.replace("[m]", "['${M:-m}']"))
    saved(gwctl, "--var", "M=x")
    assert refused(gwctl, "--var", "M=y") == ["PLAN_CONFIG_CHANGED"]
    gwctl.write("endpoints: {a: {timeout: 2s}}\n", "over.yaml")
    assert refused(gwctl, "--var", "M=x", "-f", "gateway.yaml", "-f", "over.yaml") == ["PLAN_CONFIG_CHANGED"]
    gwctl("apply", "p.plan", "--var", "M=x")
    assert gwctl.models() == ["model.a/x"]


def test_comments_and_layout_do_not(gwctl, server) -> None:
    write(gwctl, server)
    saved(gwctl)
    write(gwctl, server, "# reviewed\n\n")
    gwctl("apply", "p.plan")


def test_an_edited_one_is_refused(gwctl, server) -> None:
    write(gwctl, server)
    edited(saved(gwctl), lambda plan: plan["changes"][0].update(reason="harmless"))
    assert refused(gwctl) == ["PLAN_EDITED"]


def forgeries() -> dict[str, Any]:
    """Return the forgeries of somebody who can compute a digest."""

    def delete_unseen(plan: dict[str, Any]) -> None:
        plan["changes"] = [change for change in plan["changes"] if not change["address"].startswith("model.")]

    def record_nonsense(plan: dict[str, Any]) -> None:
        plan["changes"][0]["after"]["attributes"]["base_url"] = ["http://evil.example"]

    def begin_elsewhere(plan: dict[str, Any]) -> None:
        plan["changes"][0]["before"]["attributes"]["protect"] = False

    def forget_protection(plan: dict[str, Any]) -> None:
        begin_elsewhere(plan)
        plan["changes"][0].update(action="delete", after=None)

    def delete_unnamed(plan: dict[str, Any]) -> None:
        plan["changes"][0].update(action="none", after=None)

    def forget_instead(plan: dict[str, Any]) -> None:
        plan["changes"][0].update(action="forget", cause="config", after=None)

    def forget_everything(plan: dict[str, Any]) -> None:
        for change in plan["changes"]:
            change.update(after=None)
        plan["changes"][-1].update(action="forget")

    def move_from_itself(plan: dict[str, Any]) -> None:
        begin_elsewhere(plan)
        plan["changes"][0].update(action="delete", after=None, moved_from="endpoint.a")

    def record_elsewhere(plan: dict[str, Any]) -> None:
        plan["changes"][0]["after"]["address"] = "endpoint.b"

    def change_unnamed(plan: dict[str, Any]) -> None:
        plan["changes"][0]["after"]["attributes"]["base_url"] = "http://evil.example"

    def twice(plan: dict[str, Any]) -> None:
        plan["changes"].append(plan["changes"][0])

    def foreign_key(plan: dict[str, Any]) -> None:
        resource = {"address": "key.a", "attributes": {"service": "github.com", "account": "me"}, "facts": {}}
        extra = {"address": "key.a", "action": "delete", "cause": "config", "reason": "", "before": resource}
        more = {"after": None, "diff": [], "moved_from": None, "source": None, "scope": "machine"}
        plan["changes"].append(extra | more)

    def shared_key(plan: dict[str, Any]) -> None:
        foreign_key(plan)
        plan["changes"][-1]["scope"] = "shared"

    return {name: item for name, item in locals().items() if callable(item)}


@pytest.mark.parametrize("name", forgeries())
def test_a_forged_one_does_not_get_past_the_records(gwctl, server, name: str) -> None:
    server.lists("m")
    write(gwctl, server, text=FILE.replace("models:", "protect: true, models:"))
    gwctl("apply", "--auto-approve")
    server.lists("m", "n")
    edited(saved(gwctl), forgeries()[name], honestly=True)
    broken = (
        ["PLAN_BROKEN"] if name in ("record_nonsense", "forget_everything") else []
    )  # what no resource can be is not read at all
    assert refused(gwctl)[0] in ("PLAN_EDITED", "PLAN_STALE", "PROTECTED", *broken)


def test_a_protected_endpoint_stops_a_saved_plan_too(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server, text=FILE.replace("models:", "protect: true, models:"))
    gwctl("apply", "--auto-approve")
    gwctl.write("version: 1\nname: acme\nendpoints: {}\n")
    saved(gwctl, code=1)
    assert refused(gwctl) == ["PLAN_INCOMPLETE"]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "\0", '{"format": "gwctl plan"}', '{"format": "gwctl plan", "version": 3}', "[" * 9999]
)
def test_what_is_no_plan_is_refused(gwctl, server, content: str) -> None:
    write(gwctl, server)
    (gwctl.folder / "p.plan").write_text(content)
    assert refused(gwctl) == ["PLAN_BROKEN"]
    assert "The plan is not valid" in gwctl("show", "p.plan", code=1).err


def test_a_newer_one_a_directory_and_nothing_are_refused(gwctl, server) -> None:
    write(gwctl, server)
    edited(saved(gwctl), lambda plan: plan.update(version=99, gwctl_version="9.9"))
    assert refused(gwctl) == ["PLAN_TOO_NEW"]
    (gwctl.folder / "p.plan").unlink()
    assert refused(gwctl) == ["PLAN_UNREADABLE"]
    (gwctl.folder / "p.plan").mkdir()
    assert refused(gwctl) == ["PLAN_UNREADABLE"]
    err = gwctl("plan", "--out", "p.plan", code=1).err
    assert "Cannot save the plan" in err


def test_a_plan_with_errors_is_saved_shown_and_refused(gwctl, server) -> None:
    server.routes["/models"] = lambda _: __import__("tests.support.scripted", fromlist=["Reply"]).Reply(status=401)
    write(gwctl, server, "  b: {base_url: 'http://127.0.0.1:1', timeout: 1s, models: [m]}\n")
    saved(gwctl, code=1)
    gwctl("show", "p.plan")
    assert refused(gwctl) == ["PLAN_INCOMPLETE"]
    assert "endpoint.a: Invalid API key" in gwctl("apply", "p.plan", code=1).out


def test_a_plan_that_left_a_key_open_is_refused(gwctl, server) -> None:
    write(gwctl, server, text=FILE.replace("models:", "key: {env: K}, models:"))
    saved(gwctl)
    assert refused(gwctl, K="quokka") == ["PLAN_INCOMPLETE"]


def test_an_offline_plan_cannot_smuggle_a_new_host_in(gwctl, server, servers) -> None:
    other = servers()
    other.lists("m")
    server.lists("m")
    keyed = FILE.replace("models:", "key: {env: K}, models:")
    write(gwctl, server, text=keyed)
    gwctl("apply", "--auto-approve", K="quokka")
    write(gwctl, other, text=keyed)
    saved(gwctl, "--offline")
    assert refused(gwctl, K="quokka") == ["KEY_WITHHELD"]
    saved(gwctl, "--allow-host", "a", K="quokka")
    gwctl("apply", "p.plan")
    assert gwctl.state["resources"][0]["attributes"]["base_url"] == other.url


def test_it_carries_its_consents_and_takes_no_later_ones(gwctl, server) -> None:
    server.lists("m")
    three = "version: 1\nname: acme\nendpoints:\n" + "".join(f"  {name}: {{base_url: 'URL'}}\n" for name in "abc")
    write(gwctl, server, text=three)
    gwctl("apply", "--auto-approve")
    write(gwctl, server, text=three[: three.index("  b:")])
    saved(gwctl, code=1)
    assert refused(gwctl) == ["PLAN_INCOMPLETE"]
    late = gwctl("apply", "p.plan", "--allow-delete", "endpoint.b", code=1).err
    assert "--allow-delete to `gwctl plan --out FILE`" in late
    saved(gwctl, "--allow-delete", "endpoint.b", "--allow-delete", "endpoint.c")
    gwctl("apply", "p.plan")
    assert gwctl.models() == ["model.a/m"]


def test_with_the_consent_in_the_file_no_pipeline_needs_editing(gwctl, server) -> None:
    server.lists("m")
    three = "version: 1\nname: acme\nendpoints:\n" + "".join(f"  {name}: {{base_url: 'URL'}}\n" for name in "abc")
    write(gwctl, server, text=three)
    gwctl("apply", "--auto-approve")
    write(gwctl, server, text=three[: three.index("  b:")])
    out = gwctl("plan", code=1).out
    line = out[out.index("removed: [") :].partition("`")[0]
    assert line == "removed: [{address: endpoint.b}, {address: endpoint.c}]"
    write(gwctl, server, text=three[: three.index("  b:")] + line + "\n")
    saved(gwctl)
    gwctl("apply", "p.plan")
    assert gwctl.models() == ["model.a/m"]


def test_only_an_older_plan_is_replaced(gwctl, server) -> None:
    write(gwctl, server)
    before = (gwctl.folder / "gateway.yaml").read_bytes()
    err = gwctl("plan", "--out", "gateway.yaml", code=1).err
    assert "the file exists and is not a plan" in err
    assert (gwctl.folder / "gateway.yaml").read_bytes() == before
    (gwctl.folder / "made-by-mktemp").touch()
    gwctl("plan", "--out", "made-by-mktemp")
    gwctl("plan", "--out", "made-by-mktemp")
    gwctl("apply", "made-by-mktemp")


def test_a_half_given_consent_is_asked_for_as_a_whole(gwctl, server) -> None:
    server.lists("m")
    three = "version: 1\nname: acme\nendpoints:\n" + "".join(f"  {name}: {{base_url: 'URL'}}\n" for name in "abc")
    write(gwctl, server, text=three)
    gwctl("apply", "--auto-approve")
    write(gwctl, server, text=three[: three.index("  b:")])
    out = gwctl("plan", "--allow-delete", "endpoint.b", code=1).out
    options = out[out.index("--allow-delete") :].partition("`")[0].split()
    gwctl("apply", "--auto-approve", *options)
    assert gwctl.models() == ["model.a/m"]


def test_nothing_is_saved_where_the_file_cannot_be_read(gwctl) -> None:
    gwctl.write("version: 1\n")
    assert "No plan was saved" in gwctl("plan", "--out", "p.plan", code=1).err
    assert not (gwctl.folder / "p.plan").exists()


def test_two_machines_that_apply_the_same_plan_apply_it_once(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server)
    saved(gwctl)
    import subprocess

    both = [
        subprocess.Popen(gwctl.command("apply", "p.plan"), cwd=gwctl.folder, env=gwctl.environ, stdout=-1, text=True)
        for _ in range(2)
    ]
    outs = [each.communicate()[0] for each in both]
    assert sorted(each.returncode for each in both) == [0, 1], outs
    assert gwctl.state["serial"] == 1


@pytest.mark.parametrize("cause", ["config", "catalog"])
def test_the_exit_code_counts_the_causes_that_are_asked_for(gwctl, server, cause: str) -> None:
    server.lists("m")
    write(gwctl, server)
    gwctl("apply", "--auto-approve")
    if cause == "config":
        write(gwctl, server, text=FILE.replace("[m]", "[m, o]"))
    else:
        server.lists("m", "n")
    other = {"config": "drift,catalog", "catalog": "config,drift"}[cause]
    gwctl("plan", f"--detailed-exitcode={cause}", code=2)
    gwctl("plan", f"--detailed-exitcode={other}", code=0)
    gwctl("plan", "--detailed-exitcode", code=2)
