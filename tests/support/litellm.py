"""A real LiteLLM proxy. GWCTL_TEST_LITELLM names its executable."""

from __future__ import annotations

import json
import os
import random
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import litellm_forks
from tests.support.forks import Forks
from tests.support.process import ServerProcess, free_port, is_of_run
from tests.support.shared import Shared

MASTER_KEY = "gateway-master-for-tests"
CHAT = [f"chat-{number:02}" for number in range(10)] + ["gpt-4o-mini", "team/claude sonnet é"]
OTHERS = {"text-embedding-3-small": "openai/text-embedding-3-small", "whisper-1": "openai/whisper-1"}
DEAD_UPSTREAM = "dead-upstream"


def _config(path: Path, locked: bool, order: int, upstream: str) -> Path:
    """Write a proxy's configuration: models with fixed answers, and one whose upstream server rejects requests."""
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": "openai/gpt-4o-mini", "api_key": "none", "mock_response": "ok"},
        }
        for name in CHAT
    ]
    models += [
        {"model_name": name, "litellm_params": {"model": target, "api_key": "none", "mock_response": "ok"}}
        for name, target in OTHERS.items()
    ]
    refusing = {"model": "openai/gpt-4o-mini", "api_key": "none", "api_base": upstream}
    models.append({"model_name": DEAD_UPSTREAM, "litellm_params": refusing})
    random.Random(order).shuffle(models)
    settings = {"general_settings": {"master_key": MASTER_KEY}} if locked else {}
    path.write_text(json.dumps({"model_list": models, "litellm_settings": {"num_retries": 0}, **settings}))
    return path


USUAL = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "NO_DOCS": "True",
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
}


class LiteLLMForks(Forks):
    """The process whose forks are the executable `litellm` of the environment of a Python."""

    def __init__(self, folder: Path, python: Path) -> None:
        super().__init__(folder, str(python), litellm_forks.__file__, USUAL)

    def started(self, command: Sequence[str], log: Path, environ: dict[str, str]) -> int:
        """Start a proxy in a session of its own. Return the process ID."""
        request = {"words": command[1:], "environ": os.environ | environ, "log": str(log)}
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(self.socket)
            with server.makefile("rw") as lines:
                lines.write(json.dumps(request) + "\n")
                lines.flush()
                pid = int(lines.readline())
        is_of_run(pid)
        return pid


class LiteLLM:
    """The LiteLLM proxies of the tests, which are stopped at the end."""

    def __init__(self, executable: str, folder: Path, upstream: str, forks: LiteLLMForks | None) -> None:
        self._executable = executable
        self._start = forks.started if forks else None
        self._folder = folder
        self._upstream = upstream
        self._running: list[ServerProcess] = []

    def start(self, locked: bool, order: int = 0, port: int = 0) -> ServerProcess:
        """Start a proxy. `order` selects the order of its models. With `locked`, it requires the master key."""
        port = port or free_port()
        return self.start_with(_config(self._folder / f"{port}-{order}.yaml", locked, order, self._upstream), port)

    def start_with(self, config: Path, port: int, folder: Path | None = None, **environ: str) -> ServerProcess:
        """Start a proxy with that configuration, in that working directory."""
        command = [self._executable, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        log = self._folder / f"litellm-{config.stem}-{port}.log"
        command += ["--telemetry", "False"]
        start = None if folder else self._start  # a fork does not read what LiteLLM reads there while it is imported
        server_process = ServerProcess(command, port, log, USUAL | environ, patience=240, folder=folder, start=start)
        self._running.append(server_process)
        return server_process

    def free_port(self) -> int:
        """Return a port for a proxy whose URL is needed before the proxy starts."""
        return free_port()

    def start_both(self) -> tuple[ServerProcess, ServerProcess]:
        """Start an open proxy and a proxy with a master key in parallel."""
        with ThreadPoolExecutor(2) as pool:
            opened, locked = pool.submit(self.start, False), pool.submit(self.start, True)
        return opened.result(), locked.result()

    def stop_all(self) -> None:
        """Stop all proxies that still run."""
        for each in self._running:
            each.stop()


@pytest.fixture(scope="session")
def litellm(tmp_path_factory: pytest.TempPathFactory, of_all_processes: Shared) -> Iterator[LiteLLM]:
    """Yield an object that starts LiteLLM proxies. Skip the test if LiteLLM is not installed."""
    executable = os.environ.get("GWCTL_TEST_LITELLM")
    if not executable:
        pytest.skip("LiteLLM: GWCTL_TEST_LITELLM does not name its executable")
    from tests.support.scripted import Reply, ScriptedServer

    upstream = ScriptedServer()
    upstream.routes["/v1/chat/completions"] = Reply(
        status=401, body={"error": {"message": "Incorrect API key provided"}}
    )
    python = Path(executable).resolve().with_name("python")
    forks = None
    if hasattr(os, "fork") and python.exists():
        forks = of_all_processes.get("litellm", lambda folder: LiteLLMForks(folder, python))
    server = LiteLLM(executable, tmp_path_factory.mktemp("litellm"), f"{upstream.url}/v1", forks)
    yield server
    server.stop_all()
    upstream.close()


@pytest.fixture(scope="session")
def litellm_pair(litellm: LiteLLM) -> tuple[ServerProcess, ServerProcess]:
    """Return an open proxy and a proxy with a master key."""
    return litellm.start_both()
