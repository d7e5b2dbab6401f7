"""llm and aider, started as their page says: the model and the key arrive, and the key is in no file and argument."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.clients.desk import KEY, Desk, asked
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import Ran

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]
PAGE = Path(__file__).parents[2] / "docs" / "clients" / "run.md"
QUIET = (
    " --message 'say pong' --yes-always --no-git --no-analytics --no-check-update --no-show-model-warnings --no-pretty"
    " --no-show-release-notes --no-detect-urls"
)


def command(tool: str) -> str:
    """Return the command that the page shows for the tool."""
    (line,) = re.findall(rf"^gwctl run --model litellm/gpt-x -- sh -c '{tool} .*'$", PAGE.read_text(), re.MULTILINE)
    return line


def run(desk: Desk, line: str, program: Path, **environ: str) -> Ran:
    _, run, *words = shlex.split(line)
    gateway = str(desk.work / "gateway.yaml")
    named = [word.replace("litellm/", "it/") for word in words]
    path = f"{program.parent}:/usr/bin:/bin"
    options = ("-f", gateway)
    return desk.prompt(str(desk.python), "-m", "reconciler", run, *options, *named, PATH=path, ACME_KEY=KEY, **environ)


def only_the_endpoint_got_the_key(desk: Desk, ran: Ran) -> None:
    assert set(asked(desk.server)) == {("gpt-x", KEY)}, ran.out + ran.err
    assert desk.files_with_the_key() == []
    assert [text for text in ran.arguments if KEY in text] == []


def test_a_prompt_of_llm_arrives(desk: Desk, clients: Path) -> None:
    desk.set_up("opencode: {file: none}")
    folder = desk.home / "llm"
    folder.mkdir()
    entry = f"- {{model_id: gpt-x, model_name: gpt-x, api_base: '{desk.server.url}/v1'}}\n"
    (folder / "extra-openai-models.yaml").write_text(entry.replace("}", ", api_key_name: acme}"))
    ran = run(desk, command("llm"), clients / "llm", LLM_USER_PATH=str(folder))
    assert "pong" in ran.out, ran.out + ran.err
    only_the_endpoint_got_the_key(desk, ran)


@pytest.mark.weekly
def test_a_prompt_of_aider_arrives(desk: Desk, aider: Path) -> None:
    desk.set_up("opencode: {file: none}")
    line = command("aider")
    ran = run(desk, line[:-1] + QUIET.replace("'", '"') + "'", aider, OPENAI_API_KEY="another-key-of-the-shell")
    assert "pong" in ran.out, ran.out + ran.err
    only_the_endpoint_got_the_key(desk, ran)
