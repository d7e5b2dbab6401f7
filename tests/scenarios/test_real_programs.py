"""Programs on real servers: `model` gives the SDKs what they need, by `gwctl run` and by a resolved file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.support.litellm import MASTER_KEY
from tests.support.real_gateway import declared

ROOT = Path(__file__).parents[2]
OPENAI = """
import openai
from reconciler.api import model
m = model("chat")
answer = openai.OpenAI(**m.openai(), max_retries=0).chat.completions.create(
    model=m.id, messages=[{"role": "user", "content": "Say anything."}])
print("answered", repr(answer.choices[0].message.content)[:0], m)
"""
ALONE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # else LiteLLM asks GitHub for prices, three times
LITELLM = """
from litellm import completion
from reconciler.api import model
m = model("chat")
answer = completion(**m.litellm(), messages=[{"role": "user", "content": "Say anything."}], num_retries=0)
print("answered", repr(answer.choices[0].message.content)[:0], m)
"""


def python_with(gwctl: Gwctl, python: Path, script: str, environ: Mapping[str, str]) -> str:
    """Run a program with gwctl's code on its path, and nothing of gwctl's libraries."""
    ours = {**gwctl.environ, "PYTHONPATH": str(ROOT), **ALONE, **environ}
    done = subprocess.run(
        [str(python), "-c", script],
        cwd=gwctl.folder,
        env=ours,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert MASTER_KEY not in done.stdout + done.stderr
    return done.stdout


def three_ways(gwctl: Gwctl, python: Path, script: str, key: Mapping[str, str]) -> None:
    """By `gwctl run`, by the path of a resolved file, and with a role that a variable replaces."""
    gwctl("apply", "--auto-approve", **key)
    inside = gwctl("run", "--", str(python), "-c", script, PYTHONPATH=str(ROOT), **ALONE, **key)
    assert inside.out.startswith("answered")
    resolved = gwctl.folder / "resolved.json"
    resolved.write_text(gwctl("export", "resolved").out)
    assert MASTER_KEY not in resolved.read_text()
    environ = {"GWCTL_RESOLVED": str(resolved), **key}
    assert python_with(gwctl, python, script, environ).startswith("answered")
    named = {**environ, "GWCTL_USE_CHAT": "gateway/gpt-4o-mini"}
    assert "gateway/gpt-4o-mini" in python_with(gwctl, python, script, named)


@pytest.mark.litellm
@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
def test_the_openai_sdk_on_litellm(gwctl: Gwctl, litellm_pair, clients: Path, locked: bool) -> None:
    gwctl.write(declared(preset="litellm", url=litellm_pair[locked].url))
    three_ways(gwctl, clients / "python", OPENAI, {"GATEWAY_KEY": MASTER_KEY} if locked else {})


@pytest.mark.litellm
def test_litellm_completion_on_litellm(gwctl: Gwctl, litellm_pair) -> None:
    gwctl.write(declared(preset="litellm", url=litellm_pair[True].url))
    python = Path(os.environ["GWCTL_TEST_LITELLM"]).with_name("python")
    three_ways(gwctl, python, LITELLM, {"GATEWAY_KEY": MASTER_KEY})


@pytest.mark.parametrize("key", ["", "llama-cpp-for-tests"], ids=["open", "locked"])
def test_the_openai_sdk_on_llama_cpp(gwctl: Gwctl, llama_cpp, clients: Path, key: str) -> None:
    gwctl.write(declared(preset="llama-cpp", url=llama_cpp.start("gpt-4o-mini", key=key).url))
    three_ways(gwctl, clients / "python", OPENAI, {"GATEWAY_KEY": key} if key else {})


def test_a_program_with_a_wrong_key_is_refused_by_the_server(gwctl: Gwctl, llama_cpp, clients: Path) -> None:
    script = (
        "import openai\nfrom reconciler.api import model\nm = model('chat')\n"
        "try:\n    openai.OpenAI(**m.openai(), max_retries=0).chat.completions.create(\n"
        "        model=m.id, messages=[{'role': 'user', 'content': 'Hello'}])\n"
        "except openai.AuthenticationError: print('refused')"
    )
    gwctl.write(declared(preset="llama-cpp", url=llama_cpp.start("gpt-4o-mini", key="the-right-one").url))
    result = gwctl(
        "run", "--", str(clients / "python"), "-c", script, PYTHONPATH=str(ROOT), GATEWAY_KEY="the-wrong-one"
    )
    assert result.out.strip() == "refused"
