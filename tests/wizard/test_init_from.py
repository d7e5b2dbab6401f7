"""`gwctl init --from`: a gateway file from the configuration of another tool, or from a running server."""

from __future__ import annotations

import json
import os

import pytest

from tests.imports.samples import HELD, SAMPLES
from tests.support.litellm import MASTER_KEY
from tests.wizard.conftest import CTRL_C, DOWN, ENTER, Person

KEY = "from-" + "a-variable-0815"
PARTS = [HELD[at : at + 6] for at in range(len(HELD) - 5)]
NOWHERE = "http://127.0.0.1:9"  # nobody listens there


@pytest.fixture
def gate(server):
    """A gateway with three models."""
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    return server


def opencode(url: str, key: str = "{env:TEAM_KEY}") -> str:
    """The configuration of opencode with one server and one model."""
    server = {"options": {"baseURL": url, "apiKey": key}, "models": {"gpt-4o": {"limit": {"context": 99, "output": 9}}}}
    return json.dumps({"provider": {"team": server}, "model": "team/gpt-4o"})


def without_tools(person: Person) -> None:
    """Leave out the tools of this machine, if there are any, up to the review."""
    person.at.until(lambda: any(asked in person.at.screen.text for asked in ("Which tools", "Save and apply?")))
    if "Which tools" in person.at.screen.text:
        shown = person.at.screen.text.split("Which tools")[1]
        person.at.types("".join(f" {DOWN}" if mark == "●" else DOWN for mark in shown if mark in "●○") + ENTER)
    person.at.until("Save and apply?")


def test_a_configuration_becomes_an_applied_gateway_file(gwctl, gate) -> None:
    gwctl.write(opencode(gate.url), "opencode.json")
    result = gwctl("init", "--name", "acme", "--from", "opencode.json", "--yes", TEAM_KEY=KEY)
    assert "Applied: " in result.out
    text = (gwctl.folder / "gateway.yaml").read_text()
    assert "key: {env: TEAM_KEY}" in text
    assert "models: [{id: gpt-4o, context: 99, output: 9}]" in text or "{id: gpt-4o, context: 99, output: 9}" in text
    assert "roles: {chat: team/gpt-4o}" in text
    assert KEY not in text
    assert "No changes" in gwctl("plan", TEAM_KEY=KEY).out


HEADERS_ONLY = "extra-openai-models.yaml"  # `llm` has its keys in another file


@pytest.mark.parametrize("file", sorted(SAMPLES))
def test_a_key_in_the_file_is_nowhere_afterwards(gwctl, keychain, file: str) -> None:
    gwctl.write(SAMPLES[file], file)
    for words in (("-v",), ()):
        result = gwctl("init", "--name", "acme", "--from", file, "--yes", *words, code=None, HTTPS_PROXY=NOWHERE)
        assert ("was left out" if file == HEADERS_ONLY else "was not copied") in result.err, result.err
        files = [path for path in gwctl.folder.rglob("*") if path.is_file() and path.name != file]
        everything = result.out + result.err + "".join(path.read_text(errors="replace") for path in files)
        assert not [part for part in PARTS if part in everything]
        (gwctl.folder / "gateway.yaml").unlink(missing_ok=True)
    assert keychain.whole == {}


def test_a_file_of_a_stranger_sends_no_key_without_consent(gwctl, server) -> None:
    """Nobody typed this host: with --yes nobody is asked, and the variable is not sent there."""
    gwctl.write(opencode("https://llm.stranger.example/v1", "{env:OPENAI_API_KEY}"), "opencode.json")
    result = gwctl(
        "init", "--from", "opencode.json", "--yes", code=1, OPENAI_API_KEY=KEY, HTTPS_PROXY=server.url, NO_PROXY=""
    )
    assert "The key is withheld from https://llm.stranger.example" in result.err + result.out
    assert server.requests == []


def test_a_person_is_asked_which_secret_goes_where(person: Person, gate) -> None:
    person.gwctl.write(opencode(gate.url), "opencode.json")
    person.runs("init", "--name", "acme", "--from", "opencode.json", TEAM_KEY=KEY)
    person.at.until("Allow all of these?")
    assert f"endpoint.team: env TEAM_KEY → {gate.url}" in person.at.screen.text
    person.answers([("Allow all of these?", "y\n")])
    without_tools(person)
    person.answers([("Save and apply?", ENTER), ("Send one short message", "n\n")])
    assert person.at.ends() == 0, person.at.screen.text
    assert KEY not in person.at.text
    assert "TEAM_KEY" in person.gwctl("trust", "list").out


@pytest.mark.parametrize("question", ["Allow all of these?", "Save and apply?"])
def test_ctrl_c_writes_nothing(person: Person, gate, question: str) -> None:
    person.gwctl.write(opencode(gate.url), "opencode.json")
    before = person.files
    person.runs("init", "--name", "acme", "--from", "opencode.json", TEAM_KEY=KEY)
    if question != "Allow all of these?":
        person.answers([("Allow all of these?", "y\n")])
        without_tools(person)
    person.answers([(question, CTRL_C)])
    assert person.at.ends() == 130
    assert person.files == before


def test_the_model_ids_of_a_stranger_are_not_filled_in(gwctl, gate) -> None:
    text = opencode(gate.url).replace("gpt-4o", "${HOME}")
    gwctl.write(text, "opencode.json")
    gwctl("init", "--name", "acme", "--from", "opencode.json", "--yes", TEAM_KEY=KEY, GWCTL_VAR_HOME="filled-in")
    assert "$${HOME}" in (gwctl.folder / "gateway.yaml").read_text()
    assert "model.team/${HOME}" in gwctl("state", "list").out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.yaml", "does not exist"),
        ("folder.yaml", "the path is a directory"),
        ("pipe.yaml", "the path is a named pipe"),
        ("large.yaml", "the file is larger than 4 MiB"),
        ("broken.yaml", "broken.yaml:1:"),
        ("notes.txt", "does not recognise the format of notes.txt"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(gwctl, name: str, said: str) -> None:
    (gwctl.folder / "folder.yaml").mkdir()
    os.mkfifo(gwctl.folder / "pipe.yaml")
    (gwctl.folder / "large.yaml").write_bytes(b"a" * (4 * 1024 * 1024 + 1))
    (gwctl.folder / "broken.yaml").write_text("model_list: ]")
    assert said in gwctl("init", "--from", name, "--yes", code=1).err
    assert not (gwctl.folder / "gateway.yaml").exists()


def test_options_about_one_endpoint_do_not_go_with_a_file(gwctl, gate) -> None:
    gwctl.write(opencode(gate.url), "opencode.json")
    result = gwctl("init", "--from", "opencode.json", "--key-env", "OTHER", "--yes", code=1)
    assert "This --from cannot be combined with" in result.err


def test_a_url_with_a_password_is_refused_and_not_shown(gwctl) -> None:
    result = gwctl("init", "--from", f"https://user:{HELD}@llm.example", "--yes", code=1)
    assert "must not contain a user or password" in result.err
    assert not [part for part in PARTS if part in result.err + result.out]


def test_a_running_litellm_is_one_endpoint(gwctl, litellm_pair) -> None:
    _, locked = litellm_pair
    words = ("--key-env", "TEAM_KEY", "--purpose", "chat", "--yes")
    gwctl("init", "--name", "acme", "--from", locked.url, *words, TEAM_KEY=MASTER_KEY)
    text = (gwctl.folder / "gateway.yaml").read_text()
    assert "preset: litellm" in text
    assert MASTER_KEY not in text
    assert "No changes" in gwctl("plan", TEAM_KEY=MASTER_KEY).out
    assert gwctl("chat", "litellm/gpt-4o-mini", "hello", TEAM_KEY=MASTER_KEY).code == 0
