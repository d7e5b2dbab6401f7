"""The servers in the tests are real servers, and they respond."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.support.litellm import CHAT, MASTER_KEY


def get(url: str, key: str = "") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


def test_llama_cpp_lists_and_refuses(llama_cpp) -> None:
    result = llama_cpp.start("tiny", key="canary-marker-0001")
    status, body = get(f"{result.url}/models", "canary-marker-0001")
    assert status == 200
    assert [each["id"] for each in json.loads(body)["data"]] == ["tiny"]
    assert get(f"{result.url}/models", "wrong")[0] == 401


@pytest.mark.litellm
def test_litellm_lists_and_refuses(litellm_pair) -> None:
    opened, locked = litellm_pair
    assert {each["id"] for each in json.loads(get(f"{opened.url}/models")[1])["data"]} >= set(CHAT)
    assert get(f"{locked.url}/models", MASTER_KEY)[0] == 200
    status, body = get(f"{locked.url}/models", "wrong")
    assert (status, "no_db_connection" in body) == (400, True)
