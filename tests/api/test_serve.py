"""The double of an endpoint: it speaks to the vendor's SDK, asks for its key, and is gone after its block."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reconciler.testing import ServedEndpoint, serve

ROOT = Path(__file__).parents[2]
HELLO = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello."}]}
SDK = """
import openai
from reconciler.testing import serve

def upper(request):
    return request["messages"][-1]["content"].upper()

with serve(["gpt-4o-mini", "team/claude é"], reply=upper) as endpoint:
    client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, max_retries=0)
    print([model.id for model in client.models.list()], client.models.retrieve("team/claude é").id)
    asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "one two  three\\nfour"}]}
    answer = client.chat.completions.create(**asked)
    print(repr(answer.choices[0].message.content), answer.usage.total_tokens, answer.choices[0].finish_reason)
    chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    texts = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    print(repr("".join(texts)), chunks[-1].usage.total_tokens, len([text for text in texts if text]) > 1)
    for key, model in (("wrong", "gpt-4o-mini"), (endpoint.key, "gpt-5")):
        try:
            client.with_options(api_key=key).chat.completions.create(**{**asked, "model": model})
        except openai.APIStatusError as fault:
            print(type(fault).__name__, fault.code)
    print([request.status for request in endpoint.requests], endpoint.requests[2].body["messages"][0]["content"])
try:
    client.models.list()
except openai.APIConnectionError:
    print("gone")
"""


def ask(
    endpoint: ServedEndpoint, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(endpoint.base_url).netloc, timeout=20)
    try:
        connection.request(method, path, body or None, {"Authorization": f"Bearer {endpoint.key}", **headers})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def chat(endpoint: ServedEndpoint, **more: Any) -> tuple[int, dict[str, Any]]:
    return ask(endpoint, "POST", "/v1/chat/completions", json.dumps(HELLO | more).encode())


def test_the_sdk_lists_chats_and_streams(clients: Path) -> None:
    """The environment of the SDK has no library of gwctl: the double needs the standard library alone."""
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    command = [str(clients / "python"), "-c", SDK]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        [
            "['gpt-4o-mini', 'team/claude é'] team/claude é",
            r"'ONE TWO  THREE\nFOUR' 8 stop",
            r"'ONE TWO  THREE\nFOUR' 8 True",
            "AuthenticationError invalid_api_key",
            "NotFoundError model_not_found",
            "[200, 200, 200, 200, 401, 404] one two  three",
            "four",
            "gone",
        ],
    )


def test_every_double_has_a_port_and_a_key_of_its_own() -> None:
    with serve() as one, serve() as other:
        assert (one.base_url, one.key) != (other.base_url, other.key)
        assert one.base_url.startswith("http://127.0.0.1:")
        assert chat(one)[0] == 200
        assert ask(one, "GET", "/v1/models", Authorization=f"Bearer {other.key}")[0] == 401
        assert other.requests == []


def test_the_key_is_in_no_repr_and_no_record() -> None:
    with serve() as endpoint:
        assert chat(endpoint)[0] == 200
        assert endpoint.key not in repr(endpoint) + repr(endpoint.requests)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/v1/models", b"", {"Authorization": ""}, 401, "invalid_api_key"),
        ("POST", "/v1/chat/completions", b"{", {}, 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b"[" * 200_000, {}, 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b"[]", {}, 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b"{}", {}, 404, "model_not_found"),
        ("POST", "/v1/chat/completions", b'{"model": ["gpt-4o-mini"]}', {}, 404, "model_not_found"),
        ("GET", "/v1/models/gpt-5", b"", {}, 404, "model_not_found"),
        ("GET", "/v1/chat/completions", b"", {}, 404, "not_found"),
        ("POST", "/v1/responses", b"{}", {}, 404, "not_found"),
        ("POST", "/v1/chat/completions", b"", {"Content-Length": str(2**40)}, 413, "request_too_large"),
        ("POST", "/v1/chat/completions", b"", {"Content-Length": "-1"}, 413, "request_too_large"),
    ],
)
def test_what_is_not_served_is_refused_like_the_vendor_does(
    method: str, path: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    with serve() as endpoint:
        got, content = ask(endpoint, method, path, body, **headers)
        assert (got, content["error"]["code"]) == (status, code)
        assert [request.status for request in endpoint.requests] == [status]
        assert chat(endpoint)[0] == 200


def test_an_exception_in_the_reply_is_raised_at_the_end() -> None:
    def failing(_: object) -> str:
        raise LookupError("no such answer")

    with pytest.raises(LookupError, match="no such answer"), serve(reply=failing) as endpoint:
        status, content = chat(endpoint)
        assert (status, content["error"]["code"]) == (500, "reply_failed")
        assert "no such answer" not in str(content)


def test_an_open_connection_ends_with_the_block() -> None:
    with serve() as endpoint:
        connection = http.client.HTTPConnection(urlsplit(endpoint.base_url).netloc, timeout=20)
        headers = {"Authorization": f"Bearer {endpoint.key}"}
        connection.request("GET", "/v1/models", headers=headers)
        connection.getresponse().read()
        assert connection.sock is not None
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        connection.request("GET", "/v1/models", headers=headers)
        connection.getresponse()
    connection.close()
