"""The models held by a short list are recorded even when nothing else changes; a later list would delete them."""

from __future__ import annotations

import json

import pytest

LISTED = ("a", "b", "c", "d")
MORE = tuple(f"new-{number}" for number in range(20))


def gateway(url: str, head: str = "", scope: str = "") -> str:
    return f"version: 1\nname: acme\n{head}endpoints:\n  it: {{base_url: '{url}', timeout: 20s{scope}}}\n"


def held_in(state: dict) -> list[str]:
    (result,) = [resource for resource in state["resources"] if resource["kind"] == "endpoint"]
    return result["facts"]["held"]


def codes(result) -> list[str]:
    return [diagnostic["code"] for diagnostic in result.json["diagnostics"]]


def test_an_apply_whose_only_news_is_what_is_held_records_it(gwctl, server) -> None:
    server.lists(*LISTED)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve")
    server.lists("a")
    assert (
        "an apply records which models are missing from a short list, even if nothing else changes" in gwctl("plan").out
    )
    assert gwctl("plan", "--detailed-exitcode").code == 0
    before = gwctl.state
    applied = gwctl("apply")
    assert "Recorded; nothing else to do. The state is at serial 2" in applied.out
    assert held_in(gwctl.state) == ["b", "c", "d"]
    assert {name: gwctl.state[name] for name in ("lineage", "wants")} == {
        name: before[name] for name in ("lineage", "wants")
    }
    again = gwctl("apply", "--format", "json")
    assert "TO_BE_RECORDED" not in codes(again)
    assert gwctl.state["serial"] == 2
    server.lists("a", *MORE)
    plan = gwctl("plan", "--format", "json").json
    assert not [change for change in plan["changes"] if change["action"] == "delete"], "nobody accepted that they go"


def test_it_is_forgotten_once_the_list_has_them_again(gwctl, server) -> None:
    server.lists(*LISTED)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve")
    server.lists("a")
    gwctl("apply")
    server.lists(*LISTED)
    gwctl("apply")
    assert held_in(gwctl.state) == []


def test_a_saved_plan_records_it_too(gwctl, server) -> None:
    server.lists(*LISTED)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve")
    server.lists("a")
    gwctl("plan", "--out", "p.plan")
    gwctl("apply", "p.plan")
    assert held_in(gwctl.state) == ["b", "c", "d"]
    gwctl("apply", "p.plan", code=1)


def test_a_machine_s_own_endpoint_too(gwctl, server, state_servers) -> None:
    """Its records are the ledger's."""
    server.lists(*LISTED)
    head = f"state: {state_servers().url}/states/acme\n"
    team = f"  team: {{base_url: '{server.url}', scope: shared, discover: false, models: [x]}}\n"
    gwctl.write(gateway(server.url, head, ", scope: machine") + team)
    gwctl("apply", "--auto-approve", "--scope", "all")
    server.lists("a")
    assert "TO_BE_RECORDED" in codes(gwctl("apply", "--scope", "all", "--format", "json"))
    assert "TO_BE_RECORDED" not in codes(gwctl("plan", "--scope", "all", "--format", "json"))
    server.lists("a", *MORE)
    plan = json.loads(gwctl("plan", "--scope", "all", "--format", "json").out)
    assert not [change for change in plan["changes"] if change["action"] == "delete"]


@pytest.mark.parametrize("listed", [(), LISTED])
def test_a_list_that_says_nothing_new_writes_nothing(gwctl, server, listed: tuple[str, ...]) -> None:
    server.lists(*LISTED)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve")
    server.lists(*listed)
    gwctl("apply")
    first = gwctl.state_file.read_bytes()
    gwctl("apply")
    assert gwctl.state_file.read_bytes() == first
