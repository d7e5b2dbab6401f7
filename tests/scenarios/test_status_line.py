"""`gwctl status --line`: one line for a git hook, from the file and this machine's records alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios.test_documents import valid
from tests.scenarios.test_status import KEY, TEAM, ledger_of
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer
from tests.support.state_server import StateServer


@pytest.fixture
def applied(gwctl: Gwctl, server: ScriptedServer) -> Gwctl:
    """A gateway file that was applied."""
    server.lists("gpt-4o", "gpt-4o-mini")
    gwctl.write(TEAM.replace("URL", server.url))
    gwctl("apply", "--auto-approve", TEAM_KEY=KEY)
    server.requests.clear()
    return gwctl


def edit(gwctl: Gwctl, old: str, new: str) -> None:
    gwctl.write((gwctl.folder / "gateway.yaml").read_text().replace(old, new))


def test_an_applied_file_has_no_line(applied: Gwctl) -> None:
    done = applied("status", "--line")
    assert (done.out, done.err) == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[tiny]", "[tiny, small]", "gateway.yaml differs in 1 resource from the last apply here. Next: gwctl plan"),
        ("{chat: team/gpt-4o}", "{}", "gateway.yaml differs from the last apply here. Next: gwctl plan"),
        ("version: 1", "version: [", "gateway.yaml has 1 error. Next: gwctl validate"),
        ("acme", "${NOT_SET}", "gateway.yaml has 1 error. Next: gwctl validate"),
    ],
)
def test_a_pulled_change_is_one_line_with_what_to_type(applied: Gwctl, old: str, new: str, line: str) -> None:
    edit(applied, old, new)
    done = applied("status", "--line", code=0)
    assert (done.out, done.err) == (f"gwctl: {line}\n", "")


def test_a_file_that_nobody_applied_says_so_and_a_missing_one_only_if_it_was_applied(
    applied: Gwctl, server: ScriptedServer
) -> None:
    applied.write(TEAM.replace("URL", server.url), "other.yaml")
    for key, command in ((KEY, "apply"), ("", "join")):
        assert applied("status", "--line", "-f", "other.yaml", TEAM_KEY=key).out == (
            f"gwctl: other.yaml is not applied on this machine. Next: gwctl {command} -f other.yaml\n"
        )
    for name, said in (("other.yaml", ""), ("gateway.yaml", "does not exist, but it was applied on this machine.\n")):
        (applied.folder / name).unlink()
        assert applied("status", "--line", "-f", name).out == (said and f"gwctl: {name} {said}")


@pytest.mark.parametrize("words", [("leave", "--auto-approve"), ("destroy", "--auto-approve")])
@pytest.mark.parametrize("is_remote", [False, True])
def test_after_leave_and_destroy_the_status_and_its_line_say_that_the_file_is_not_applied(
    applied: Gwctl, words: tuple[str, ...], is_remote: bool, state_servers: Callable[..., StateServer]
) -> None:
    if is_remote:
        edit(applied, "version: 1", f"version: 1\nstate: {state_servers().url}/states/acme")
        applied("apply", "--scope", "all", "--auto-approve", code=None, TEAM_KEY=KEY)
    applied(*words, *(("--scope", "all") if is_remote and words[0] == "destroy" else ()), TEAM_KEY=KEY)
    document = applied("status", "--format", "json", TEAM_KEY=KEY).json
    valid("status", document)
    assert (document["compared"], document["differs"]) == ("not applied", None)
    assert document["next"][0]["typed"] == "gwctl apply"
    shown = applied("status", TEAM_KEY=KEY).out
    assert "The gateway file is not applied on this machine." in shown
    assert "matches" not in shown
    assert (
        "gateway.yaml is not applied on this machine. Next: gwctl apply\n"
        in applied("status", "--line", TEAM_KEY=KEY).out
    )


def next_commands(gwctl: Gwctl, **environ: str) -> list[str]:
    """The commands of gwctl among the next steps of the status, after a check that the line has the first of them."""
    document = gwctl("status", "--format", "json", **environ).json
    typed = [step["typed"] for step in document["next"] if step["typed"].startswith("gwctl ")]
    line = gwctl("status", "--line", **environ).out
    assert line.rpartition("Next: ")[2].strip() == (typed[0] if typed else ""), (line, document["next"])
    return typed


@pytest.mark.parametrize("environ", [{}, {"TEAM_KEY": KEY}], ids=["no key", "key"])
@pytest.mark.parametrize("is_remote", [False, True])
@pytest.mark.parametrize("words", [(), ("leave", "--auto-approve"), ("destroy", "--auto-approve")], ids=str)
def test_the_line_has_the_same_next_command_as_the_status(
    applied: Gwctl,
    words: tuple[str, ...],
    is_remote: bool,
    environ: dict[str, str],
    state_servers: Callable[..., StateServer],
) -> None:
    if is_remote:
        edit(applied, "version: 1", f"version: 1\nstate: {state_servers().url}/states/acme")
        applied("apply", "--scope", "all", "--auto-approve", code=None, TEAM_KEY=KEY)
    if words:
        applied(*words, *(("--scope", "all") if is_remote and words[0] == "destroy" else ()), TEAM_KEY=KEY)
    expected = "gwctl apply" if environ else "gwctl join"
    assert next_commands(applied, **environ) == ([expected] if words else [])
    edit(applied, "[tiny]", "[tiny, small]")
    assert next_commands(applied, **environ) == ([expected] if words else ["gwctl plan"])


def test_the_line_has_the_same_next_command_as_the_status_before_the_first_apply(
    gwctl: Gwctl, server: ScriptedServer
) -> None:
    gwctl.write(TEAM.replace("URL", server.url))
    assert next_commands(gwctl) == next_commands(gwctl, TEAM_KEY=KEY) == ["gwctl apply"]


@pytest.mark.parametrize(
    ("old", "new"), [("[tiny]", "[tiny, small]"), ("{chat: team/gpt-4o}", "{}"), ("tiny", "tiny")], ids=str
)
def test_the_line_is_empty_exactly_if_the_status_matches(applied: Gwctl, old: str, new: str) -> None:
    edit(applied, old, new)
    document = applied("status", "--format", "json", TEAM_KEY=KEY).json
    assert document["compared"] == ("differs" if applied("status", "--line").out else "matches")
    assert (document["next"] == []) == (document["compared"] == "matches")


def test_a_broken_ledger_is_a_line(applied: Gwctl) -> None:
    ledger_of(applied).write_text("no database")
    assert applied("status", "--line", code=0).out == (
        "gwctl: The records of this machine cannot be read. Next: gwctl doctor\n"
    )


def test_a_remote_state_and_the_endpoints_are_not_contacted(applied: Gwctl, server: ScriptedServer) -> None:
    edit(applied, "version: 1", f"version: 1\nstate: {server.url}/state")
    assert "is not applied" in applied("status", "--line", TEAM_KEY=KEY).out
    assert server.requests == []


def test_it_is_no_document(applied: Gwctl) -> None:
    assert "--line" in applied("status", "--line", "--format", "json", code=1).err
