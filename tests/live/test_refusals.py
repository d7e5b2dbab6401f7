"""Refusals: the body decides what is about the key, and its words are shown where they repeat no key."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from reconciler.diagnostics import error, warning
from reconciler.live.chat import chat
from reconciler.live.observe import observe
from reconciler.live.target import Target
from tests.live import one_endpoint
from tests.support.scripted import Reply, ScriptedServer

KEY = "quokka-7351-zebra&fjord"
TITLE = "<title>Attention Required! | Cloudflare</title>"
PAGE = f"<!DOCTYPE html><html><head>{TITLE}</head><body>Sorry, invalid api key</body></html>"
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in KEY)
HTML = {"Content-Type": "text/html; charset=UTF-8"}


def target(server: ScriptedServer, key: str | None = KEY, **more: Any) -> Target:
    return one_endpoint.target(server.url, key=key, **more)


def look(server: ScriptedServer, reply: Reply) -> Any:
    server.routes["/models"] = server.routes["/chat/completions"] = reply
    return one_endpoint.ask(target(server))


@pytest.mark.parametrize("status", [400, 401, 403, 451, 500, 502])
@pytest.mark.parametrize("headers", [HTML, {}])
def test_a_web_page_is_never_the_api_s_refusal(server, status: int, headers: dict[str, str]) -> None:
    """cc-switch#7427: a firewall's page was called an invalid key."""
    seen = look(server, Reply(status=status, body=PAGE, headers=headers))
    assert (seen.code, seen.auth_marker, seen.http_status) == ("SERVER_ERROR", False, status)
    assert "a web page instead of the API's answer: Attention Required! | Cloudflare" in seen.detail
    assert "<" not in seen.detail
    assert status >= 500 or "a firewall, a proxy or a sign-in page" in seen.hint


NOT_THE_KEY = [
    {
        "error": {
            "code": "unsupported_country_region_territory",
            "message": "Country, region, or territory not supported",
        }
    },
    {"error": {"code": "AccessDenied", "message": "Access denied due to Virtual Network/Firewall rules."}},
    {"error": {"code": "403", "message": "Public access is disabled. Please configure private endpoint."}},
    {"error": {"message": "Your IP address is not on the allow list of this token"}},
    {"message": "The model gpt-9 is not enabled for this project"},
    {"detail": "This request was blocked by our content policy"},
    "Request blocked by the network administrator",
    {"error": "Billing is not set up"},
]


@pytest.mark.parametrize("body", NOT_THE_KEY, ids=lambda each: str(each)[-40:])
def test_a_403_about_something_else_is_not_an_invalid_key_and_says_what(server, body: Any) -> None:
    """azure-sql-db-chatbot#3."""
    seen = look(server, Reply(status=403, body=body))
    words = body if isinstance(body, str) else next(iter(body.values()))
    words = words["message"] if isinstance(words, dict) else words
    assert (seen.code, seen.detail) == ("SERVER_ERROR", f"HTTP 403 Forbidden: {words.rstrip('.')}.")
    assert "the key is not the reason" in seen.hint
    assert words.rstrip(".") in chat(target(server), "m", "hello", reach="").detail


THE_KEY = [
    (403, b""),
    (403, {}),
    (403, {"message": "Forbidden"}),
    (403, "403 Forbidden"),
    (403, {"error": {"message": "Access denied."}}),
    (403, {"message": "The security token included in the request is invalid."}),
    (403, {"error": {"message": "Permission denied: this API key cannot list models"}}),
    (403, {"error": {"type": "authentication_error", "message": "no"}}),
    (401, {"error": {"message": "Country not supported"}}),
    (401, "no"),
    (400, {"error": {"message": "API key not valid. Please pass a valid API key.", "code": 400}}),
    (401, {"error": {"message": "Access denied due to invalid subscription key or wrong regional API endpoint"}}),
]


@pytest.mark.parametrize(("status", "body"), THE_KEY)
def test_what_is_about_the_key_stays_an_invalid_key(server, status: int, body: Any) -> None:
    assert look(server, Reply(status=status, body=body)).code == "INVALID_API_KEY"


def test_words_about_the_key_are_shown_where_they_hold_none_of_it(server) -> None:
    seen = look(
        server,
        Reply(status=403, body={"error": {"message": "This token may not list models; ask for scope models.read"}}),
    )
    assert "The key was rejected (HTTP 403 Forbidden): This token may not list models; ask for scope" in seen.detail


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 422, 500, 502])
@pytest.mark.parametrize(
    "told",
    [
        KEY,
        KEY[2:16],
        " ".join(KEY),
        KEY[:6],
        quote(KEY),
        KEY.replace("&", "&amp;"),
        ESCAPED,
    ],
)
@pytest.mark.parametrize("form", ['{{"error": {{"message": "bad key {0}"}}}}', "bad {0}", "<title>{0}</title><html>"])
def test_no_word_that_repeats_a_key_whole_or_in_part_is_shown(server, status: int, told: str, form: str) -> None:
    body = form.format(told).encode()
    seen = look(server, Reply(status=status, body=body, headers=HTML if "html" in form else {}))
    answer = chat(target(server), "m", "hello", reach="")
    for text in (f"{seen.detail} {seen.hint} {seen.catalog.reason}", f"{answer.detail} {answer.hint} {answer.text}"):
        assert told not in text
        assert all(KEY[at : at + 6] not in text for at in range(len(KEY) - 5))
    assert b64encode(KEY.encode()).decode() not in repr(seen)


ECHOES = {
    "content-type": Reply(status=200, body="no list", headers={"Content-Type": f"text/{KEY}"}),
    "content-encoding": Reply(status=200, body="x", headers={"Content-Encoding": KEY}),
    "location": Reply(status=307, body="", headers={"Location": f"/{KEY}/models"}),
    "location, quoted": Reply(status=307, body="", headers={"Location": f"/{''.join(f'%{ord(c):02x}' for c in KEY)}"}),
    "a host": Reply(status=307, body="", headers={"Location": f"https://{KEY.replace('&', '-')}.example/"}),
    "a link": Reply(status=200, body={"data": [{"id": "a"}], "next": f"/models/{KEY}"}),
    "a link with a user": Reply(status=200, body={"data": [{"id": "a"}], "next": f"http://{KEY}@127.0.0.1/"}),
    "a token": Reply(status=200, body={"data": [{"id": "a"}], "has_more": True, "last_id": KEY}),
    "a reason": Reply(status=200, body={"choices": [{"message": {}, "finish_reason": KEY}]}),
    "a tool": Reply(status=200, body={"choices": [{"message": {"tool_calls": [{"name": KEY}]}}]}),
    "a name": Reply(status=200, body={"model": KEY, "choices": [{"message": {"content": "hi"}}]}),
    "an error": Reply(status=200, body={"data": [], "error": {"message": KEY}}),
    "a field": Reply(status=200, body={KEY: [{"id": "a"}]}),
    "a control character": Reply(status=200, body="no list", headers={"Content-Type": "text/\x9b31m"}),
}


@pytest.mark.parametrize("where", sorted(ECHOES))
def test_wherever_a_server_puts_the_key_nobody_reads_it(server, where: str) -> None:
    server.default = ECHOES[where]
    result = target(server)
    seen, answer = observe([("it", lambda: result)])["it"], chat(result, "m", "hello", reach="")
    text = f"{seen.url} {seen.detail} {seen.hint} {seen.catalog} {answer}"
    assert all(KEY[at : at + 6] not in text for at in range(len(KEY) - 5))
    assert "\x9b" not in text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("Internal Server Error", "HTTP 500 Internal Server Error."),
        ("internal server error.", "HTTP 500 Internal Server Error."),
        ({"error": "Internal Server Error"}, "HTTP 500 Internal Server Error."),
        ({"error": {"message": "no database"}}, "HTTP 500 Internal Server Error: no database."),
        (b"", "HTTP 500 Internal Server Error."),
    ],
)
def test_what_a_status_says_is_said_once(server, body: Any, detail: str) -> None:
    assert look(server, Reply(status=500, body=body)).detail == detail


def test_the_cause_that_is_known_comes_with_the_error(server) -> None:
    server.routes["/models"] = Reply(status=401, body={"error": "no key"})
    cause = warning(
        "KEY_MALFORMED", "The key looks malformed", detail="The key that env:K gives is a placeholder.", hint="set it"
    )
    seen = observe([("it", lambda: target(server, None, diagnostics=(cause,)))])["it"]
    assert seen.code == "INVALID_API_KEY"
    assert seen.detail.endswith(
        "the server requires one (HTTP 401 Unauthorized). The key that env:K gives is a placeholder."
    )
    assert (seen.hint, seen.diagnostics) == ("set it", ())
    server.lists("a")
    other = error("X", "else", detail="Something else.")
    assert observe([("it", lambda: target(server, None, diagnostics=(other,)))])["it"].diagnostics == (other,)
