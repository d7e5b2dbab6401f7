"""The real llama.cpp HTTP server, from its own wheel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.process import ServerProcess, free_port


class LlamaCpp:
    """The servers of the tiny model, which are stopped at the end."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._model = model
        self._folder = folder
        self._running: list[ServerProcess] = []

    def start(self, alias: str = "tiny", key: str = "", port: int = 0) -> ServerProcess:
        """Start a server whose only model is called `alias`. The server requires `key`, if a key is given."""
        port = port or free_port()
        command = [sys.executable, "-m", "tests.support.llamacpp_server", str(self._model), str(port), alias]
        log = self._folder / f"llamacpp-{port}.log"
        server_process = ServerProcess(command, port, log, {"LLAMA_CPP_KEY": key}, patience=30)
        self._running.append(server_process)
        return server_process

    def stop_all(self) -> None:
        """Stop all servers that still run."""
        for each in self._running:
            each.stop()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the model file. Skip the test if its libraries have no wheel."""
    pytest.importorskip("xllamacpp", reason="llama.cpp: no xllamacpp wheel for this Python and system")
    pytest.importorskip("gguf", reason="llama.cpp: no gguf for this Python")
    from tests.support.tiny_model import write

    return write(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def llama_cpp(tiny_model: Path, tmp_path: Path) -> Iterator[LlamaCpp]:
    """Yield an object that starts real llama.cpp servers."""
    llama_cpp = LlamaCpp(tiny_model, tmp_path)
    yield llama_cpp
    llama_cpp.stop_all()
