"""`--max-age`: a machine does not ask again for a list that it fetched a short time ago."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler import api
from reconciler.ledger.tables import TABLES
from tests.scenarios.test_scopes import FILE, laptop, person, team, write
from tests.support.command import Gwctl
from tests.support.scripted import Reply

__all__ = ["laptop", "person", "team"]
MACHINE = ("--scope", "machine")
YOUNG = (*MACHINE, "--max-age", "12h")
ASKS_NOBODY = ("apply", *MACHINE, "--auto-approve")
SAYS_THE_DEFAULT = "1 endpoint was not contacted: --auto-approve sets --max-age to 12h (--max-age 0 contacts"
KEYED = FILE.replace("models: [gpt]", "models: [gpt], key: {env: K1}")


@pytest.fixture
def ana(gwctl, team, laptop, person) -> Gwctl:
    """A machine that has contacted the team's endpoint in an apply."""
    write(gwctl, team, laptop, KEYED)
    result: Gwctl = person("ana")
    result.environ |= {"K1": "sk-ana", "K2": "sk-ana"}
    gwctl("apply", "--scope", "shared", "--auto-approve", K1="sk-pipeline")
    result("apply", *MACHINE, "--auto-approve")
    for server in (team, laptop):
        server.requests.clear()
    return result


def make_older(gwctl: Gwctl, age: timedelta) -> None:
    """Set the time of every list in the ledger to that age."""
    (path,) = Path(gwctl.environ["HOME"]).rglob("ledger.sqlite3")
    time = f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M:%SZ}"
    rows = sqlite3.connect(path)
    with rows:
        for stack, lists in rows.execute("SELECT stack, lists FROM snapshot").fetchall():
            older = json.dumps(dict.fromkeys(json.loads(lists), time))
            rows.execute("UPDATE snapshot SET lists=? WHERE stack=?", (older, stack))
    rows.close()


def test_a_recent_list_is_said_and_the_endpoint_not_contacted(ana, team, laptop) -> None:
    make_older(ana, timedelta(hours=2, minutes=1))
    for command in (("plan",), ("apply", "--auto-approve")):
        result = ana(*command, *YOUNG)
        assert "Not contacted: list fetched 2 hours ago (--max-age)" in result.out
        assert "No changes" in result.out
        assert "incomplete" not in result.out
    plan = ana("plan", *YOUNG, "--format", "json").json
    (entry,) = (entry for entry in plan["endpoints"] if entry["name"] == "team")
    assert (entry["status"], entry["code"]) == ("skipped", "RECENT_LIST")
    assert datetime.now(UTC) - datetime.fromisoformat(entry["listed_at"]) > timedelta(hours=2)
    assert plan["complete"]
    assert not team.requests
    assert laptop.requests, "the endpoints of the machine itself are always contacted"


@pytest.mark.parametrize("age", [timedelta(hours=12, minutes=1), timedelta(hours=-1)])
def test_an_older_list_is_fetched_again_and_is_recent_then(age, ana, team) -> None:
    make_older(ana, age)
    ana("apply", *YOUNG, "--auto-approve")
    assert len(team.asked("/models")) == 1
    ana("apply", *YOUNG, "--auto-approve")
    assert len(team.asked("/models")) == 1


def test_a_skipped_list_does_not_become_younger(ana, team) -> None:
    make_older(ana, timedelta(hours=11, minutes=59))
    before = ana("status", "--format", "json").json["endpoints"][0]["listed"]
    ana("apply", *YOUNG, "--auto-approve")
    assert ana("status", "--format", "json").json["endpoints"][0]["listed"] == before


def refuses(team) -> None:
    """Let the team's endpoint reject the key, with a text that must not be recorded."""
    team.answers(Reply(status=401, body={"error": {"message": "the body of a failure"}}))


def test_an_endpoint_that_failed_since_is_tested_until_it_has_a_list_again(ana, team) -> None:
    assert SAYS_THE_DEFAULT in ana(*ASKS_NOBODY).out
    refuses(team)
    first = ana(*ASKS_NOBODY, "--max-age", "0", code=None)
    assert "HTTP 401" in first.out
    for words in (ASKS_NOBODY, ("apply", *YOUNG, "--auto-approve"), ("plan", *YOUNG)):
        team.requests.clear()
        again = ana(*words, code=None)
        assert "HTTP 401" in again.out and "Not contacted" not in again.out
        assert len(team.asked("/models")) == 1
    (ledger,) = Path(ana.environ["HOME"]).rglob("ledger.sqlite3")
    assert b"the body of a failure" not in ledger.read_bytes()
    assert ana("status", "--format", "json").json["endpoints"][0]["listed"], "the time of the last list stays"
    team.lists("gpt")
    team.requests.clear()
    ana(*ASKS_NOBODY)
    assert len(team.asked("/models")) == 1
    assert SAYS_THE_DEFAULT in ana(*ASKS_NOBODY).out
    assert len(team.asked("/models")) == 1


def test_an_apply_that_is_declined_records_the_failure_too(ana, team, terminal) -> None:
    ana.write(ana.folder.joinpath("gateway.yaml").read_text().replace("models: [llama]", "models: [llama, llama-2]"))
    refuses(team)
    assert terminal(ana.command("apply", *MACHINE), ana.folder, ana.environ).ends("n") == 1
    team.requests.clear()
    assert "HTTP 401" in ana(*ASKS_NOBODY, code=None).out
    assert team.asked("/models")


def test_a_plan_that_failed_records_nothing(ana, team) -> None:
    (ledger,) = Path(ana.environ["HOME"]).rglob("ledger.sqlite3")
    refuses(team)
    before = ledger.read_bytes()
    assert "HTTP 401" in ana("plan", *MACHINE, code=None).out
    assert ledger.read_bytes() == before


def test_a_ledger_of_version_7_has_no_failures(ana, team) -> None:
    (ledger,) = Path(ana.environ["HOME"]).rglob("ledger.sqlite3")
    rows = sqlite3.connect(ledger)
    kept = rows.execute("SELECT stack, applied, digest, lists, resolved FROM snapshot").fetchall()
    rows.execute("DROP TABLE snapshot")
    rows.execute(TABLES[7].split(";\n")[0])
    rows.executemany("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?)", kept)
    rows.execute("PRAGMA user_version=7")
    rows.commit()
    rows.close()
    assert SAYS_THE_DEFAULT in ana(*ASKS_NOBODY).out
    assert not team.requests


def another_url(text: str) -> str:
    return text.replace("TEAM'", "TEAM/v2'")


def another_key(text: str) -> str:
    return text.replace("K1", "K2")


@pytest.mark.parametrize("change", [another_url, another_key])
def test_another_url_or_key_reference_is_tested(change: Callable[[str], str], ana, gwctl, team, laptop) -> None:
    team.lists("gpt", path="/v2/models")
    write(gwctl, team, laptop, change(KEYED))
    gwctl("apply", "--scope", "shared", "--auto-approve", K1="sk-pipeline", K2="sk-pipeline")
    team.requests.clear()
    ana("apply", *YOUNG, "--auto-approve", "--allow-host", "team")
    assert team.requests


def test_a_machine_that_never_fetched_the_list_does(ana, person, team) -> None:
    ben = person("ben")
    ben("apply", *YOUNG, "--auto-approve", K1="sk-ben")
    assert team.requests


@pytest.mark.parametrize("options", [YOUNG, MACHINE])
def test_a_key_that_is_missing_is_said(options: tuple[str, ...], ana, team) -> None:
    ana("apply", *options, "--auto-approve")
    assert not team.requests
    del ana.environ["K1"]
    result = ana("apply", *options, "--auto-approve", code=1)
    assert "Not contacted: list fetched" not in result.out
    assert "K1" in result.out + result.err
    assert not team.requests, "there is no key to contact the endpoint with"


def test_a_list_that_a_person_accepts_is_fetched(ana, team) -> None:
    ana("apply", *MACHINE, "--auto-approve", "--accept-catalog", "team")
    assert team.asked("/models")


@pytest.mark.parametrize("options", [("--scope", "shared"), ("--scope", "all"), (), (*MACHINE, "--no-keys")])
def test_it_is_for_the_scope_of_the_machine(options: tuple[str, ...], ana) -> None:
    result = ana("plan", *options, "--max-age", "12h", "--format", "json", code=1)
    assert [diagnostic["code"] for diagnostic in result.json["diagnostics"]] == ["NOT_FOR_SCOPE"]


def test_without_the_option_an_apply_of_the_machine_that_asks_nobody_uses_twelve_hours(ana, team, laptop) -> None:
    make_older(ana, timedelta(hours=11, minutes=59))
    result = ana(*ASKS_NOBODY)
    assert "Not contacted: list fetched 11 hours ago (--max-age)" in result.out
    assert result.out.count(SAYS_THE_DEFAULT) == 1
    document = ana(*ASKS_NOBODY, "--format", "json").json
    notes = [each for each in document["diagnostics"] if each["code"] == "RECENT_LIST"]
    (said,) = (each for each in notes if each["address"] is None)
    assert said["severity"] == "note"
    assert ana(*ASKS_NOBODY, "-v").out.count("--max-age 0") == 1
    assert document["complete"]
    assert not team.requests
    assert laptop.requests
    make_older(ana, timedelta(hours=12, minutes=1))
    assert "--max-age" not in ana(*ASKS_NOBODY).out
    assert len(team.asked("/models")) == 1


def test_the_default_scope_of_a_shared_state_has_the_default_age(gwctl, team, laptop, person, http_place) -> None:
    write(gwctl, team, laptop, KEYED + f"state: '{http_place.url}'\n")
    ana = person("ana")
    ana.environ |= {"K1": "sk-ana"} | http_place.environ
    gwctl("apply", "--scope", "shared", "--auto-approve", K1="sk-pipeline", **http_place.environ)
    ana("apply", "--auto-approve", "--trust", "file")
    team.requests.clear()
    assert SAYS_THE_DEFAULT in ana("apply", "--auto-approve").out
    assert not team.requests
    ana("plan")
    assert team.requests


def test_zero_contacts_all_endpoints(ana, team) -> None:
    result = ana(*ASKS_NOBODY, "--max-age", "0")
    assert "--max-age" not in result.out
    assert len(team.asked("/models")) == 1
    ana("plan", *MACHINE, "--max-age", "0")
    assert len(team.asked("/models")) == 2


@pytest.mark.parametrize("words", [("plan", *MACHINE), ("test",), ("apply", *MACHINE)])
def test_a_person_expects_a_test(words: tuple[str, ...], ana, team, terminal) -> None:
    if words[0] == "apply":
        ana.write(
            ana.folder.joinpath("gateway.yaml").read_text().replace("models: [llama]", "models: [llama, llama-2]")
        )
        assert terminal(ana.command(*words), ana.folder, ana.environ).ends("y") == 0
    else:
        assert "Not contacted" not in ana(*words).out
    assert team.requests


@pytest.mark.parametrize("scope", ["shared", "all"])
def test_other_scopes_have_no_default(scope: str, ana, team) -> None:
    ana("apply", "--scope", scope, "--auto-approve")
    assert team.requests


def test_by_default_another_key_reference_is_tested(ana, gwctl, team, laptop) -> None:
    write(gwctl, team, laptop, another_key(KEYED))
    gwctl("apply", "--scope", "shared", "--auto-approve", K2="sk-pipeline")
    team.requests.clear()
    ana(*ASKS_NOBODY, "--allow-host", "team")
    assert team.requests


@pytest.fixture
def storing(gwctl, team, laptop, person, keychain) -> Gwctl:
    """A machine that has contacted the team's endpoint and has stored its key."""
    write(gwctl, team, laptop, KEYED.replace("{env: K1}", "{env: K1}, store_key: keyring"))
    result: Gwctl = person("ana")
    result.environ |= {"K1": "sk-ana"} | keychain.environ
    gwctl("apply", "--scope", "shared", "--auto-approve", K1="sk-pipeline")
    result(*ASKS_NOBODY)
    assert list(keychain.entries.values()) == ["sk-ana"]
    team.requests.clear()
    return result


def test_a_new_key_is_tested_before_it_is_stored(storing, keychain, team) -> None:
    assert SAYS_THE_DEFAULT in storing(*ASKS_NOBODY).out
    assert not team.requests
    for options in ((), ("--max-age", "12h")):
        key = f"sk-new-{len(options)}"
        storing(*ASKS_NOBODY, *options, K1=key)
        assert list(keychain.entries.values()) == [key]
        assert team.requests[-1].headers["authorization"] == f"Bearer {key}"


def test_a_key_that_is_no_longer_set_stays_stored_and_is_not_tested(storing, keychain, team) -> None:
    del storing.environ["K1"]
    assert SAYS_THE_DEFAULT in storing(*ASKS_NOBODY).out
    assert list(keychain.entries.values()) == ["sk-ana"]
    assert not team.requests


def test_a_key_that_is_to_be_stored_from_now_on_is_tested(ana, gwctl, keychain, team, laptop) -> None:
    ana.environ |= keychain.environ
    write(gwctl, team, laptop, KEYED.replace("{env: K1}", "{env: K1}, store_key: keyring"))
    gwctl("apply", "--scope", "shared", "--auto-approve", K1="sk-pipeline")
    team.requests.clear()
    ana(*ASKS_NOBODY)
    assert list(keychain.entries.values()) == ["sk-ana"]
    assert team.requests


@pytest.mark.parametrize("age", ["12", "0h", "-1h", "1.5h", "12 h", "1w", ""])
def test_an_age_has_a_number_and_a_unit(age: str, ana) -> None:
    result = ana("plan", *MACHINE, f"--max-age={age}", code=None)
    assert result.code != 0
    assert "write 0, or a number with s, m, h or d (at most 9999d), such as 15m or 12h" in result.err


def test_a_saved_plan_has_its_lists(ana) -> None:
    ana("plan", *YOUNG, "--out", "young.plan")
    result = ana("apply", "young.plan", "--max-age", "12h", code=None)
    assert result.code != 0
    assert "give --max-age to `gwctl plan --out FILE`" in result.err + result.out
    assert ana("apply", "young.plan", "--max-age", "0", code=None).code != 0
    assert "No changes" in ana("apply", "young.plan").out


def test_a_program_says_it_too(ana, team, laptop, monkeypatch) -> None:
    make_older(ana, timedelta(hours=2, minutes=1))
    for name, value in ana.environ.items():
        monkeypatch.setenv(name, value)
    gateway = api.load(ana.folder / "gateway.yaml", environ=ana.environ)
    young = api.plan(gateway, scope="machine", max_age=timedelta(hours=12))
    assert (young.changes, young.complete) == ((), True)
    assert not team.requests
    assert laptop.requests
    api.plan(gateway, scope="machine", max_age=timedelta(hours=1))
    assert team.requests
    with pytest.raises(api.GatewayError, match="only for the scope of this machine"):
        api.plan(gateway, scope="shared", max_age=timedelta(hours=12))


@pytest.mark.parametrize(("command", "default"), [("plan", "0"), ("apply", "12h with --auto-approve, else 0")])
def test_the_help_of_each_command_has_its_own_default(command: str, default: str, gwctl) -> None:
    said = " ".join(gwctl(command, "--help").out.split())
    assert f"0 contacts all (default: {default})." in said
