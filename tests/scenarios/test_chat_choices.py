"""The model that is asked when nobody names one, and the models that are never asked."""

from __future__ import annotations

import json

import pytest

from tests.support.scripted import Reply

GATEWAY = "version: 1\nname: acme\nendpoints: {{it: {{base_url: '{url}', key: {{env: K}}}}}}\n{more}"
SAID = Reply(body={"choices": [{"message": {"content": "hi"}}]})
KEY = "quokka-7351-zebra"


def asked(server) -> list[str]:
    return [json.loads(each.body)["model"] for each in server.asked("/chat/completions")]


@pytest.fixture
def acme(gwctl, server):
    server.lists("a-first", "m-second", "whisper-1", "text-embedding-3-small")
    server.routes["/chat/completions"] = SAID
    gwctl.environ["K"] = KEY
    return gwctl


@pytest.mark.parametrize("wanted", ["it/m-second", "[it/not-there, it/m-second, it/a-first]"])
def test_before_the_first_apply_the_file_s_chat_default_is_tested(acme, server, wanted: str) -> None:
    """TablePro PR#1029."""
    acme.write(GATEWAY.format(url=server.url, more=f"defaults: {{chat: {wanted}}}\n"))
    assert acme("test", "--chat", "--format", "json").json["chat"][0]["address"] == "model.it/m-second"
    assert asked(server) == ["m-second"]


def test_the_applied_default_comes_before_the_file_s(acme, server) -> None:
    acme.write(GATEWAY.format(url=server.url, more="defaults: {chat: it/m-second}\n"))
    acme("apply", "--auto-approve")
    acme.write(GATEWAY.format(url=server.url, more="defaults: {chat: it/a-first}\n"))
    acme("test", "--chat")
    acme("chat", "hello")
    assert asked(server) == ["m-second", "m-second"]


@pytest.mark.parametrize(("model", "purpose"), [("whisper-1", "voice"), ("text-embedding-3-small", "embedding")])
@pytest.mark.parametrize("named", ["it/{}", "{}"])
def test_a_model_that_is_not_for_chat_is_refused_with_what_to_do(
    acme, server, model: str, purpose: str, named: str
) -> None:
    acme.write(GATEWAY.format(url=server.url, more=""))
    acme("apply", "--auto-approve")
    result = acme("chat", named.format(model), "hello", code=1)
    assert f"it/{model} has the purpose {purpose}, not chat" in result.err + result.out
    assert "`purpose: chat`" in result.err + result.out
    assert asked(server) == []
    models = f"endpoints: {{it: {{base_url: '{server.url}', models: [{{id: {model}, purpose: chat}}]}}}}\n"
    acme.write(f"version: 1\nname: acme\n{models}")
    acme("chat", f"it/{model}", "hello")
    assert asked(server) == [model]


def test_an_answer_that_is_none_fails_and_says_why(acme, server) -> None:
    """OmniRoute#7000."""
    acme.write(GATEWAY.format(url=server.url, more=""))
    server.routes["/chat/completions"] = Reply(body={"choices": [{"error": {"message": "upstream is down"}}]})
    for command in (("chat", "it/a-first", "hello"), ("test", "--chat")):
        result = acme(*command, code=1)
        assert "upstream is down" in result.out + result.err
        assert "answered" not in result.out


def test_an_answer_that_is_only_thinking_says_so(acme, server) -> None:
    acme.write(GATEWAY.format(url=server.url, more=""))
    server.routes["/chat/completions"] = Reply(body={"choices": [{"message": {"content": "", "reasoning": "hm"}}]})
    for command in (("chat", "it/a-first", "hello"), ("test", "--chat")):
        result = acme(*command)
        assert "only its reasoning, without an answer" in result.out + result.err
