"""An endpoint under another name, while something else goes wrong: nothing that was applied is lost."""

from __future__ import annotations

import re

import pytest

from tests.support.scripted import Reply

TWELVE = [f"gpt-4o-{number:02}" for number in range(12)]


def file(name: str, url: str, more: str = "", models: str = "") -> str:
    entry = f"  {name}: {{base_url: '{url}', timeout: 2s, key: {{env: GW_KEY}}, models: [{models}]}}\n"
    return f"version: 1\nname: acme\nendpoints:\n{entry}{more}"


@pytest.fixture
def acme(gwctl, server):
    """Applied under the name `litellm`, with thirteen models and a lock file."""
    server.lists(*TWELVE)
    gwctl.write(file("litellm", server.url, models="declared"))
    gwctl("lock", GW_KEY="sk-" + "a1b2" * 6)
    gwctl("apply", "--auto-approve", GW_KEY="sk-" + "a1b2" * 6)
    assert len(gwctl.models()) == 13
    return gwctl


def run(acme, *words: str, code: int | None = None):
    return acme(*words, code=code, GW_KEY="sk-" + "a1b2" * 6)


def recorded(acme) -> list[str]:
    return [resource["address"] for resource in acme.state["resources"]]


@pytest.mark.parametrize("models", ["", "declared"])
@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--locked",), None),
        (("--offline",), None),
        (("--no-keys",), None),
        ((), Reply(status=500, body="down")),
        ((), Reply(status=401, body={"error": {"message": "bad key", "code": "invalid_api_key"}})),
        ((), Reply(body={"data": []})),
        ((), Reply(body={"data": [{"id": "gpt-4o-00"}]})),
        ((), Reply(body={"data": [{"id": each} for each in TWELVE], "has_more": True})),
    ],
)
def test_whatever_keeps_the_new_name_from_being_seen_keeps_all_of_the_old_one(
    acme, server, words: tuple[str, ...], answer: Reply | None, models: str
) -> None:
    before = set(recorded(acme))
    if answer:
        server.answers(answer)
        server.answers(answer, path="/v1/models")
    acme.write(file("gw", server.url, models=models))
    for _again in range(2):
        run(acme, "apply", "--auto-approve", *words)
        assert before <= set(recorded(acme))
    assert "endpoint.litellm stays as recorded" in run(acme, "plan", *words).out


def test_the_line_that_a_rename_wants_is_ready_to_be_copied(acme, server) -> None:
    acme.write(file("gw", server.url))
    stopped = run(acme, "apply", "--auto-approve", code=1)
    assert "endpoint.litellm is the only recorded endpoint" in stopped.out
    line = re.search(r"`(moved: \[.*?\])`", stopped.out)
    assert line, stopped.out
    acme.write(file("gw", server.url, line[1] + "\n"))
    run(acme, "apply", "--auto-approve", code=0)
    assert {each.partition("/")[0] for each in acme.models()} == {"model.gw"}
    assert len(acme.models()) == 12
    assert "No changes" in run(acme, "plan", code=0).out


def test_the_last_endpoint_goes_only_by_name_or_with_destroy(acme, servers) -> None:
    """A guard that ignores one of one: octodns PR#207."""
    other = servers()
    other.lists("m")
    acme.write(file("other", other.url).replace(", key: {env: GW_KEY}", ""))
    before = acme.state_file.read_bytes()
    for words in (("apply", "--auto-approve"), ("plan", "--out", "p.plan")):
        out = run(acme, *words, code=1).out
        assert "--allow-delete endpoint.litellm" in out
        assert "removed: [{address: endpoint.litellm}]" in out
    run(acme, "apply", "p.plan", code=1)
    assert acme.state_file.read_bytes() == before
    run(acme, "apply", "--auto-approve", "--allow-delete", "endpoint.litellm", code=0)
    assert acme.models() == ["model.other/m"]
    run(acme, "destroy", "--auto-approve", code=0)
    assert recorded(acme) == []


def test_a_move_that_is_refused_costs_neither_name(acme, server) -> None:
    both = file("litellm", server.url) + f"  gw: {{base_url: '{server.url}', discover: false, models: [m]}}\n"
    acme.write(both)
    run(acme, "apply", "--auto-approve", code=0)
    before = set(recorded(acme))
    own = file("gw", server.url, models="m").replace("models", "discover: false, models")
    acme.write(own + "moved: [{from: endpoint.litellm, to: endpoint.gw}]\n")
    assert "cannot be moved" in run(acme, "apply", "--auto-approve", code=1).out
    assert before <= set(recorded(acme))


def test_a_default_whose_candidates_are_not_there_keeps_its_model(acme, server) -> None:
    acme.write(file("litellm", server.url, "defaults: {chat: litellm/declared}\n", models="declared"))
    run(acme, "apply", "--auto-approve", code=0)
    acme.write(file("litellm", server.url, "defaults: {chat: litellm/declard}\n", models="declared-2"))
    assert "None of the candidates for the chat default" in run(acme, "apply", "--auto-approve", code=1).out
    assert {"default.chat", "model.litellm/declared"} <= set(recorded(acme))
    acme.write(file("litellm", server.url, "defaults: {chat: litellm/declared-2}\n", models="declared-2"))
    run(acme, "apply", "--auto-approve", code=0)
    assert "model.litellm/declared" not in recorded(acme)
