"""The Python API: what the command line does, without its environment, its terminal and its output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import api
from reconciler.api import Gateway, GatewayError, Plan, apply, load, plan
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer
from tests.support.state_server import StateServer

ROOT = Path(__file__).parents[2]
KEY = "quokka-7351-zebra-fjord"
GOOD, OTHER = "http://llm.acme.example", "http://llm.other.example"
FILE = """
version: 1
name: acme
endpoints:
  team: {base_url: 'URL', key: {env: ACME_KEY}, insecure_http: true, models: [m], timeout: 5s}
"""


@pytest.fixture
def environ(gwctl: Gwctl, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with a key, and a proxy that writes down all that is sent to whichever host."""
    server.lists("m", "n")
    monkeypatch.chdir(gwctl.folder)
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME"):
        monkeypatch.setitem(os.environ, name, gwctl.environ[name])
    ours = {"ACME_KEY": KEY, "HTTP_PROXY": server.url, "http_proxy": server.url}
    gwctl.environ |= ours
    return ours


@pytest.fixture
def gateway(gwctl: Gwctl, environ: dict[str, str]) -> Callable[[str], Gateway]:
    """Writes the gateway file with that base URL, and loads it."""

    def make(url: str = GOOD, text: str = FILE) -> Gateway:
        gwctl.write(text.replace("URL", url))
        return load(environ=environ)

    return make


def codes(error: GatewayError) -> list[str]:
    return [diagnostic.code for diagnostic in error.diagnostics]


def addresses(proposed: Plan) -> list[str]:
    return [f"{change.action} {change.address}" for change in proposed.changes]


def test_importing_it_loads_the_standard_library_alone() -> None:
    code = "import sys, reconciler.api; print([n for n in sys.modules if n in sys.argv[1:]])"
    heavy = ["click", "deepdiff", "httpx", "keyring", "pydantic", "rich", "sqlite3", "stamina", "yaml"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_public_name_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert [name for name in api.__all__ if f"`{name}" not in page] == []


def test_an_environment_that_was_not_passed_is_not_read(gwctl, environ, server, monkeypatch) -> None:
    for name, value in environ.items():
        monkeypatch.setitem(os.environ, name, value)
    keyless = f"  open: {{base_url: '{OTHER}', insecure_http: true, models: [o], timeout: 2s}}\n"
    gwctl.write(FILE.replace("URL", GOOD) + keyless)
    proposed = plan(load(), allow_hosts=["team"])
    assert server.requests == []
    assert "MISSING_API_KEY" in [diagnostic.code for diagnostic in proposed.diagnostics]
    plan(load(environ=os.environ), allow_hosts=["team"])
    assert sorted(request.headers["host"] for request in server.requests) == ["llm.acme.example", "llm.other.example"]
    assert KEY in str([request.headers for request in server.requests])


def test_it_prints_nothing(gateway, capfd) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    assert tuple(capfd.readouterr()) == ("", "")


def test_it_plans_what_the_command_line_plans(gwctl, gateway) -> None:
    proposed = plan(gateway(), allow_hosts=["team"])
    printed = gwctl("plan", "--allow-host", "team", "--format", "json").json
    ours = json.loads(json.dumps(proposed.to_dict()))
    for document in (printed, ours):
        document["endpoints"][0].pop("latency_ms")
    assert ours == printed
    assert addresses(proposed) == [f"{change['action']} {change['address']}" for change in printed["changes"]]


def test_what_it_applied_the_command_line_finds_up_to_date(gwctl, gateway) -> None:
    outcome = apply(plan(gateway(), allow_hosts=["team"]))
    assert outcome.applied
    assert outcome.serial == gwctl.state["serial"] == 1
    gwctl("plan", "--allow-host", "team", "--detailed-exitcode")


def test_a_file_with_errors_raises_all_of_them(gwctl, environ) -> None:
    gwctl.write("version: 1\nname: A B\nendpoints: {x: {base_url: nothing, nonsense: 1}}\n")
    with pytest.raises(GatewayError) as caught:
        load()
    assert len(caught.value.diagnostics) >= 3
    assert all(diagnostic.source for diagnostic in caught.value.diagnostics)


def test_a_plan_that_is_declined_changes_nothing(gwctl, gateway) -> None:
    shown: list[Plan] = []
    proposed = plan(gateway(), allow_hosts=["team"])
    outcome = apply(proposed, decide=lambda asked: bool(shown.append(asked)))
    assert shown == [proposed]
    assert {result for _, result in outcome.results} == {"skipped"}
    assert not outcome.applied
    assert gwctl.state is None


def test_nobody_is_asked_about_a_plan_that_changes_nothing(gateway) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    outcome = apply(plan(gateway(), allow_hosts=["team"]), decide=lambda _: pytest.fail("there is nothing to decide"))
    assert (outcome.applied, outcome.results, outcome.serial) == (True, (), 1)


def test_changes_of_an_endpoint_whose_key_is_withheld_are_shown_and_not_applied(gwctl, gateway, server) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    server.requests.clear()
    proposed = plan(gateway(OTHER))
    assert "update endpoint.team" in addresses(proposed)
    assert [diagnostic.code for diagnostic in proposed.diagnostics if diagnostic.blocks_apply] == ["KEY_WITHHELD"]
    with pytest.raises(GatewayError) as caught:
        apply(proposed, decide=lambda _: pytest.fail("it cannot be applied, whatever is decided"))
    assert codes(caught.value) == ["PLAN_INCOMPLETE", "KEY_WITHHELD"]
    assert (gwctl.state["serial"], server.requests) == (1, [])
    assert apply(plan(gateway(OTHER), allow_hosts=["team"])).applied


TWO = FILE + "  needy: {preset: anthropic, key: {env: ABSENT}, models: [c]}\n"


def test_an_endpoint_whose_key_is_missing_stays_and_the_others_are_applied(gwctl, gateway) -> None:
    proposed = plan(gateway(text=TWO), allow_hosts=["team"])
    assert [diagnostic.address for diagnostic in proposed.diagnostics if diagnostic.blocks_apply] == ["endpoint.needy"]
    assert apply(proposed).applied
    assert gwctl.models() == ["model.team/m", "model.team/n"]


def test_the_guard_stops_what_it_stops_on_the_command_line(gwctl, gateway) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    empty = "version: 1\nname: acme\nendpoints: {}\n"
    outcome = apply(plan(gateway(text=empty)), decide=lambda _: pytest.fail("the guard stops it first"))
    assert {result for _, result in outcome.results} == {"blocked"}
    assert gwctl.state["serial"] == 1
    assert apply(plan(gateway(text=empty), allow_delete="team")).applied


def test_a_plan_is_applied_once(gwctl, gateway) -> None:
    proposed = plan(gateway(), allow_hosts=["team"])
    assert apply(proposed).applied
    again = apply(proposed)
    assert {result for _, result in again.results} == {"failed"}
    assert [diagnostic.code for diagnostic in again.diagnostics] == ["STATE_CHANGED"]
    assert gwctl.state["serial"] == 1


def test_what_was_loaded_is_planned_whatever_the_file_says_by_then(gwctl, gateway) -> None:
    loaded = gateway()
    gwctl.write("version: 1\nname: another\nendpoints: {}\n")
    assert "create endpoint.team" in addresses(plan(loaded, allow_hosts=["team"]))


@pytest.mark.parametrize(
    ("keyword", "code"), [({"accept_catalog": "nobody"}, "UNKNOWN_ENDPOINT"), ({"adopt": "x"}, "BAD_ADDRESS")]
)
def test_a_consent_that_reaches_nothing_is_an_error(gateway, keyword: dict[str, str], code: str) -> None:
    with pytest.raises(GatewayError) as caught:
        plan(gateway(), **keyword)
    assert codes(caught.value) == [code]


def test_without_keys_a_shared_state_is_planned_and_applied_only_with_what_was_agreed(
    gateway, state_servers: Callable[..., StateServer]
) -> None:
    """The state that others believe gets no place for a secret that nobody on this machine agreed to."""
    place = state_servers()
    text = FILE.replace("endpoints:", f"state: '{place.url}'\nendpoints:")
    proposed = plan(gateway(text=text), no_keys=True, scope="shared")
    assert "create endpoint.team" in addresses(proposed)
    with pytest.raises(GatewayError) as caught:
        apply(proposed)
    assert "KEY_WITHHELD" in codes(caught.value)
    assert apply(plan(gateway(text=text), no_keys=True, scope="shared", allow_hosts=["team"])).applied


def test_what_can_only_be_seen_offline_is_not_applied(gateway, state_servers) -> None:
    text = FILE.replace("endpoints:", f"state: '{state_servers().url}'\nendpoints:")
    proposed = plan(gateway(text=text), offline=True)
    assert "STATE_NOT_READ" in [diagnostic.code for diagnostic in proposed.diagnostics if diagnostic.blocks_apply]
    with pytest.raises(GatewayError) as caught:
        apply(proposed)
    assert codes(caught.value) == ["OFFLINE_STORE"]


def keys_sent(server: ScriptedServer) -> set[str]:
    """The hosts that were sent the key."""
    return {request.headers["host"] for request in server.requests if KEY in str(request.headers)}


@pytest.mark.parametrize("consent", [{"allow_hosts": ["team"]}, {"allow_hosts": "team"}, {"trust": "file"}])
@pytest.mark.parametrize("given_to", ["load", "plan"])
def test_a_consent_sends_the_key_of_a_host_that_is_not_bound_and_without_it_the_key_is_withheld(
    gwctl, environ, server, given_to: str, consent: dict[str, object]
) -> None:
    gwctl.write(FILE.replace("URL", GOOD))
    withheld = plan(load(environ=environ))
    assert ([diagnostic.code for diagnostic in withheld.diagnostics], server.requests) == (["KEY_WITHHELD"], [])
    agreed = plan(load(environ=environ, **consent)) if given_to == "load" else plan(load(environ=environ), **consent)
    assert keys_sent(server) == {"llm.acme.example"}
    assert (agreed.diagnostics, "create model.team/n" in addresses(agreed)) == ((), True)


def test_a_consent_is_for_one_run(gateway, server) -> None:
    loaded = gateway()
    assert apply(plan(loaded, allow_hosts=["team"])).applied
    server.requests.clear()
    assert "KEY_WITHHELD" in [diagnostic.code for diagnostic in plan(loaded).diagnostics]
    assert server.requests == []


def test_trust_in_the_state_sends_the_key_where_the_shared_state_records_it(
    gwctl, environ, server, state_servers: Callable[..., StateServer]
) -> None:
    gwctl.write(FILE.replace("URL", GOOD))
    loaded = load(environ=environ, state=state_servers().url)
    assert apply(plan(loaded, scope="shared", allow_hosts="team")).applied
    server.requests.clear()
    plan(loaded, scope="shared", trust=["state"])
    assert keys_sent(server) == {"llm.acme.example"}
    server.requests.clear()
    gwctl.write(FILE.replace("URL", OTHER))
    plan(load(environ=environ, state=loaded._options.state), scope="shared", trust=["state"])
    assert server.requests == []


def test_a_consent_to_an_apply_makes_the_changes_that_the_plan_shows(gwctl, gateway, server) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    server.requests.clear()
    proposed = plan(gateway(OTHER))
    assert server.requests == []
    outcome = apply(proposed, decide=lambda asked: asked is proposed, allow_hosts="team")
    assert [f"{change.action} {change.address} {result}" for change, result in outcome.results] == [
        "update endpoint.team done"
    ]
    assert keys_sent(server) == {"llm.other.example"}
    assert gwctl.state["serial"] == 2


def test_a_consent_to_an_apply_that_would_change_something_else_changes_nothing(gwctl, gateway, server) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    proposed = plan(gateway(OTHER))
    server.lists("m", "n", "new")
    with pytest.raises(GatewayError) as caught:
        apply(proposed, trust="file")
    assert codes(caught.value) == ["PLAN_INCOMPLETE"]
    assert gwctl.state["serial"] == 1


def test_a_consent_to_an_apply_of_a_plan_for_an_older_state_changes_nothing(gwctl, gateway) -> None:
    apply(plan(gateway(), allow_hosts=["team"]))
    proposed = plan(gateway(OTHER))
    apply(plan(gateway(text=FILE.replace("[m]", "[m, z]")), allow_hosts=["team"]))
    with pytest.raises(GatewayError) as caught:
        apply(proposed, allow_hosts=["team"])
    assert codes(caught.value) == ["PLAN_STALE"]
    assert gwctl.state["serial"] == 2


@pytest.mark.parametrize(
    ("keyword", "code"), [({"trust": "flie"}, "BAD_VALUE"), ({"allow_hosts": "nobody"}, "UNKNOWN_ENDPOINT")]
)
def test_each_function_refuses_a_consent_that_reaches_nothing(gateway, keyword: dict[str, str], code: str) -> None:
    loaded = gateway()
    proposed = plan(loaded)
    for call in (lambda: load(**keyword), lambda: plan(loaded, **keyword), lambda: apply(proposed, **keyword)):
        with pytest.raises(GatewayError) as caught:
            call()
        assert codes(caught.value) == [code]
