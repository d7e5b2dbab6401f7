"""One state for everybody, in a real PostgreSQL: the pipeline writes it, machines take it, nobody loses anything."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.test_scopes import FILE, changes, laptop, person, recorded, team, write
from tests.state.places.postgresql_place import postgresql_place
from tests.support.command import Gwctl
from tests.support.scripted import Reply

__all__ = ["laptop", "person", "postgresql_place", "team"]
KEYED = (
    FILE.replace("models: [gpt]", "models: [gpt-0], key: {env: K}")
    .replace(", embedding: team/embed", "")
    .replace("team/gpt]", "team/gpt-0]")
)


@pytest.fixture
def shared(gwctl, postgresql_place) -> Gwctl:
    """The command with a state in PostgreSQL, which the gateway file names."""
    gwctl.environ |= postgresql_place.environ
    gwctl.url = postgresql_place.url
    return gwctl


@pytest.fixture
def member(shared, person) -> Callable[[str], Gwctl]:
    """Another machine of the team."""

    def make(name: str) -> Gwctl:
        result = person(name)
        result.environ |= {key: value for key, value in shared.environ.items() if key.startswith("PG")}
        return result

    return make


def written(gwctl, team, laptop, text: str = FILE) -> None:
    write(gwctl, team, laptop, text.replace("name: acme\n", f"name: acme\nstate: '{gwctl.url}'\n"))


def serial(gwctl) -> int:
    return gwctl("state", "list", "--format", "json").json["serial"]


def test_the_default_scope_is_the_machine_s_and_the_pipeline_says_shared(shared, team, laptop, member) -> None:
    written(shared, team, laptop)
    assert "Nothing has been applied to the shared state yet" in shared("apply", "--auto-approve", code=1).out
    shared("apply", "--scope", "shared", "--auto-approve")
    ana = member("ana")
    result = ana("apply", "--auto-approve", "--format", "json")
    assert changes(result) == {
        "machine endpoint.laptop": "create",
        "machine model.laptop/llama": "create",
        "machine default.chat": "create",
    }
    assert "No changes" in ana("plan").out
    assert serial(shared) == 1


def test_tools_are_given_the_machine_s_default_before_everybody_s(shared, team, laptop, member) -> None:
    written(shared, team, laptop)
    shared("apply", "--scope", "shared", "--auto-approve")
    ana, ben = member("ana"), member("ben")
    ana("apply", "--auto-approve")
    assert ana("env", "--format", "json").json["model"] == "llama"
    assert ben("env", "--format", "json").json["model"] == "gpt"


def test_both_at_once_with_scope_all(shared, team, laptop) -> None:
    written(shared, team, laptop)
    shared("plan", "--scope", "all", "--out", "all.plan")
    result = shared("apply", "--scope", "all", "--auto-approve", "--format", "json")
    both = changes(result)
    assert both["shared default.chat"] == both["machine default.chat"] == "create"
    assert all(change["result"] == "done" for change in result.json["changes"])
    for scope in ("all", "shared", "machine"):
        assert "No changes" in shared("plan", "--scope", scope).out
    plan = shared("show", "all.plan").out
    assert "+ default chat  team/gpt  (config: the first candidate that is available)" in plan
    assert "+ default chat  laptop/llama  (this machine; config: the first candidate that is available)" in plan
    assert "scope: this machine" in shared("plan").out
    assert recorded(shared, "--machine") == ["endpoint.laptop", "model.laptop/llama", "default.chat"]


def test_five_people_with_keys_that_list_14_and_9_models_alternate_and_nothing_flaps(
    shared, team, laptop, member
) -> None:
    def by_key(request):
        number = {"Bearer sees-all": 14, "Bearer sees-some": 9}[request.headers["authorization"]]
        return Reply(body={"data": [{"id": f"gpt-{each}"} for each in range(number)]})

    team.routes["/models"] = by_key
    written(shared, team, laptop, KEYED)
    shared("apply", "--scope", "shared", "--auto-approve", K="sees-all")
    before = shared("state", "pull").out
    people = [(member(str(number)), ("sees-all", "sees-some")[number % 2]) for number in range(5)]
    for _ in range(3):
        for ana, key in people:
            ana("apply", "--auto-approve", K=key)
    for ana, key in people:
        assert "No changes" in ana("plan", K=key).out
    assert shared("state", "pull").out == before
    assert serial(shared) == 1
    assert "9 of the 14 shared models" in people[1][0]("plan", K="sees-some").out


def test_two_pipelines_at_once_one_wins_and_the_other_says_who_and_when(shared, team, laptop) -> None:
    written(shared, team, laptop)
    shared("plan", "--scope", "shared", "--out", "one.plan")
    shared("plan", "--scope", "shared", "--out", "two.plan")
    both = [
        subprocess.Popen(
            shared.command("apply", name),
            cwd=shared.folder,
            env=shared.environ | {"GITHUB_RUN_ID": run, "GITHUB_REPOSITORY": "acme/ai"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, run in (("one.plan", "1"), ("two.plan", "2"))
    ]
    outs = [each.communicate()[0] for each in both]
    codes = [each.returncode for each in both]
    assert sorted(codes) == [0, 1], outs
    winner = codes.index(0) + 1
    assert f"by run {winner} of acme/ai" in outs[codes.index(1)]
    assert serial(shared) == 1


def test_a_pipeline_killed_while_it_holds_the_lock_needs_no_human(shared, team, laptop) -> None:
    written(shared, team, laptop)
    holding = (
        "import os, sys, time; from pathlib import Path; from reconciler.engine.stack.open_store import open_store\n"
        "from tests.support.bindings import agreed_store\n"
        "binding = agreed_store(sys.argv[1], os.environ)\n"
        "with open_store(sys.argv[1], Path(), os.environ, binding).lock():\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    command = [*shared.command()[:1], "-c", holding, shared.url]
    with subprocess.Popen(command, env=shared.environ, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"held\n"
        killed.send_signal(signal.SIGKILL)
    began = time.monotonic()
    shared("apply", "--scope", "shared", "--auto-approve")
    assert time.monotonic() - began < 60
    assert serial(shared) == 1


def test_a_state_moves_from_a_file_into_the_shared_store_and_is_divided_by_the_next_apply(
    shared, team, laptop, member
) -> None:
    write(shared, team, laptop)
    shared("apply", "--auto-approve")
    pulled = shared("state", "pull").out
    written(shared, team, laptop)
    shared("state", "push", "-", stdin=pulled)
    assert serial(shared) == 1
    result = shared("apply", "--scope", "shared", "--auto-approve", "--format", "json")
    assert changes(result)["shared endpoint.laptop"] == "forget"
    ana = member("ana")
    ana("apply", "--auto-approve")
    assert "No changes" in ana("plan").out
    assert "No changes" in shared("plan", "--scope", "shared").out


def test_a_store_that_is_down_stops_everything_before_the_first_effect(shared, team, laptop, keychain) -> None:
    shared.url = "postgresql://nobody@127.0.0.1:1/none"
    written(shared, team, laptop)
    for words in (("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve")):
        document = shared(*words, "--format", "json", code=1).json
        assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["STATE_UNREADABLE"]
    assert (team.requests, laptop.requests, keychain.entries) == ([], [], {})


def test_a_wrong_password_is_nowhere(shared, team, laptop) -> None:
    written(shared, team, laptop)
    shared.environ["PGPASSWORD"] = "quokka-7351-zebra-fjord"
    for words in (("plan", "-v"), ("plan", "--format", "json"), ("doctor", "-v"), ("state", "unlock", "-v")):
        result = shared(*words, code=1)
        assert "quokka" not in result.out + result.err
        assert "zebra" not in result.out + result.err
        assert "PGPASSWORD" in result.out + result.err


def test_the_key_of_a_machine_s_endpoint_is_kept_by_the_machine(shared, team, laptop, keychain) -> None:
    keyed = FILE.replace("models: [llama]", "models: [llama], key: {env: K}, store_key: keyring")
    written(shared, team, laptop, keyed)
    shared("apply", "--scope", "shared", "--auto-approve", K="quokka")
    assert keychain.entries == {}
    shared("apply", "--auto-approve", K="quokka")
    assert keychain.entries == {"gwctl:acme laptop": "quokka"}
    audited = shared("key", "audit", "--format", "json").json["entries"]
    assert [(each["address"], each["condition"]) for each in audited] == [("key.laptop", "kept")]
    written(shared, team, laptop, keyed.replace(", key: {env: K}, store_key: keyring", ""))
    shared("apply", "--auto-approve")
    assert keychain.entries == {}
