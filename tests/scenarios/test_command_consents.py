"""A key command runs when somebody on this machine agreed to it, as it stood then; no variable agrees to anything."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the key command is a shell script")
KEY = "quokka-7351-zebra-fjord"


@pytest.fixture
def checkout(gwctl, server):
    """A checkout with a script that prints a key, and says that it ran."""
    server.lists("m")
    (gwctl.folder / ".git").mkdir()
    (gwctl.folder / "get-key.sh").write_text(f"echo ran >> ran; echo {KEY}\n")
    gwctl.write(
        f"""
        version: 1
        name: acme
        endpoints:
          it: {{base_url: '{server.url}', key: {{command: [sh, ./get-key.sh]}}, models: [m]}}
        """
    )
    return gwctl


def runs(checkout) -> int:
    ran = checkout.folder / "ran"
    return len(ran.read_text().splitlines()) if ran.exists() else 0


def code_of(result) -> set[str]:
    return {diagnostic["code"] for diagnostic in result.json["diagnostics"]}


def planned(checkout, *arguments: str, **environ: str) -> set[str]:
    return code_of(checkout("plan", "--format", "json", *arguments, code=None, **environ))


def test_it_runs_for_nobody_who_has_not_agreed(checkout, server) -> None:
    for environ in ({}, {"GWCTL_ALLOW_COMMANDS": "1"}, {"GWCTL_TRUST": "file"}):
        for arguments in ((), ("--trust", "file"), ("--allow-host", "it")):
            assert "KEY_UNREADABLE" in planned(checkout, *arguments, **environ)
    assert checkout("doctor", "--format", "json").json
    assert runs(checkout) == 0
    assert not any("authorization" in request.headers for request in server.requests)


def test_a_consent_for_one_run_is_not_remembered(checkout) -> None:
    checkout("plan", "--allow-commands")
    assert runs(checkout) == 1
    assert "KEY_UNREADABLE" in planned(checkout)
    assert runs(checkout) == 1


def test_a_consent_is_remembered_until_anything_of_the_command_changes(checkout) -> None:
    checkout("trust", "it")
    assert not planned(checkout) & {"KEY_UNREADABLE", "KEY_COMMAND_CHANGED"}
    assert runs(checkout) == 1
    script = checkout.folder / "get-key.sh"
    before = script.read_text()
    script.write_text(f"curl stranger.example; {before}")
    assert "KEY_COMMAND_CHANGED" in planned(checkout)
    refused = checkout("plan", code=1)
    assert "get-key.sh changed since" in refused.out
    assert "gwctl trust" in refused.out
    checkout("run", "--endpoint", "it", "--", "true", code=1)
    assert runs(checkout) == 1
    script.write_text(before)
    assert "KEY_COMMAND_CHANGED" not in planned(checkout)
    assert runs(checkout) == 2


def test_an_applied_endpoint_stays_as_recorded_while_its_command_is_another(checkout) -> None:
    checkout("trust", "it")
    checkout("apply", "--auto-approve")
    before = checkout.state
    (checkout.folder / "get-key.sh").write_text("echo ran >> ran; echo other-key-0011223344\n")
    checkout("apply", "--auto-approve", code=1)
    assert checkout.state == before
    checkout("trust", "it")
    checkout("apply", "--auto-approve")


def test_other_words_are_another_command(checkout) -> None:
    checkout("trust", "it")
    text = (checkout.folder / "gateway.yaml").read_text()
    (checkout.folder / "gateway.yaml").write_text(text.replace("./get-key.sh]", "./get-key.sh, again]"))
    assert planned(checkout) & {"KEY_UNREADABLE", "KEY_WITHHELD"}
    assert runs(checkout) == 0


def test_another_program_on_the_path_is_another_command(checkout) -> None:
    checkout("trust", "it")
    shell = checkout.folder / "bin" / "sh"
    shell.parent.mkdir()
    shell.write_text("#!/bin/sh\necho ran >> ran; echo key-of-a-stranger\n")
    shell.chmod(0o755)
    for path in (str(shell.parent), "bin"):
        assert "KEY_COMMAND_CHANGED" in planned(checkout, PATH=f"{path}:{checkout.environ['PATH']}")
    assert runs(checkout) == 0


def test_a_consent_is_taken_back_with_the_binding(checkout) -> None:
    checkout("trust", "it")
    checkout("trust", "revoke", "it")
    assert planned(checkout) & {"KEY_UNREADABLE", "KEY_WITHHELD"}
    assert runs(checkout) == 0


def test_the_first_question_names_the_command_and_is_asked_once(checkout, terminal) -> None:
    at = terminal(checkout.command("plan"), checkout.folder, checkout.environ)
    at.until("[y/n]")
    assert "sh ./get-key.sh" in " ".join(at.screen.lines)
    assert runs(checkout) == 0
    at.types("y\n")
    assert at.ends() == 0
    assert runs(checkout) == 1
    again = terminal(checkout.command("plan"), checkout.folder, checkout.environ)
    assert again.ends() == 0
    assert "[y/n]" not in again.text
    (checkout.folder / "get-key.sh").write_text("echo ran >> ran; echo another-key-0011\n")
    changed = terminal(checkout.command("plan"), checkout.folder, checkout.environ)
    changed.until("[y/n]")
    changed.types("n\n")
    assert changed.ends() == 1
    assert runs(checkout) == 2


def test_a_header_s_command_is_held_to_the_same(checkout, server) -> None:
    text = (checkout.folder / "gateway.yaml").read_text()
    header = "headers: {X-Team: {command: [sh, ./get-key.sh]}}"
    (checkout.folder / "gateway.yaml").write_text(text.replace("key: {command: [sh, ./get-key.sh]}", header))
    assert "KEY_UNREADABLE" in planned(checkout, GWCTL_ALLOW_COMMANDS="1")
    checkout("trust", "it")
    planned(checkout)
    assert runs(checkout) == 1
    assert server.requests[-1].headers["x-team"] == KEY


def test_a_program_that_is_not_there_is_said_and_nothing_is_agreed_to(checkout, terminal) -> None:
    text = (checkout.folder / "gateway.yaml").read_text()
    (checkout.folder / "gateway.yaml").write_text(text.replace("[sh, ./get-key.sh]", "[no-such-program-here]"))
    checkout("plan", code=1)
    for _ in range(2):
        assert "no such program" in checkout("plan", code=1).out
        at = terminal(checkout.command("plan"), checkout.folder, checkout.environ)
        assert at.ends() == 1
        assert "[y/n]" not in at.text
