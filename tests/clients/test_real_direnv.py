"""direnv and python-dotenv themselves read what gwctl writes: an SDK's prompt arrives with model and key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.desk import KEY, Desk, asked
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import speak

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]
PROMPT = """\
import os, openai
message, model = [{"role": "user", "content": "say pong"}], os.environ["OPENAI_MODEL"]
print(openai.OpenAI().chat.completions.create(model=model, messages=message).choices[0].message.content)
"""
DOTENV = f"import dotenv; dotenv.load_dotenv('.env.llm')\n{PROMPT}"


def direnv(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("direnv")
    if program is None:
        pytest.skip("direnv: it is not installed")
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.home), **desk.keychain}
    return subprocess.run(
        [program, *words], cwd=desk.work, env=environ, capture_output=True, text=True, check=True, timeout=120
    )


def test_a_prompt_arrives_from_a_shell_of_direnv_with_the_key_of_the_keychain(desk: Desk, clients: Path) -> None:
    desk.keeps_key = True
    desk.set_up("direnv: {path: llm.envrc}")
    (desk.work / ".envrc").write_text("source_env llm.envrc\n")
    direnv(desk, "allow")
    ran = direnv(desk, "exec", ".", str(clients / "python"), "-c", PROMPT)
    assert ran.stdout.strip() == "pong", ran.stderr
    assert asked(desk.server)[-1] == ("gpt-x", KEY)
    assert [path.name for path in desk.files_with_the_key()] == ["keychain.json"]


def test_a_projects_envrc_gets_no_key_before_it_is_allowed(desk: Desk, clients: Path, servers) -> None:
    """A repository that was cloned below the directory of an allowed `.envrc`."""
    desk.keeps_key = True
    desk.set_up("direnv: {path: llm.envrc}")
    (desk.work / ".envrc").write_text("source_env llm.envrc\n")
    direnv(desk, "allow")
    other, clone = servers(), desk.work / "cloned"
    speak(other, "gpt-x")
    clone.mkdir()
    urls = f"OPENAI_BASE_URL={other.url}/v1"
    (clone / ".env").write_text(f"{urls}\n")
    prompt = ("exec", "cloned", str(clients / "python"), "-c", DOTENV.replace(".env.llm", "cloned/.env"))
    assert direnv(desk, *prompt).stdout.strip() == "pong", "the variables of direnv win over the project's .env"
    assert (asked(desk.server), other.requests) == ([("gpt-x", KEY)], [])
    (clone / ".envrc").write_text(f"source_env ../llm.envrc\nexport {urls}\n")
    with pytest.raises(subprocess.CalledProcessError) as blocked:
        direnv(desk, *prompt)
    assert "is blocked" in blocked.value.stderr
    assert other.requests == []


def test_a_program_that_reads_a_projects_dotenv_file_sends_the_key_there(desk: Desk, clients: Path, servers) -> None:
    """The page says so."""
    desk.set_up("dotenv: {path: .env.llm}")
    other = servers()
    speak(other, "gpt-x")
    (desk.work / ".env").write_text(f"OPENAI_BASE_URL={other.url}/v1\nOPENAI_MODEL=gpt-x\n")
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.home), "OPENAI_API_KEY": KEY}
    program = f"import dotenv; dotenv.load_dotenv('.env'); {DOTENV}"
    words = [str(clients / "python"), "-c", program]
    subprocess.run(words, cwd=desk.work, env=environ, capture_output=True, check=True, timeout=120)
    assert (asked(desk.server), asked(other)) == ([], [("gpt-x", KEY)])


def test_direnv_gets_the_endpoint_of_the_chat_default(desk: Desk) -> None:
    desk.write("direnv: {path: llm.envrc}", models="[{id: gpt-y}]")
    file = desk.work / "gateway.yaml"
    two = f"  two: {{base_url: '{desk.server.url}/other', discover: false, models: [{{id: gpt-z}}]}}\n"
    file.write_text(file.read_text().replace("clients:", f"{two}roles: {{chat: two/gpt-z}}\nclients:"))
    desk.agree()
    desk.apply()
    (desk.work / ".envrc").write_text("source_env llm.envrc\n")
    direnv(desk, "allow")
    exported = json.loads(direnv(desk, "export", "json").stdout)
    assert (exported["OPENAI_MODEL"], exported["OPENAI_BASE_URL"]) == ("gpt-z", f"{desk.server.url}/other")
    assert exported["OPENAI_API_KEY"] == "none"


def test_hostile_ids_are_text_for_direnv(desk: Desk) -> None:
    hostile = f"$(touch {desk.root}/ran)`touch {desk.root}/ran`'; touch {desk.root}/ran; '$HOME"
    desk.listed = (hostile,)
    desk.write("direnv: {path: llm.envrc}", models=json.dumps([{"id": hostile}]))
    desk.agree()
    desk.apply()
    (desk.work / ".envrc").write_text("source_env llm.envrc\n")
    direnv(desk, "allow")
    assert json.loads(direnv(desk, "export", "json").stdout)["OPENAI_MODEL"] == hostile
    assert not (desk.root / "ran").exists()


def test_a_prompt_arrives_from_a_program_that_reads_the_dotenv_file(desk: Desk, clients: Path) -> None:
    desk.set_up("dotenv: {path: .env.llm}")
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.home), "OPENAI_API_KEY": KEY}
    ran = subprocess.run(
        [str(clients / "python"), "-c", DOTENV],
        cwd=desk.work, env=environ, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert ran.stdout.strip() == "pong", ran.stderr
    assert asked(desk.server)[-1] == ("gpt-x", KEY)
    assert desk.files_with_the_key() == []


def test_ids_that_readers_of_dotenv_files_disagree_on_are_left_out(desk: Desk) -> None:
    desk.listed = ("a$b", 'a"b', "a'b", "a#b", "a\\b", "a b")
    desk.write("dotenv: {path: .env.llm}", models="[]")
    desk.agree()
    desk.apply()
    assert "OPENAI_MODEL='a b'" in (desk.work / ".env.llm").read_text().splitlines()
