"""The main job on real servers: test, plan, apply, an empty second plan, chat."""

from __future__ import annotations

import pytest

from tests.support.cut_proxy import Cutting
from tests.support.litellm import CHAT, DEAD_UPSTREAM, MASTER_KEY, OTHERS
from tests.support.process import free_port
from tests.support.real_gateway import listed

ALL = sorted(f"model.gateway/{each}" for each in (*CHAT, *OTHERS, DEAD_UPSTREAM))


def walk(gwctl, chat: str, **environ: str) -> None:
    """Take the steps of a new user, one after the other."""
    gwctl("test", **environ)
    assert "to create" in gwctl("plan", **environ).out
    gwctl("apply", "--auto-approve", **environ)
    second = gwctl("plan", "--detailed-exitcode", **environ)
    assert "No changes" in second.out
    assert gwctl("chat", "Say anything.", **environ).out.strip()
    assert gwctl("chat", f"gateway/{chat}", "Say anything.", **environ).out.strip()
    assert gwctl("test", "--chat", "--format", "json", **environ).json["chat"][0]["ok"]


def test_llama_cpp_open(gwctl, llama_cpp) -> None:
    gwctl.write(listed(preset="llama-cpp", url=llama_cpp.start("tiny").url, chat="tiny"))
    walk(gwctl, "tiny")
    assert gwctl.models() == ["model.gateway/tiny"]


def test_llama_cpp_with_a_key(gwctl, llama_cpp) -> None:
    result = llama_cpp.start("tiny", key="canary-marker-0001")
    gwctl.write(listed(preset="llama-cpp", url=result.url, chat="tiny"))
    missing = gwctl("test", code=1)
    assert "Invalid API key" in missing.out
    assert "No key was sent" in missing.err
    wrong = gwctl("test", code=1, GATEWAY_KEY="canary-marker-0002")
    assert "The key was rejected" in wrong.err
    assert "canary-marker" not in wrong.out + wrong.err
    walk(gwctl, "tiny", GATEWAY_KEY="canary-marker-0001")


def test_llama_cpp_through_each_api(gwctl, llama_cpp) -> None:
    gwctl.write(listed(preset="llama-cpp", url=llama_cpp.start("tiny").url, chat="tiny"))
    chats = gwctl("test", "--chat=all", "--format", "json").json["chat"]
    assert [(each["api"], each["ok"]) for each in chats] == [("chat", True), ("responses", True), ("messages", True)]
    assert gwctl("models", "--format", "json").json["models"][0]["context"]


def test_llama_cpp_comes_back_with_another_model(gwctl, llama_cpp) -> None:
    first = llama_cpp.start("tiny")
    gwctl.write(listed(preset="llama-cpp", url=first.url, chat="tiny"))
    gwctl("apply", "--auto-approve")
    first.stop()
    down = gwctl("plan")
    assert "No changes" in down.out
    assert "Connection refused" in down.out
    llama_cpp.start("other", port=int(first.url.rpartition(":")[2]))
    held = gwctl("plan")
    assert "1 held" in held.out
    assert "+ other" in held.out


@pytest.mark.litellm
def test_litellm_open(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[0].url, chat="gpt-4o-mini"))
    walk(gwctl, "team/claude sonnet é")
    assert gwctl.models() == ALL
    purposes = {
        resource["address"]: resource["attributes"]["purpose"]
        for resource in gwctl.state["resources"]
        if resource["kind"] == "model"
    }
    assert purposes["model.gateway/whisper-1"] == "voice"
    assert purposes["model.gateway/text-embedding-3-small"] == "embedding"


@pytest.mark.litellm
def test_litellm_s_limits_are_recorded(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[0].url, chat="gpt-4o-mini"))
    shown = {model["id"]: model for model in gwctl("models", "--format", "json").json["models"]}
    assert (shown["gpt-4o-mini"]["context"], shown["gpt-4o-mini"]["output"]) == (128000, 16384)
    assert shown["gpt-4o-mini"]["capabilities"] == ["tools", "vision"], "of /model/info: the list has none"
    assert shown["text-embedding-3-small"]["context"] == 8191
    assert shown["chat-00"]["apis"] == ["chat", "responses", "messages"]
    gwctl("apply", "--auto-approve")
    recorded = {each["address"]: each["attributes"] for each in gwctl.state["resources"]}
    assert recorded["model.gateway/gpt-4o-mini"]["context"] == 128000
    gwctl("plan", "--detailed-exitcode", code=0)


@pytest.mark.litellm
def test_litellm_speaks_three_apis(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[1].url, chat="gpt-4o-mini"))
    chats = gwctl("test", "--chat=all", "--format", "json", GATEWAY_KEY=MASTER_KEY).json["chat"]
    assert [(each["api"], each["ok"], each["text"]) for each in chats] == [
        ("chat", True, "ok"),
        ("responses", True, "ok"),
        ("messages", True, "ok"),
    ]


@pytest.mark.litellm
def test_litellm_open_takes_any_key(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[0].url, chat="gpt-4o-mini"))
    walk(gwctl, "gpt-4o-mini", GATEWAY_KEY="canary-marker-0003")


@pytest.mark.litellm
def test_litellm_with_a_master_key(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[1].url, chat="gpt-4o-mini"))
    walk(gwctl, "gpt-4o-mini", GATEWAY_KEY=MASTER_KEY)
    assert MASTER_KEY not in gwctl.state_file.read_text()


@pytest.mark.litellm
def test_litellm_without_its_key(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[1].url, chat="gpt-4o-mini"))
    assert gwctl("test", code=1).out
    assert gwctl("apply", "--auto-approve", code=1).out
    assert gwctl.state is None


@pytest.mark.litellm
def test_litellm_with_a_wrong_key_reads_invalid_api_key(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[1].url, chat="gpt-4o-mini"))
    wrong = gwctl("test", code=1, GATEWAY_KEY="canary-marker-0004")
    assert "Invalid API key" in wrong.out
    assert "HTTP 400" in wrong.err
    endpoint = gwctl("plan", "--format", "json", code=1, GATEWAY_KEY="canary-marker-0004").json["endpoints"][0]
    assert (endpoint["code"], endpoint["http_status"]) == ("INVALID_API_KEY", 400)


@pytest.mark.litellm
def test_litellm_s_upstream_refusing_is_not_the_endpoint_s_key(gwctl, litellm_pair) -> None:
    gwctl.write(listed(preset="litellm", url=litellm_pair[1].url, chat="gpt-4o-mini"))
    refused = gwctl("chat", f"gateway/{DEAD_UPSTREAM}", "Hello", code=1, GATEWAY_KEY=MASTER_KEY)
    assert "vendor behind the endpoint rejected" in refused.err


@pytest.mark.litellm
def test_litellm_restarted_in_another_order_changes_nothing(gwctl, litellm, litellm_pair) -> None:
    with Cutting(int(litellm_pair[0].url.rpartition(":")[2]), at=free_port()) as first:  # a port that comes free
        gwctl.write(listed(preset="litellm", url=f"http://127.0.0.1:{first.port}", chat="gpt-4o-mini"))
        gwctl("apply", "--auto-approve")
        before = gwctl.state_file.read_bytes()
    litellm.start(locked=False, order=2, port=first.port)
    assert "No changes" in gwctl("apply", "--auto-approve").out
    assert gwctl.state_file.read_bytes() == before
