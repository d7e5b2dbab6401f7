"""Whatever goes wrong with one endpoint is that endpoint's diagnostic, and the others are listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import Failed
from reconciler.live.dialect import dialect_of
from reconciler.live.fault import Fault
from reconciler.live.observe import observe
from reconciler.live.target import Target
from reconciler.presets.dialects import DIALECTS
from reconciler.presets.preset import Preset
from reconciler.resources.observation import Observation
from tests.live import one_endpoint
from tests.live.one_endpoint import KEY, list_paths
from tests.support.scripted import Reply

STAGES = [
    "reconciler.live.lists.list_models.join",
    "reconciler.live.lists.list_models.headers_for",
    "reconciler.live.lists.list_models.KeyTraces",
    "reconciler.live.lists.list_models.says_more",
    "reconciler.live.http.client.HttpClient._transport",
    "reconciler.live.http.client.HttpClient._exchange",
    "reconciler.live.http.client.read",
    "reconciler.live.http.client.context_for",
    "reconciler.live.lists.pages.admitted",
    "reconciler.live.lists.json_walk._scanned",
    "reconciler.live.http.proxy.Route.proxy_to",
    "reconciler.live.observe.origin",
    "reconciler.live.observe.list_models",
]
FAULTS = [RuntimeError(KEY), KeyError(KEY), RecursionError(), MemoryError(), UnicodeEncodeError("x", KEY, 0, 1, KEY)]


def both(bad: Target, good: Target) -> dict[str, Observation]:
    return observe([("bad", lambda: bad), ("good", lambda: good)])


def target(url: str, dialect: str = "openai") -> Target:
    return one_endpoint.target(url, preset=Preset(id="", key="optional", dialect=dialect))


@pytest.mark.parametrize("place", STAGES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: type(each).__name__)
def test_a_fault_in_any_stage_is_the_endpoint_s(server, monkeypatch, place: str, fault: Exception) -> None:
    server.lists("a")

    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    monkeypatch.setattr(place, fail)
    url = server.url.replace("http:", "https:") if place.endswith("context_for") else server.url
    seen = both(target(url), target(url))
    assert {each.status for each in seen.values()} == {"unlisted"}
    assert "quokka" not in repr(seen)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("function", ["purpose", "next_page"])
def test_a_fault_in_a_dialect_is_the_endpoint_s(server, servers, monkeypatch, dialect: str, function: str) -> None:
    rules, good = dialect_of(dialect), servers()
    good.lists("a")
    entries = [{rules.ids[0]: "m"}]
    body = {rules.containers[0][0]: entries} if rules.containers else entries
    for path in list_paths(dialect):
        server.routes[path] = Reply(body=body)

    def fail(*_: Any) -> Any:
        raise KeyError(KEY)

    neighbour = "anthropic" if dialect == "openai" else "openai"
    good.routes["/v1/models"] = good.routes["/models"]
    monkeypatch.setattr(f"reconciler.live.dialects.{dialect}.DIALECT", replace(rules, **{function: fail}))
    seen = both(target(f"{server.url}/v1", dialect), target(good.url, neighbour))
    assert "gwctl failed on this endpoint (KeyError" in seen["bad"].detail, seen
    assert (seen["good"].status, "quokka" in repr(seen)) == ("listed", False)


def test_a_fault_while_a_key_is_read_is_the_endpoint_s(server) -> None:
    server.lists("a")

    def prepare() -> Target:
        raise TypeError(KEY)

    seen = observe([("bad", prepare), ("good", lambda: target(server.url))])
    assert "gwctl failed on this endpoint (TypeError" in seen["bad"].detail
    assert (seen["good"].status, "quokka" in repr(seen)) == ("listed", False)


def test_what_is_wrong_with_the_machine_s_own_records_ends_the_run() -> None:
    def prepare() -> Target:
        raise Failed

    with pytest.raises(Failed):
        observe([("bad", prepare)])


def _counted(page: Any, size: int) -> dict[str, Any]:
    return {"result": [{"name": "a"}], "result_info": {"page": page, "per_page": size, "total_count": 5}}


HOSTILE_PAGES = {
    "surrogate in nextPageToken": ("gemini", {"models": [{"name": "a"}], "nextPageToken": "x\ud800"}),
    "surrogate in next_page_token": ("cohere", {"models": [{"name": "a"}], "next_page_token": "\udc00"}),
    "surrogate in last_id": ("anthropic", {"data": [{"id": "a"}], "has_more": True, "last_id": "\ud800"}),
    "surrogate in a link": ("openai", {"data": [{"id": "a"}], "next": "/\ud800"}),
    "surrogate in after": ("openai", {"data": [{"id": "a"}], "has_more": True, "last_id": "\ud800"}),
    "endless token": ("gemini", {"models": [{"name": "a"}], "nextPageToken": "x" * 100_000}),
    "blank token": ("gemini", {"models": [{"name": "a"}], "nextPageToken": "  "}),
    "nines": ("cloudflare", _counted("NINES", -1)),
    "nines that are text": ("openai", {"data": [{"id": "a"}], "total": "9" * 4300}),
    "true": ("cloudflare", _counted(True, 1)),
    "a link that is not a URL": ("openai", {"data": [{"id": "a"}], "next": "http://[", "links": [7, {"rel": 7}]}),
    "a link with a port that is none": ("openai", {"data": [{"id": "a"}], "next": "http://x:99999999/"}),
    "deep": ("openai", {"data": [{"id": "a"}], "meta": {"meta": {"meta": {"meta": {"next": "x"}}}}}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE_PAGES))
def test_hostile_page_tokens_cost_nobody_else(server, servers, name: str) -> None:
    import json

    dialect, body = HOSTILE_PAGES[name]
    good = servers()
    good.lists("a")
    data = json.dumps(body).replace('"NINES"', "9" * 4300).encode()
    for path in ("/models", "/v1/models", "/models/search"):
        server.routes[path] = Reply(body=data)
    seen = both(target(f"{server.url}/v1", dialect), target(good.url))
    assert seen["good"].status == "listed"
    assert seen["bad"].code in (None, "NONSTANDARD_LIST")
    assert "gwctl failed" not in seen["bad"].detail
    assert len(server.requests) <= 2


@pytest.mark.parametrize("place", ["_addresses", "_clock", "origin"])
def test_a_fault_in_a_probe_is_that_probe_s(server, monkeypatch, place: str) -> None:
    from reconciler.live.http.proxy import Route
    from reconciler.live.probe import host

    def fail(*_: Any) -> Any:
        raise IndexError(KEY)

    monkeypatch.setattr(host, place, fail)
    questions = {(server.url, Route()): host.ProbeRequest(server.url, 5.0)}
    answer = host.probe_all(questions)[server.url, Route()].answer
    assert isinstance(answer, Fault)
    assert ("gwctl failed on this endpoint (IndexError" in answer.detail, "quokka" in answer.detail) == (True, False)


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if dialect_of(name).chat])
def test_a_fault_in_a_chat_is_that_chat_s(server, monkeypatch, dialect: str) -> None:
    from reconciler.live.chat import chat

    def fail(*_: Any) -> Any:
        raise IndexError(KEY)

    server.default = Reply(body={"choices": [{"message": {"content": "hi"}}]})
    whole = dialect_of(dialect)
    for function in ("path", "body", "reply"):
        broken = replace(whole, chat=replace(whole.chat, **{function: fail}))
        monkeypatch.setattr(f"reconciler.live.dialects.{dialect}.DIALECT", broken)
        answer = chat(target(f"{server.url}/v1", dialect), "m", "hello", reach="")
        assert (answer.ok, "quokka" in repr(answer)) == (False, False)
        assert "gwctl failed on this endpoint (IndexError" in answer.detail
