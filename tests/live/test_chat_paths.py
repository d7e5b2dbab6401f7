"""Dialects whose chat has the model's ID in its path: where a message goes, whatever the ID is, and what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.chat import ChatAnswer, chat
from reconciler.live.dialect import dialect_of
from reconciler.live.fault import Fault
from reconciler.live.target import Target
from reconciler.presets.load import load
from reconciler.presets.preset import Auth, Preset
from reconciler.resources.urls import join
from reconciler.secrets.key import Key
from tests.support.scripted import Reply, ScriptedServer

KEY = "quokka-7351-zebra-fjord"
ANSWERS = json.loads((Path(__file__).parent / "chat_answers.json").read_text(encoding="utf-8"))  # each with its source
PROJECT = "/v1/projects/acme-1/locations/europe-west4"
PREFIXES = {"gemini": "/v1beta", "vertex": PROJECT, "bedrock": ""}
# The path of a chat with the model `{}`, below the prefix.
PATHS = {
    "gemini": "/models/{}:generateContent",
    "vertex": "/publishers/google/models/{}:generateContent",
    "bedrock": "/model/{}/converse",
}
BODIES: dict[str, Any] = {
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]},
    "vertex": {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]},
    "bedrock": {"messages": [{"role": "user", "content": [{"text": "hello"}]}]},
}
HI: dict[str, Any] = {
    "gemini": {"candidates": [{"content": {"parts": [{"text": "hi"}]}}]},
    "vertex": {"candidates": [{"content": {"parts": [{"text": "hi"}]}}]},
    "bedrock": {"output": {"message": {"content": [{"text": "hi"}]}}},
}


def ask(server: ScriptedServer, dialect: str, model_id: str, prefix: str | None = None) -> ChatAnswer:
    preset = Preset(id="", key="optional", dialect=dialect, auth=Auth(header="x-key", scheme=""))
    base_url = server.url + (PREFIXES[dialect] if prefix is None else prefix)
    target = Target(name="it", base_url=base_url, preset=preset, headers=(), timeout=20.0, key=Key(KEY))
    return chat(target, model_id, "hello", reach="")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer['dialect']}-{answer['source'][-40:]}")
def test_an_answer_of_the_vendor_has_its_usual_outcome(server, answer: dict[str, Any]) -> None:
    server.default = Reply(status=answer["status"], body=answer["body"], headers={"Retry-After": "0"})
    reply = ask(server, answer["dialect"], "m")
    expected = answer["expected"]
    assert {name: getattr(reply, name) for name in expected} == expected, reply


@pytest.mark.parametrize("dialect", PATHS)
def test_a_message_is_posted_to_the_model_s_path_with_the_key(server, dialect: str) -> None:
    server.default = Reply(body=HI[dialect])
    assert ask(server, dialect, "m-1.5").text == "hi"
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", PREFIXES[dialect] + PATHS[dialect].format("m-1.5"))
    assert json.loads(request.body) == BODIES[dialect]
    assert request.headers["x-key"] == KEY
    assert request.headers["content-type"] == "application/json"


NAMED = [
    ("gemini", "models/gemini-2.5-flash", "/models/gemini-2.5-flash:generateContent"),
    ("gemini", "tunedModels/ours-x1", "/tunedModels/ours-x1:generateContent"),
    ("gemini", "other/x", "/models/other%2Fx:generateContent"),
    ("vertex", "publishers/google/models/gemini-2.5-pro", "/publishers/google/models/gemini-2.5-pro:generateContent"),
    ("vertex", "publishers/acme/models/x", "/publishers/acme/models/x:generateContent"),
    (
        "bedrock",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
    ),
    (
        "bedrock",
        "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2",
        "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A111122223333%3Aapplication-inference-profile%2Fa1b2/converse",
    ),
]


@pytest.mark.parametrize(("dialect", "model_id", "path"), NAMED, ids=[model_id for _, model_id, _ in NAMED])
def test_an_id_as_the_vendor_lists_it_is_called_by_its_path(server, dialect: str, model_id: str, path: str) -> None:
    server.default = Reply(body=HI[dialect])
    assert ask(server, dialect, model_id).ok
    assert server.requests[-1].path == PREFIXES[dialect] + path


HOSTILE = [
    "../../v1/keys",
    "../admin",
    "a/../../b",
    "..%2f..%2fadmin",
    "a?key=1",
    "a#b",
    "100%",
    "%2e%2e",
    "a b",
    " ",
    "a;b=c",
    "a\\..\\b",
    "//evil.example/x",
    "https://evil.example/x",
    "a@evil.example:80",
    "a\r\nX-Evil: 1",
    "modèle-日本語",
    "a:countTokens",
    "x" * 4096,
]


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("model_id", HOSTILE, ids=lambda model_id: model_id[:20])
def test_no_id_leaves_its_segment_of_the_path(server, dialect: str, model_id: str) -> None:
    server.default = Reply(body=HI[dialect])
    assert ask(server, dialect, model_id).ok
    (request,) = server.requests
    before, after = (PREFIXES[dialect] + PATHS[dialect]).split("{}")
    segment = request.path.removeprefix(before).removesuffix(after)
    assert before + segment + after == request.path
    assert unquote(segment) == model_id
    assert (set(segment) & set("/?#;\\ :@"), request.query) == (set(), {})


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("model_id", ["", ".", "..", "a\udc80"])
def test_an_id_that_cannot_be_a_segment_is_not_sent(server, dialect: str, model_id: str) -> None:
    answer = ask(server, dialect, model_id)
    assert (answer.code, server.requests) == ("CHAT_NOT_SUPPORTED", [])
    assert "cannot be used there" in answer.detail


@pytest.mark.parametrize("model_id", ["publishers/../models/x", "publishers/./models/x", "publishers/google/models/.."])
def test_no_part_of_a_vertex_id_climbs(server, model_id: str) -> None:
    assert (ask(server, "vertex", model_id).code, server.requests) == ("CHAT_NOT_SUPPORTED", [])


@given(dialect=st.sampled_from(sorted(PATHS)), model_id=st.text(max_size=40))
def test_whatever_the_id_the_url_has_as_many_segments(dialect: str, model_id: str) -> None:
    base_url = "https://h.example" + PREFIXES[dialect]
    api = dialect_of(dialect).chat
    assert api is not None
    try:
        url = join(base_url, api.path(base_url, model_id))
    except Fault as fault:
        assert fault.code == "CHAT_NOT_SUPPORTED"
        return
    parts = urlsplit(url)
    expected = urlsplit(base_url + PATHS[dialect].format("m"))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "h.example", "", "")
    assert len(parts.path.split("/")) == len(expected.path.split("/"))
    assert not {".", ".."} & set(parts.path.split("/"))


def test_vertex_without_a_project_says_what_to_write(server) -> None:
    answer = ask(server, "vertex", "m", prefix="")
    assert (answer.code, server.requests) == ("CHAT_NOT_SUPPORTED", [])
    assert f"{server.url}/v1/projects/PROJECT/locations/LOCATION" in answer.hint


@pytest.mark.parametrize("prefix", ["", "/v1", PROJECT, PROJECT.replace("v1", "v1beta1"), "/corp/vertex" + PROJECT])
def test_vertex_lists_beside_the_project(server, prefix: str) -> None:
    from reconciler.live.observe import observe

    corp = "/corp/vertex" if prefix.startswith("/corp") else ""
    path = f"{corp}/v1beta1/publishers/google/models"
    server.routes[path] = Reply(body={"publisherModels": [{"name": "publishers/google/models/m"}]})
    preset = Preset(id="", key="optional", dialect="vertex")
    target = Target(name="it", base_url=server.url + prefix, preset=preset, headers=(), timeout=20.0, key=None)
    seen = observe([("it", lambda: target)])["it"]
    assert (seen.status, [request.path for request in server.requests]) == ("listed", [path])


def test_a_preset_whose_server_has_no_chat_says_so(server) -> None:
    preset = load("bedrock-catalog")
    assert preset is not None
    target = Target(name="it", base_url=server.url, preset=preset, headers=(), timeout=20.0, key=Key(KEY))
    answer = chat(target, "m", "hello", reach="")
    assert (answer.code, server.requests) == ("CHAT_NOT_SUPPORTED", [])
    assert "`bedrock-catalog`" in answer.detail
