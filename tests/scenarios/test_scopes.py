"""The scopes: the pipeline writes what everyone shares, each machine what belongs to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.support.older_ledger import make_older

FILE = """\
version: 1
name: acme
endpoints:
  team: {base_url: 'TEAM', scope: shared, timeout: 1s, models: [gpt]}
  laptop: {base_url: 'LAPTOP', timeout: 1s, models: [llama]}
defaults: {chat: [laptop/llama, team/gpt], embedding: team/embed}
"""


@pytest.fixture
def person(gwctl, tmp_path) -> Callable[[str], Gwctl]:
    """Another person's machine, with the same clone and the same state."""

    def make(name: str) -> Gwctl:
        home = tmp_path / f"home-{name}"
        home.mkdir()
        return Gwctl(gwctl.folder, home, gwctl.warm)

    return make


@pytest.fixture
def team(servers):
    """The team's endpoint."""
    result = servers()
    result.lists("gpt", "gpt-large", "embed")
    return result


@pytest.fixture
def laptop(servers):
    """The endpoint of this machine."""
    result = servers()
    result.lists("llama")
    return result


def write(gwctl, team, laptop, text: str = FILE) -> None:
    gwctl.write(text.replace("TEAM", team.url).replace("LAPTOP", laptop.url))


def recorded(gwctl, *options: str) -> list[str]:
    return [resource["address"] for resource in gwctl("state", "list", "--format", "json", *options).json["resources"]]


def changes(result) -> dict[str, str]:
    return {f"{change['scope']} {change['address']}": change["action"] for change in result.json["changes"]}


def test_the_pipeline_writes_what_everybody_shares_and_no_more(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    assert recorded(gwctl) == [
        "endpoint.team",
        "model.team/gpt",
        "model.team/embed",
        "model.team/gpt-large",
        "default.chat",
        "default.embedding",
    ]
    assert gwctl.state["resources"][-2]["attributes"] == {"model": "team/gpt"}
    assert not laptop.requests
    assert recorded(gwctl, "--machine") == []
    assert "No changes" in gwctl("plan", "--scope", "shared").out
    assert not list((Path(gwctl.environ["HOME"])).rglob("*.sqlite3"))


def test_a_machine_takes_the_rest_from_the_state_and_writes_only_its_own(gwctl, team, laptop, person) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    ana = person("ana")
    team.lists("gpt")
    result = ana("apply", "--scope", "machine", "--auto-approve", "--format", "json")
    assert changes(result) == {
        "machine endpoint.laptop": "create",
        "machine model.laptop/llama": "create",
        "machine default.chat": "create",
    }
    assert gwctl.state_file.read_bytes() == before
    assert recorded(ana, "--machine") == ["endpoint.laptop", "model.laptop/llama", "default.chat"]
    assert {diagnostic["code"] for diagnostic in result.json["diagnostics"]} == {"LISTS_DIFFER"}
    assert "No changes" in ana("plan", "--scope", "machine").out


def test_five_people_whose_keys_list_14_and_9_models_change_nothing_that_is_shared(gwctl, team, laptop, person) -> None:
    def by_key(request):
        from tests.support.scripted import Reply

        number = 14 if request.headers.get("authorization", "").endswith("all") else 9
        return Reply(body={"data": [{"id": f"gpt-{each}"} for each in range(number)]})

    team.routes["/models"] = by_key
    keyed = FILE.replace("models: [gpt]", "key: {env: K}")
    write(gwctl, team, laptop, keyed[: keyed.index("defaults:")])
    gwctl("apply", "--scope", "shared", "--auto-approve", K="sees-all")
    before = gwctl.state_file.read_bytes()
    people = [(person(str(number)), ("sees-all", "sees-some")[number % 2]) for number in range(5)]
    for _ in range(2):
        for ana, key in people:
            ana("apply", "--scope", "machine", "--auto-approve", K=key)
            assert "No changes" in ana("plan", "--scope", "machine", K=key).out
    assert gwctl.state_file.read_bytes() == before


def test_a_machine_says_so_where_nothing_is_shared_yet(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    out = gwctl("plan", "--scope", "machine", code=1).out
    assert "Nothing has been applied to the shared state yet" in out
    assert "gwctl apply --scope shared" in out
    assert not team.requests + laptop.requests


def test_what_is_merged_and_not_applied_yet_is_not_asked(gwctl, team, laptop, servers) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    new = servers()
    new.lists("gpt")
    keyed = FILE.replace("models: [gpt]", "models: [gpt], key: {env: K}")
    write(gwctl, new, laptop, keyed.replace("  laptop", "  fresh: {base_url: 'TEAM', scope: shared}\n  laptop"))
    document = gwctl("apply", "--scope", "machine", "--auto-approve", "--format", "json", K="quokka").json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]].count("NOT_APPLIED_YET") == 2
    assert not new.requests
    assert {endpoint["name"]: endpoint["status"] for endpoint in document["endpoints"]} == {
        "team": "skipped",
        "fresh": "skipped",
        "laptop": "listed",
    }


def test_a_key_that_the_endpoint_refuses_is_this_person_s_error_and_changes_nothing(gwctl, team, laptop) -> None:
    from tests.support.scripted import Reply

    write(gwctl, team, laptop, FILE.replace("models: [gpt]", "models: [gpt], key: {env: K}"))
    gwctl("apply", "--scope", "shared", "--auto-approve", K="quokka")
    before = gwctl.state_file.read_bytes()
    team.routes["/models"] = Reply(status=401)
    document = gwctl("apply", "--scope", "machine", "--auto-approve", "--format", "json", code=1, K="zebra").json
    assert "INVALID_API_KEY" in [diagnostic["code"] for diagnostic in document["diagnostics"]]
    assert document["applied"] is True
    assert gwctl.state_file.read_bytes() == before


def test_loopback_endpoints_of_a_state_that_becomes_shared_are_handed_to_the_machines(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--auto-approve")
    assert "endpoint.laptop" in recorded(gwctl)
    assert "each machine records its own" in gwctl("plan", "--scope", "shared").out
    result = gwctl("apply", "--scope", "shared", "--auto-approve", "--format", "json")
    assert changes(result)["shared endpoint.laptop"] == "forget"
    assert changes(result)["shared default.chat"] == "update"
    assert "endpoint.laptop" not in recorded(gwctl)
    gwctl("apply", "--scope", "machine", "--auto-approve")
    assert recorded(gwctl, "--machine") == ["endpoint.laptop", "model.laptop/llama", "default.chat"]


def test_what_is_protected_is_not_handed_over_unasked(gwctl, team, laptop) -> None:
    protected = FILE.replace("scope: shared, timeout: 1s, models: [gpt]", "scope: SCOPE, protect: true, models: [gpt]")
    write(gwctl, team, laptop, protected.replace("SCOPE", "shared"))
    gwctl("apply", "--scope", "shared", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    write(gwctl, team, laptop, protected.replace("SCOPE", "machine").replace(", embedding: team/embed", ""))
    document = gwctl("apply", "--scope", "shared", "--auto-approve", "--format", "json", code=1).json
    assert "PROTECTED" in [diagnostic["code"] for diagnostic in document["diagnostics"]]
    assert gwctl.state_file.read_bytes() == before


def test_an_endpoint_that_becomes_everybody_s_leaves_the_machine(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    write(gwctl, team, laptop, FILE.replace("'LAPTOP',", "'LAPTOP', scope: shared,"))
    gwctl("apply", "--scope", "shared", "--auto-approve")
    result = gwctl("apply", "--scope", "machine", "--auto-approve", "--format", "json")
    assert changes(result)["machine endpoint.laptop"] == "forget"
    assert recorded(gwctl, "--machine") == []


def test_a_machine_s_endpoint_goes_with_its_models_and_default(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    without = "".join(line for line in FILE.splitlines(keepends=True) if "LAPTOP" not in line)
    write(gwctl, team, laptop, without.replace("laptop/llama, ", ""))
    result = gwctl("apply", "--scope", "machine", "--auto-approve", "--format", "json")
    assert changes(result) == {
        "machine endpoint.laptop": "delete",
        "machine model.laptop/llama": "delete",
        "machine default.chat": "delete",
    }
    assert recorded(gwctl, "--machine") == []


def test_an_outage_of_the_machine_s_own_server_changes_nothing(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    laptop.close()
    team.close()
    assert "Nothing to do" in gwctl("apply", "--scope", "machine", "--auto-approve").out
    assert recorded(gwctl, "--machine") == ["endpoint.laptop", "model.laptop/llama", "default.chat"]


def test_a_machine_destroys_only_its_own(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    gwctl("destroy", "--scope", "machine", "--auto-approve")
    assert gwctl.state_file.read_bytes() == before
    assert recorded(gwctl, "--machine") == []
    gwctl("destroy", "--scope", "shared", "--auto-approve")
    assert recorded(gwctl) == []


def test_a_saved_plan_of_a_machine_is_used_up_there(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("plan", "--scope", "machine", "--out", "p.plan")
    gwctl("apply", "p.plan")
    document = gwctl("apply", "p.plan", "--format", "json", code=1).json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["PLAN_USED"]
    assert "made with --scope machine" in gwctl("apply", "p.plan", "--scope", "shared", code=1).out


def test_two_machines_and_one_ledger_at_once_lose_nothing(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("plan", "--scope", "machine", "--out", "p.plan")
    laptop.lists("llama", "phi")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    assert gwctl("apply", "p.plan", "--format", "json", code=1).json["applied"] is False
    assert "model.laptop/phi" in recorded(gwctl, "--machine")


def test_a_ledger_of_before_is_read_as_it_is_and_upgraded_by_the_first_write(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    ledger = next(Path(gwctl.environ["HOME"]).rglob("*.sqlite3"))
    make_older(ledger, 1)
    before = ledger.read_bytes()
    assert gwctl("plan", "--scope", "machine", "--format", "json").json["summary"]["create"] == 3
    assert ledger.read_bytes() == before
    gwctl("apply", "--scope", "machine", "--auto-approve")
    assert recorded(gwctl, "--machine") == ["endpoint.laptop", "model.laptop/llama", "default.chat"]


def test_what_an_older_gwctl_recorded_of_this_machine_is_taken_over_by_agreeing(gwctl, team, laptop, terminal) -> None:
    """By the question alone: those rows name no place, and a typed name agrees to what is of this very store."""
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    ledger = next(Path(gwctl.environ["HOME"]).rglob("*.sqlite3"))
    make_older(ledger, 2)
    assert "are not used yet" in gwctl("plan", "--scope", "machine").out
    shown = terminal(gwctl.command("trust"), gwctl.folder, gwctl.environ)
    shown.until("[y/n]")
    shown.types("y\n")
    assert shown.ends() == 0
    assert "No changes" in gwctl("plan", "--scope", "machine").out


def test_a_machine_s_records_are_no_other_state_s(gwctl, team, laptop) -> None:
    write(gwctl, team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    gwctl("apply", "--scope", "machine", "--auto-approve")
    shutil.rmtree(gwctl.state_file.parent)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    assert recorded(gwctl, "--machine") == []


def test_where_everything_is_a_machine_s_an_apply_settles_as_well(gwctl, server, state_servers) -> None:
    """The rows of the ledger go by the lineage of a state, and nothing else would have begun one."""
    server.lists("m")
    own = f"{{base_url: '{server.url}', scope: machine}}"
    gwctl.write(f"version: 1\nname: acme\nstate: {state_servers().url}/states/acme\nendpoints:\n  it: {own}\n")
    gwctl("apply", "--auto-approve", "--scope", "all")
    assert "No changes" in gwctl("plan", "--scope", "all").out
    assert "No changes" in gwctl("plan").out
