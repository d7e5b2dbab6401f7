"""`gwctl run` with real tools on real servers: they find the endpoint and its key by the environment alone."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from tests.scenarios.test_secrets import MARKER, PARTS
from tests.support.litellm import MASTER_KEY
from tests.support.real_gateway import declared

OPENAI = """
import os, openai
answer = openai.OpenAI(max_retries=0).chat.completions.create(
    model=os.environ["OPENAI_MODEL"], messages=[{"role": "user", "content": "Say anything."}])
print("answered", answer.choices[0].message.content)
"""
ANTHROPIC = """
import os, anthropic
answer = anthropic.Anthropic(max_retries=0).messages.create(
    model=os.environ["ANTHROPIC_MODEL"], max_tokens=8, messages=[{"role": "user", "content": "Say anything."}])
print("answered", answer.content[0].text)
"""
GEMINI = """
import os
from google import genai
client = genai.Client(http_options={"retry_options": {"attempts": 1}})
client.models.generate_content(model=os.environ["GEMINI_MODEL"], contents="Say anything.")
"""
OLLAMA = """
import os, ollama
ollama.Client().chat(os.environ["GWCTL_MODEL"], messages=[{"role": "user", "content": "Say anything."}])
"""
REFUSED = """
import openai
try:
    openai.OpenAI(max_retries=0).chat.completions.create(model="tiny", messages=[{"role": "user", "content": "Hello"}])
except openai.AuthenticationError:
    print("refused")
"""
LLM = ["-m", "gpt-4o-mini", "--no-stream", "Say anything."]
OTHERS = {  # another vendor's, left over in the caller's environment
    "OPENAI_API_KEY": MARKER,
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_ORG_ID": MARKER,
    "OPENAI_CUSTOM_HEADERS": f"Authorization: Bearer {MARKER}",
    "ANTHROPIC_API_KEY": MARKER,
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
}


def works(gwctl, *words: object, **environ: str) -> None:
    home = gwctl.folder.parent / "llm"
    home.mkdir(exist_ok=True)
    before = files(gwctl.folder.parent)
    result = gwctl("run", "--", *map(str, words), LLM_USER_PATH=str(home), **OTHERS, **environ)
    assert result.out.strip()
    assert files(gwctl.folder.parent) == before
    for name, text in {**before, "stdout": result.out, "stderr": result.err}.items():
        assert not any(part in text for part in PARTS), name
        assert MASTER_KEY not in text, name


def files(folder: Path) -> dict[str, str]:
    """Return the files written below the folder, but for llm's own and the server's log."""
    result = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_text(errors="replace") for path in result if path.parent.name in ("work", ".gwctl")}


def both_ways(gwctl, *words: object, **environ: str) -> None:
    """Before the first apply the prefix is inferred, after it is recorded."""
    works(gwctl, *words, **environ)
    gwctl("apply", "--auto-approve", **environ)
    works(gwctl, *words, **environ)


@pytest.mark.litellm
@pytest.mark.parametrize("tool", ["openai", "anthropic", "llm"])
@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
def test_litellm(gwctl, litellm_pair, clients, tool: str, locked: bool) -> None:
    gwctl.write(declared(preset="litellm", url=litellm_pair[locked].url))
    both_ways(gwctl, *command_of(clients, tool), **({"GATEWAY_KEY": MASTER_KEY} if locked else {}))


@pytest.mark.parametrize("tool", ["openai", "llm"])
@pytest.mark.parametrize("key", ["", "llama-cpp-for-tests"], ids=["open", "locked"])
@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_llama_cpp(gwctl, llama_cpp, clients, tool: str, key: str, prefix: str) -> None:
    gwctl.write(declared(preset="llama-cpp", url=llama_cpp.start("gpt-4o-mini", key=key).url + prefix))
    both_ways(gwctl, *command_of(clients, tool), GATEWAY_KEY=key)


def test_a_tool_with_a_wrong_key_is_refused_by_the_server(gwctl, llama_cpp, clients) -> None:
    gwctl.write(declared(preset="llama-cpp", url=llama_cpp.start("gpt-4o-mini", key="the-right-one").url))
    refused = gwctl("run", "--", str(clients / "python"), "-c", REFUSED, GATEWAY_KEY="the-wrong-one")
    assert refused.out.strip() == "refused"


@pytest.mark.parametrize(
    ("preset", "prefix", "sdk", "asked"),
    [
        ("anthropic", "", ANTHROPIC, "/v1/messages"),
        ("anthropic", "/v1", ANTHROPIC, "/v1/messages"),
        ("gemini", "/v1beta", GEMINI, "/models/gpt-4o-mini:generateContent"),
        ("ollama-cloud", "", OLLAMA, "/api/chat"),
        ("ollama-cloud", "/v1", OPENAI, "/v1/chat/completions"),
    ],
)
def test_the_sdks_of_other_protocols(gwctl, server, clients, preset: str, prefix: str, sdk: str, asked: str) -> None:
    """No server of theirs can be installed: what they ask is what counts."""
    gwctl.write(declared(preset=preset, url=server.url + prefix))
    script = f"try:\n{textwrap.indent(sdk, '    ')}\nexcept Exception as fault: print(type(fault).__name__)"
    gwctl("run", "--", str(clients / "python"), "-c", script, **OTHERS, GATEWAY_KEY="key")
    (result,) = server.requests
    assert re.sub("^/v1(beta)?/models", "/models", result.path) == asked  # an SDK chooses the version by itself
    sent = [result.headers.get(name) for name in ("authorization", "x-api-key", "x-goog-api-key")]
    assert {value.removeprefix("Bearer ") for value in sent if value} == {"key"}
    assert not any(part in json.dumps(result.headers) for part in PARTS)


def test_a_tool_asks_this_machine_without_the_caller_s_proxy(gwctl, servers, clients) -> None:
    endpoint, proxy = servers(), servers()
    gwctl.write(declared(preset="llama-cpp", url=endpoint.url))
    script = f"try:\n{textwrap.indent(OPENAI, '    ')}\nexcept openai.NotFoundError: print('asked')"
    command = ("run", "--", str(clients / "python"), "-c", script)
    assert gwctl(*command, GATEWAY_KEY="key", HTTP_PROXY=proxy.url, ALL_PROXY=proxy.url).out.strip() == "asked"
    assert (len(endpoint.requests), proxy.requests) == (1, [])


def command_of(clients: Path, tool: str) -> list[object]:
    if tool == "llm":
        return [clients / "llm", *LLM]
    return [clients / "python", "-c", OPENAI if tool == "openai" else ANTHROPIC]
