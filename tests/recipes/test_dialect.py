"""The recipe for a dialect that chats, carried out on a copy of the program: one module and one line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.recipes.program import Program
from tests.support.scripted import Reply, ScriptedServer

DIALECT = '''\
"""The `acme` dialect (acme-ai.example/docs): models under `catalogue`, and a chat whose path names the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.dialect import ChatApi, ChatReply, Dialect
from reconciler.live.urls import path_segment


def path(_base_url: str, model_id: str) -> str:
    """Return the path, which names the model."""
    return f"/say/{path_segment(model_id)}"


def body(_model_id: str, prompt: str) -> dict[str, Any]:
    """Return one message."""
    return {"say": prompt}


def reply(answer: Any) -> ChatReply | None:
    """Read the text."""
    return ChatReply(text=answer["said"]) if isinstance(answer, dict) and "said" in answer else None


def join_events(events: Sequence[Any]) -> Any:
    """Return the last event: this vendor does not stream."""
    return events[-1]


CHAT = ChatApi(path=path, body=body, reply=reply, join_events=join_events)
DIALECT = Dialect(list_path="/catalogue", containers=(("catalogue",),), ids=("handle",), chat=CHAT)
'''


def test_a_dialect_that_chats_costs_one_module_and_one_line(tmp_path: Path, server: ScriptedServer) -> None:
    server.routes["/catalogue"] = Reply(body={"catalogue": [{"handle": "small"}, {"handle": "a/b"}]})
    server.routes["/say/a%2Fb"] = Reply(body={"said": "Hello from Acme."})
    preset = f"{{name: Acme, base_url: '{server.url}', dialect: acme, key: none}}"
    program = Program(
        tmp_path, f"version: 1\nname: acme\npresets:\n  acme: {preset}\nendpoints:\n  a: {{preset: acme}}\n"
    )
    assert "there is no such dialect" in program("validate").stderr
    program.add("live/dialects/acme.py", DIALECT)
    program.change("presets/dialects.py", '    "vertex",\n', '    "vertex",\n    "acme",\n')
    models = json.loads(program("models", "--format", "json").stdout)
    assert sorted(model["id"] for model in models["models"]) == ["a/b", "small"]
    assert program("chat", "a/a/b", "Hello?").stdout.strip() == "Hello from Acme."
    assert program.touched == {"live/dialects/acme.py", "presets/dialects.py"}
