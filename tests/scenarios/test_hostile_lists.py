"""Lists that nobody would make up: nothing breaks, nothing reaches the terminal raw."""

from __future__ import annotations

import json
import re

from tests.support.scripted import Reply

GATEWAY = "version: 1\nname: acme\nendpoints: {{a: {{base_url: '{url}'}}, b: {{base_url: '{url}'}}}}\n"
HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07",
    "two\nlines\r\nthree",
    "tab\there",
    "right\u202eleft",
    "zero\u200bwidth",
    "\x9b31m",
    "x" * 4000,
    "a|b",
    "`x`",
    "<img src=x onerror=alert(1)>",
    "${{ secrets.X }}",
    "vendor/team/model",
    "with space",
    "größe-日本語-🦙",
    "[bold]markup[/bold]",
    "%s %d {0} {name}",
    "-leading-dash",
    "null",
    "model.a/b",
]
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")


def test_hostile_ids_break_nothing(gwctl, server) -> None:
    server.lists(*HOSTILE)
    gwctl.write(GATEWAY.format(url=server.url))
    for command in (
        ("plan", "-v"),
        ("plan", "--format", "json"),
        ("models",),
        ("models", "--format", "json"),
        ("apply", "--auto-approve", "-v"),
        ("state", "list"),
        ("state", "list", "--format", "json"),
        ("state", "show", "endpoint.a", "-v"),
        ("state", "pull"),
        ("plan", "-v"),
    ):
        result = gwctl(*command)
        assert not RAW.search(result.out), command
        assert not RAW.search(result.err), command
    assert sorted(gwctl.models()) == sorted(f"model.{name}/{each}" for name in "ab" for each in HOSTILE)
    assert "No changes" in gwctl("plan").out
    assert not RAW.search(gwctl.state_file.read_text(encoding="utf-8"))
    server.lists("other")
    assert not RAW.search(gwctl("plan", "-v").out)


def test_243_entries_of_which_240_differ(gwctl, server) -> None:
    """The same ID listed twice: ai-gateway#1485; unstable order: deck#1959."""
    ids = [f"m-{number}" for number in range(240)]
    server.lists(*ids, "m-1", "m-2", "m-3")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\n")
    plan = gwctl("plan").out
    assert "240 models" in plan
    assert len(plan.splitlines()) < 15
    assert len(gwctl("plan", "-v").out.splitlines()) > 240
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    server.routes["/models"] = Reply(body={"data": [{"id": each, "created": 7} for each in reversed(ids)]})
    assert "No changes" in gwctl("apply", "--auto-approve").out
    assert gwctl.state_file.read_bytes() == before


def test_deletes_are_never_folded(gwctl, server) -> None:
    ids = [f"m-{number}" for number in range(90)]
    server.lists(*ids)
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\n")
    gwctl("apply", "--auto-approve")
    server.lists(*ids[:60])
    assert sum(line.startswith("  - m-") for line in gwctl("plan").out.splitlines()) == 30


def test_a_hostile_chat_answer_reaches_no_terminal(gwctl, server) -> None:
    server.lists("m")
    server.routes["/chat/completions"] = Reply(
        body={"model": "\x1b[2J", "choices": [{"message": {"content": "one\n\x1b[31mtwo\x07"}}]}
    )
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', models: [m]}}}}\n")
    result = gwctl("chat", "a/m", "hello")
    assert result.out == "one\n\\e[31mtwo\\u0007\n"
    assert "\x1b" not in result.err


def test_content_that_is_no_string(gwctl, server) -> None:
    server.lists("m")
    parts = [{"type": "text", "text": "hel"}, {"type": "image"}, {"type": "text", "text": "lo"}]
    server.routes["/chat/completions"] = Reply(body={"choices": [{"message": {"content": parts}}]})
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', models: [m]}}}}\n")
    assert gwctl("chat", "a/m", "hello").out == "hello\n"
    body = json.loads(server.asked("/chat/completions")[0].body)
    assert body == {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
