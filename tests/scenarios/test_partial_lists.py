"""A list that says it is incomplete: models may come, none may go."""

from __future__ import annotations

import pytest

from tests.support.scripted import Reply, ScriptedServer

TEN = [f"m-{number}" for number in range(10)]
GATEWAY = "version: 1\nname: acme\nendpoints: {{it: {{base_url: '{url}'{more}}}}}\n"
PARTIAL = {
    "openai": ({"has_more": True}, ""),
    "anthropic": ({"has_more": True, "last_id": None}, ", preset: anthropic"),
}


def lists(server: ScriptedServer, ids: list[str], **more: object) -> None:
    for path in ("/models", "/v1/models"):
        server.routes[path] = Reply(body={"data": [{"id": each} for each in ids], **more})


@pytest.mark.parametrize("dialect", sorted(PARTIAL))
def test_ten_then_seven_of_more_delete_nothing(gwctl, server, dialect: str) -> None:
    """Codewhale#6009, unity-gateway#680."""
    more, preset = PARTIAL[dialect]
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more=preset + ", key: {env: K}"))
    gwctl("apply", "--auto-approve", K="quokka-7351-zebra")
    lists(server, [*TEN[:7], "new"], **more)
    document = gwctl("apply", "--auto-approve", "--format", "json", K="quokka-7351-zebra").json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["PARTIAL_LIST"]
    assert sorted(gwctl.models()) == sorted(f"model.it/{each}" for each in [*TEN, "new"])
    shown = gwctl("plan", "--detailed-exitcode", K="quokka-7351-zebra")
    assert "The list is incomplete: 8 models received, but the server has more" in shown.out
    lists(server, [*TEN[:9], "new"])
    gwctl("apply", "--auto-approve", K="quokka-7351-zebra")
    assert sorted(gwctl.models()) == sorted(f"model.it/{each}" for each in [*TEN[:9], "new"])


def test_a_named_consent_believes_a_partial_list(gwctl, server) -> None:
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more=""))
    gwctl("apply", "--auto-approve")
    lists(server, TEN[:2], total=10)
    assert "3 to" not in gwctl("plan").out
    gwctl("apply", "--auto-approve", "--accept-catalog", "it")
    assert sorted(gwctl.models()) == [f"model.it/{each}" for each in TEN[:2]]


def test_what_a_short_list_holds_is_held_through_a_partial_one(gwctl, server) -> None:
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more=""))
    gwctl("apply", "--auto-approve")
    lists(server, [*TEN[:2], "new"])
    gwctl("apply", "--auto-approve")
    lists(server, [*TEN[:1], "newer"], has_more=True)
    gwctl("apply", "--auto-approve")
    lists(server, [*TEN[:9], "new", "newer"])
    gwctl("apply", "--auto-approve")
    assert len(gwctl.models()) == 12


def test_a_partial_list_is_empty_of_nothing(gwctl, server) -> None:
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more=""))
    gwctl("apply", "--auto-approve")
    lists(server, [], has_more=True)
    gwctl("apply", "--auto-approve")
    assert len(gwctl.models()) == 10


def test_a_default_that_a_partial_list_omits_stays(gwctl, server) -> None:
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more="") + "defaults: {chat: it/m-9}\n")
    gwctl("apply", "--auto-approve")
    lists(server, TEN[:7], has_more=True)
    assert "No changes" in gwctl("plan", "--detailed-exitcode").out
    fresh = gwctl("plan", "--state", "file:other.json", "--format", "json").json
    assert {diagnostic["code"] for diagnostic in fresh["diagnostics"]} == {"PARTIAL_LIST", "DEFAULT_UNKNOWN"}


def test_a_partial_list_is_never_pinned_unasked(gwctl, server) -> None:
    lists(server, TEN)
    gwctl.write(GATEWAY.format(url=server.url, more=""))
    gwctl("lock")
    before = (gwctl.folder / "gateway.lock.yaml").read_bytes()
    lists(server, [*TEN[:9], "new"], has_more=True)
    result = gwctl("lock", code=1)
    assert "The list is incomplete" in result.out + result.err
    assert (gwctl.folder / "gateway.lock.yaml").read_bytes() == before
    assert "compared with the lock file" not in gwctl("plan", "--locked").out
    gwctl("lock", "--accept-catalog", "it")
    assert "new" in (gwctl.folder / "gateway.lock.yaml").read_text()


@pytest.mark.parametrize("command", ["test", "models"])
def test_looking_says_that_a_list_is_partial(gwctl, server, command: str) -> None:
    lists(server, TEN, next_page_token="x")
    gwctl.write(GATEWAY.format(url=server.url, more=""))
    result = gwctl(command)
    assert "The list is incomplete: 10 models received" in result.out + result.err
