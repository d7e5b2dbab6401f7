"""The examples in other languages read a resolved file and get an answer, with the key and without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.testing import ServedEndpoint, serve

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = {"node": EXAMPLES / "node" / "chat.mjs", "go": EXAMPLES / "go" / "main.go"}
RUNTIMES = {"node": "GWCTL_TEST_NODE", "go": "GWCTL_TEST_GO"}  # the variables that may name a runtime
Run = Callable[[dict[str, str]], subprocess.CompletedProcess[str]]


pytestmark = pytest.mark.xdist_group("examples")  # Go compiles its standard library once, which takes a minute


@pytest.fixture(scope="module", params=PROGRAMS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the example of one language with these variables; skipped by name without its runtime."""
    home, language = tmp_path_factory.mktemp("home"), request.param
    found = os.environ.get(RUNTIMES[language]) or shutil.which(language)
    if found is None:
        pytest.skip(f"{language} is not installed")
    environ = {"PATH": os.environ["PATH"], "HOME": str(home)}
    command = _compiled(found, home, environ) if language == "go" else [found, str(PROGRAMS[language])]

    def example(more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        words = [*command, "Say hello."]
        return subprocess.run(words, env=environ | more, capture_output=True, text=True, timeout=200, check=False)

    return example


def _compiled(go: str, home: Path, environ: dict[str, str]) -> list[str]:
    ours = {"GOTOOLCHAIN": "local", "GOTELEMETRY": "off", "CGO_ENABLED": "0"}
    cache = {"GOCACHE": os.environ.get("GOCACHE") or str(home / "cache")}
    program = str(home / "chat")
    build = [go, "build", "-o", program, str(PROGRAMS["go"])]
    subprocess.run(build, env=environ | ours | cache, check=True, timeout=590)
    return [program]


def with_key(endpoint: ServedEndpoint, key: object, required: bool = True) -> dict[str, str]:
    document = json.loads(endpoint.environ()["GWCTL_RESOLVED_JSON"])
    document["roles"]["chat"] |= {"key": key, "key_required": required}
    return {"GWCTL_RESOLVED_JSON": json.dumps(document)}


def test_it_gets_an_answer(run: Run, tmp_path: Path) -> None:
    with serve(["gpt-4o"], reply=lambda body: f"You said: {body['messages'][0]['content']}") as endpoint:
        environ = endpoint.environ()
        done = run(environ)
        assert (done.stderr, done.stdout, done.returncode) == ("", "You said: Say hello.\n", 0)
        (tmp_path / "resolved.json").write_text(environ.pop("GWCTL_RESOLVED_JSON"))
        done = run({**environ, "GWCTL_RESOLVED": str(tmp_path / "resolved.json")})
        assert (done.stderr, done.returncode) == ("", 0)
        done = run(with_key(endpoint, {"command": [sys.executable, "-c", f"print('{endpoint.key}')"]}))
        assert (done.stderr, done.returncode) == ("", 0)
        assert [request.status for request in endpoint.requests] == [200, 200, 200]


def test_what_is_wrong_is_said_without_the_key(run: Run) -> None:
    with serve(["gpt-4o"]) as endpoint:
        environ = endpoint.environ()
        for more, why in (
            ({}, "set GWCTL_RESOLVED"),
            ({"GWCTL_RESOLVED_JSON": '{"version": 2, "roles": {}}'}, "version 2"),
            ({"GWCTL_RESOLVED_JSON": '{"version": 1, "roles": {}}'}, "no model for chat"),
            ({"GWCTL_RESOLVED_JSON": environ["GWCTL_RESOLVED_JSON"]}, "needs a key"),
            ({**environ, "GWCTL_KEY_DOUBLE": "wrong-key"}, "HTTP 401"),
            (with_key(endpoint, None, required=False), "HTTP 401"),
        ):
            done = run(more)
            assert (done.returncode, done.stdout) == (1, ""), done.stderr
            assert why in done.stderr
            assert "wrong-key" not in done.stderr
        assert [request.status for request in endpoint.requests] == [401, 401]
