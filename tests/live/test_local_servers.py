"""The servers of this machine are found by their signs, without a key, and within a bounded time."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from reconciler.live.probe.local import LocalServer, local_servers
from reconciler.presets.load import load, load_all
from reconciler.presets.preset import Preset
from tests.support.llamacpp import LlamaCpp
from tests.support.process import ServerProcess, free_port
from tests.support.scripted import Reply, ScriptedServer


def _preset(name: str, url: str) -> Preset:
    preset = load(name)
    assert preset
    return replace(preset, base_url=url)


def test_llama_cpp_is_told_from_the_others_of_its_port_also_with_a_key(llama_cpp: LlamaCpp) -> None:
    for key in ("", "a-key-of-the-tests"):
        url = f"{llama_cpp.start(key=key).url}/v1"
        presets = [_preset(name, url) for name in ("tei", "localai", "llama-cpp", "tgi")]
        assert local_servers(presets) == [LocalServer(base_url=url, preset=presets[2])]


def test_litellm_is_found_with_and_without_a_master_key(litellm_pair: tuple[ServerProcess, ServerProcess]) -> None:
    for proxy in litellm_pair:
        (found,) = local_servers([_preset("litellm", proxy.url)])
        assert found.preset
        assert (found.base_url, found.preset.id) == (proxy.url, "litellm")


def test_no_key_is_sent_and_no_redirect_followed(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_API_KEY", "a-key-of-the-tests")
    server.routes["/health/liveliness"] = Reply(status=302, headers={"Location": f"{server.url}/elsewhere"})
    server.routes["/elsewhere"] = Reply(body="I'm alive!")
    assert local_servers([_preset("litellm", server.url)]) == [LocalServer(base_url=server.url, preset=None)]
    assert [request.path for request in server.requests] == ["/health/liveliness"]
    assert not {"authorization", "x-api-key"} & {name.lower() for name in server.requests[0].headers}


def test_a_server_that_never_answers_costs_a_bounded_time_and_hides_no_other(server: ScriptedServer) -> None:
    server.routes["/"] = Reply(body="Ollama is running")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        presets = [_preset("litellm", url), _preset("ollama", server.url)]
        found = local_servers(presets, patience=0.3)
    assert [each.preset and each.preset.id for each in found] == ["ollama", None]
    assert found[1] == LocalServer(base_url=url, preset=None, is_late=True)  # a busy LiteLLM: nobody thinks it is off


def test_a_port_where_nobody_listens_gives_nothing() -> None:
    assert local_servers([_preset("ollama", f"http://127.0.0.1:{free_port()}")]) == []


def test_only_addresses_of_this_machine_are_asked() -> None:
    assert local_servers([_preset("ollama", "http://ollama.example")]) == []


def test_every_preset_of_this_machine_has_a_sign() -> None:
    local = [preset for preset in load_all() if preset.base_url.startswith("http://localhost")]
    assert local
    assert [preset.id for preset in local if preset.sign is None] == []
