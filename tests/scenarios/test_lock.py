"""`gwctl lock`, and plans that are made with its file: real commands, real servers, real git."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.scripted import Reply

LOCK = "gateway.lock.yaml"
TWELVE = [f"gpt-4o-{number:02}" for number in range(12)]
GATEWAY = """
    version: 1
    name: acme
    endpoints:
      litellm: {base_url: 'URL', models: [declared], timeout: 2s}
      laptop: {base_url: 'OTHER', timeout: 2s}
      fixed: {base_url: 'URL', models: [only], discover: false}
    """


@pytest.fixture
def acme(gwctl, server, servers):
    """Two endpoints whose lists are pinned, and one whose list is of no use."""
    gwctl.other = servers()
    server.lists(*TWELVE)
    gwctl.other.lists("llama", "qwen")
    gwctl.write(GATEWAY.replace("URL", server.url).replace("OTHER", gwctl.other.url))
    return gwctl


def path(gwctl) -> Path:
    return gwctl.folder / LOCK


def pinned(gwctl) -> dict[str, list[str]]:
    result = yaml.safe_load(path(gwctl).read_text())
    return {name: list(endpoint["models"]) for name, endpoint in result["endpoints"].items()}


def errors(result) -> list[str]:
    return [diagnostic["code"] for diagnostic in result.json["diagnostics"] if diagnostic["severity"] == "error"]


def test_it_pins_the_raw_lists_and_says_what_changed(acme, server) -> None:
    shown = acme("lock").out
    assert "litellm  +12 models\n  + gpt-4o-00\n" in shown
    assert shown.endswith(f"\n{LOCK}: written\n")
    assert pinned(acme) == {"laptop": ["llama", "qwen"], "litellm": TWELVE}
    server.lists(*reversed(TWELVE[1:]), "gpt-5", "gpt-5-mini")
    assert "litellm  +2 −1 models\n  - gpt-4o-00\n  + gpt-5\n  + gpt-5-mini\n" in acme("lock").out
    before, written = path(acme).read_bytes(), path(acme).stat().st_mtime_ns
    assert f"{LOCK}: up to date" in acme("lock").out
    assert (path(acme).read_bytes(), path(acme).stat().st_mtime_ns) == (before, written)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_it_is_a_source_file_like_any_other(acme) -> None:
    acme("lock")
    path(acme).chmod(0o600)
    acme.other.lists("llama", "qwen", "more")
    acme("lock", "laptop")
    assert stat.S_IMODE(path(acme).stat().st_mode) == 0o644
    assert sorted(path.name for path in acme.folder.iterdir()) == [LOCK, "gateway.yaml"]


def test_many_that_came_are_folded_and_none_that_went(acme, server) -> None:
    acme("lock")
    server.lists(*TWELVE[4:], *(f"new-{number:02}" for number in range(30)))
    shown = acme("lock").out
    assert [line.strip() for line in shown.splitlines() if line.startswith("  - ")] == [f"- {e}" for e in TWELVE[:4]]
    assert "  + 10 more  (-v shows each)\n" in shown
    server.lists(*TWELVE[4:])
    acme("lock", "--accept-catalog", "litellm")
    server.lists(*TWELVE[4:], *(f"new-{number:02}" for number in range(30)))
    assert "more" not in acme("lock", "-v").out


def test_only_those_named_are_asked_and_the_others_keep_their_entries(acme, server) -> None:
    acme("lock")
    asked = len(server.requests)
    server.lists(*TWELVE, "gpt-5")
    acme.other.lists("llama", "qwen", "more")
    acme("lock", "laptop")
    assert pinned(acme) == {"laptop": ["llama", "more", "qwen"], "litellm": TWELVE}
    assert len(server.requests) == asked
    assert "`discover: false`" in acme("lock", "fixed").err
    assert "did you mean `laptop`" in acme("lock", "lapotp", code=1).err


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Reply(status=503, body="busy"), "SERVER_ERROR"),
        (Reply(status=401), "INVALID_API_KEY"),
        (Reply(status=200, body="<!DOCTYPE html>", headers={"Content-Type": "text/html"}), "NONSTANDARD_LIST"),
        (Reply(body={"data": []}), "NO_MODELS_RETURNED"),
        (Reply(body={"data": [{"id": each} for each in TWELVE[:4]]}), "SHORT_LIST"),
    ],
    ids=["503", "401", "html", "empty", "short"],
)
def test_a_list_that_cannot_be_had_or_believed_keeps_its_entry_and_the_rest_is_written(
    acme, server, fault: Reply, code: str
) -> None:
    acme("lock")
    server.routes["/models"] = fault
    acme.other.lists("llama", "qwen", "more")
    result = acme("lock", "--format", "json", code=1)
    assert errors(result) == [code]
    assert [diagnostic["hint"] for diagnostic in result.json["diagnostics"]] != [""]
    assert result.json["written"] is True
    assert pinned(acme) == {"laptop": ["llama", "more", "qwen"], "litellm": TWELVE}


def test_consent_to_a_short_list_is_given_by_name(acme, server) -> None:
    acme("lock")
    server.lists(*TWELVE[:4])
    result = acme("lock", code=1)
    assert "litellm  12 models, kept as pinned: The list no longer has 8 of the 12 pinned models" in result.out
    assert "hint: if the list is correct, run `gwctl lock --accept-catalog litellm`" in result.err
    assert "−8 models" in acme("lock", "--accept-catalog", "litellm").out
    assert pinned(acme)["litellm"] == TWELVE[:4]


def test_a_first_list_that_is_empty_or_short_against_the_records_wants_consent_too(acme, server) -> None:
    """Else a lock file made on a bad day would delete at the next apply what was applied on a good one."""
    acme("apply", "--auto-approve")
    server.lists(*TWELVE[:4])
    acme.other.lists()
    result = acme("lock", "--format", "json", code=1)
    assert sorted(errors(result)) == ["NO_MODELS_RETURNED", "SHORT_LIST"]
    assert not path(acme).exists()
    acme("lock", "--accept-catalog", "litellm", "--accept-catalog", "laptop")
    assert pinned(acme) == {"laptop": [], "litellm": TWELVE[:4]}
    assert f"{LOCK}: up to date" in acme("lock").out


def test_an_endpoint_that_is_gone_takes_its_entry_along(acme, server) -> None:
    acme("lock")
    acme.write(f"version: 1\nname: acme\nendpoints:\n  litellm: {{base_url: '{server.url}'}}\n")
    assert [
        e["code"] for e in acme("lock", "--check", "--offline", "--format", "json", code=1).json["diagnostics"]
    ] == ["LOCK_OUT_OF_DATE"]
    assert "laptop  −2 models: no longer pinned" in acme("lock", "litellm").out
    assert list(pinned(acme)) == ["litellm"]


def test_check_writes_nothing_and_says_the_same(acme, server) -> None:
    missing = acme("lock", "--check", code=1)
    assert not path(acme).exists()
    assert "out of date; nothing was written" in missing.out
    acme("lock")
    assert f"{LOCK}: up to date" in acme("lock", "--check").out
    server.lists(*TWELVE[1:], "gpt-5", "gpt-5-mini")
    before = path(acme).read_bytes()
    stale = acme("lock", "--check", code=1)
    assert "litellm  +2 −1 models\n  - gpt-4o-00\n  + gpt-5\n  + gpt-5-mini\n" in stale.out
    assert "The lock file is out of date" in stale.err
    assert path(acme).read_bytes() == before


def test_check_offline_looks_at_the_files_alone(acme, server) -> None:
    acme("lock")
    asked = len(server.requests) + len(acme.other.requests)
    text = path(acme).read_text()
    server.lists("anything")
    assert "up to date" in acme("lock", "--check", "--offline").out
    for changed in (text.replace('      "llama": {purpose: chat, from: assumed}\n', ""), text + "\n", ""):
        path(acme).write_text(changed)
        result = acme("lock", "--check", "--offline", "--format", "json", code=1)
        assert set(errors(result)) <= {"LOCK_BROKEN", "LOCK_OUT_OF_DATE"}
    path(acme).write_text(text.replace("\n", "\r\n"), newline="")  # as git may have it on Windows
    acme("lock", "--check", "--offline")
    path(acme).write_text(text)
    acme.write((acme.folder / "gateway.yaml").read_text().replace(acme.other.url, "http://localhost:1"))
    result = acme("lock", "--check", "--offline", "--format", "json", code=1)
    assert errors(result) == ["LOCK_OUT_OF_DATE"]
    assert result.json["diagnostics"][0]["source"]["file"] == LOCK
    assert len(server.requests) + len(acme.other.requests) == asked
    assert "--offline can only be used with --check" in acme("lock", "--offline", code=1).err


def test_an_entry_that_was_edited_is_refused_and_made_anew(acme) -> None:
    acme("lock")
    good = path(acme).read_bytes()
    path(acme).write_bytes(good.replace(b'"qwen"', b'"evil"'))
    for option in ("--locked", "--offline"):
        result = acme("plan", option, "--format", "json", code=1)
        assert errors(result)[0] == "LOCK_BROKEN"
        assert not any("evil" in change["address"] for change in result.json["changes"])
    assert "edited by hand or merged" in acme("lock", "laptop").out
    assert path(acme).read_bytes() == good


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_a_conflict_in_git_is_named_and_settled_by_locking_again(acme, server) -> None:
    acme("lock")
    git(acme.folder, "init", "-q", "-b", "main")
    git(acme.folder, "add", "-A")
    git(acme.folder, "commit", "-qm", "lock")
    for branch, model in (("one", "gpt-a"), ("two", "gpt-b")):
        git(acme.folder, "checkout", "-q", "-b", branch, "main")
        server.lists(*TWELVE, model)
        acme("lock")
        git(acme.folder, "commit", "-qam", branch)
    assert "CONFLICT" in git(acme.folder, "merge", "one")
    out = acme("plan", "--locked", code=1).out
    assert "git conflict markers" in out
    assert f"{LOCK}:" in out
    assert "LOCK_CONFLICT" in acme("lock", "-v", code=1).err
    git(acme.folder, "checkout", "--ours", LOCK)
    server.lists(*TWELVE, "gpt-a", "gpt-b")
    assert "+1 model\n  + gpt-a" in acme("lock").out
    acme("lock", "--check")


def test_locked_plans_the_pinned_lists_and_tests_the_connections(acme, server) -> None:
    acme("lock")
    server.lists("entirely", "different")
    acme.other.close()
    document = acme("plan", "--locked", "--format", "json").json
    assert {change["address"] for change in document["changes"] if change["address"].startswith("model.")} == {
        *(f"model.litellm/{each}" for each in [*TWELVE, "declared"]),
        *("model.laptop/llama", "model.laptop/qwen", "model.fixed/only"),
    }
    endpoints = {endpoint["name"]: endpoint for endpoint in document["endpoints"]}
    assert (endpoints["litellm"]["models"], endpoints["litellm"]["pinned"]) == (2, 12)
    assert (endpoints["laptop"]["status"], endpoints["laptop"]["pinned"]) == ("unlisted", 2)
    assert "pinned" not in endpoints["fixed"]
    assert document["lock_digest"] == acme("lock", "--check", "--offline", "--format", "json").json["digest"]
    acme("apply", "--locked", "--auto-approve")
    assert "No changes" in acme("plan", "--locked").out
    server.routes["/models"] = Reply(status=401)
    refused = acme("plan", "--locked", "--format", "json", code=1)
    assert "INVALID_API_KEY" in errors(refused)
    assert refused.json["changes"] == []


def test_people_whose_keys_list_differently_do_not_make_the_state_flap(acme, server) -> None:
    acme("lock")
    acme("apply", "--locked", "--auto-approve")
    before = acme.state_file.read_bytes()
    for number in (2, 9):
        server.lists(*TWELVE[:number], f"own-{number}")
        acme("apply", "--locked", "--auto-approve")
        assert acme.state_file.read_bytes() == before


def test_consent_that_was_given_at_lock_time_is_not_asked_for_again(acme, server) -> None:
    acme("lock")
    acme("apply", "--locked", "--auto-approve")
    server.lists(*TWELVE[:3])
    acme("lock", "--accept-catalog", "litellm")
    document = acme("plan", "--locked", "--format", "json").json
    assert (document["summary"]["delete"], document["summary"]["held"]) == (9, 0)
    acme("apply", "--locked", "--auto-approve")
    assert acme.models() == sorted(
        [f"model.litellm/{each}" for each in [*TWELVE[:3], "declared"]]
        + ["model.laptop/llama", "model.laptop/qwen", "model.fixed/only"]
    )


def test_no_lock_file_is_an_error_for_each_and_leaves_each_as_recorded(acme) -> None:
    acme("apply", "--auto-approve")
    before = acme.state_file.read_bytes()
    result = acme("apply", "--locked", "--auto-approve", "--format", "json", code=1)
    assert errors(result) == ["LOCK_OUT_OF_DATE"] * 2
    assert result.json["lock_digest"] is None
    assert acme.state_file.read_bytes() == before
    acme("lock")
    acme("apply", "--locked", "--auto-approve")


def test_a_saved_plan_is_bound_to_the_lock_file(acme, server) -> None:
    acme("lock")
    shown = acme("plan", "--locked", "--out", "p.plan").out
    assert "; 12 pinned" in shown
    assert acme("show", "p.plan").out == shown
    server.lists(*TWELVE, "gpt-5")
    acme("lock")
    assert errors(acme("apply", "p.plan", "--format", "json", code=1)) == ["PLAN_LOCK_CHANGED"]
    acme("plan", "--locked", "--out", "p.plan")
    acme("apply", "p.plan")
    assert "model.litellm/gpt-5" in acme.models()


def test_offline_prefers_the_lock_file_to_what_is_recorded(acme, server) -> None:
    acme("apply", "--auto-approve")
    server.lists(*TWELVE, "gpt-5")
    acme("lock")
    asked = len(server.requests)
    document = acme("plan", "--offline", "--format", "json").json
    assert [(change["address"], change["action"]) for change in document["changes"]] == [
        ("model.litellm/gpt-5", "create")
    ]
    path(acme).unlink()
    assert acme("plan", "--offline", "--format", "json").json["changes"] == []
    assert len(server.requests) == asked


def test_hostile_ids_are_pinned_shown_and_applied(acme, server) -> None:
    hostile = [
        "a: b # c",
        "\x1b[31mred\x07",
        "x" * 1_500,
        "😀",
        "\u202egpt",
        "null",
        "{env:KEY}",
        "| a | `b`",
        "'\"\\",
    ]
    server.lists(*hostile, "\ud800half")
    shown = acme("lock")
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.out
    assert path(acme).read_bytes().isascii()
    acme("apply", "--locked", "--auto-approve")
    assert {each.partition("/")[2] for each in acme.models() if "litellm" in each} == {*hostile, "declared"}
    assert "No changes" in acme("plan", "--locked").out


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_where_it_cannot_be_written_what_was_there_stays(acme, server) -> None:
    if os.geteuid() == 0:
        path(acme).symlink_to("/proc/nowhere/gateway.lock.yaml")  # root may write everywhere else
    else:
        acme.folder.chmod(0o500)
    result = acme("lock", "--format", "json", code=1)
    acme.folder.chmod(0o700)
    assert errors(result) == ["LOCK_UNWRITABLE"]


def test_a_real_server_is_pinned_and_then_not_needed(gwctl, llama_cpp) -> None:
    result = llama_cpp.start("tiny")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{preset: llama-cpp, base_url: '{result.url}'}}}}\n")
    assert "it  +1 model\n  + tiny" in gwctl("lock").out
    gwctl("lock", "--check")
    result.stop()
    assert "; 1 pinned" in gwctl("apply", "--locked", "--auto-approve").out
    assert gwctl.models() == ["model.it/tiny"]
    llama_cpp.start("other", port=int(result.url.rpartition(":")[2]))
    assert "lists +1 −1 models compared with the lock file" in gwctl("plan", "--locked").out
    assert "The list no longer has 1 of the 1 pinned models" in gwctl("lock", "--check", code=1).err


def test_the_first_of_several_files_says_where_it_is(acme, server) -> None:
    acme.write("endpoints: {litellm: {timeout: 3s}}\n", "over.yaml")
    acme("lock", "-f", "gateway.yaml", "-f", "over.yaml")
    assert path(acme).exists()
    assert not (acme.folder / "over.lock.yaml").exists()


def test_a_byte_order_mark_is_said(acme, server) -> None:
    acme("lock")
    path(acme).write_bytes(b"\xef\xbb\xbf" + path(acme).read_bytes())
    for offline in ((), ("--offline",)):
        assert "a byte order mark" in acme("lock", "--check", *offline, code=1).err
    acme("lock")
    acme("lock", "--check")
