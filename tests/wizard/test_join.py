"""`gwctl join` in a clone, and `gwctl leave`: the second person is there, and gone again without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.scripted import Reply
from tests.support.used import used
from tests.wizard.conftest import CTRL_C, DOWN, ENTER, Person, contents

KEY = "typed-" + "by-the-second-0815"
TEAM = """\
version: 1
name: acme
endpoints:
  gate: {base_url: 'URL/v1', preset: llama-cpp, key: {env: TEAM_KEY}, store_key: if-available}
defaults: {chat: gate/tiny}
"""
AGREE = ("Allow all of these, and remember the answer?", "y\n")
TYPE_IT = ("it is not shown", f"{KEY}{ENTER}")
APPLY = ("Apply this on this machine?", "y\n")
ANSWER = ("Send one short message", "y\n")


@pytest.fixture
def clone(person: Person, llama_cpp) -> Person:
    """Somebody in a fresh clone of a team whose gateway wants a key."""
    server = llama_cpp.start(alias="tiny", key=KEY)
    person.gwctl.write(TEAM.replace("URL", server.url))
    return person


def home_of(person: Person, tmp_path) -> dict[str, bytes]:
    """The files of the person's home, without the ledger, which stays as a file."""
    return {path: data for path, data in contents(tmp_path / "home").items() if "ledger" not in path}


def test_the_second_person_is_there_after_four_answers(clone: Person, keychain, tmp_path) -> None:
    shown = clone.runs("join")
    clone.answers([AGREE])
    assert "endpoint.gate, key: env TEAM_KEY → http://127.0.0.1:" in " ".join(shown.screen.text.split())
    clone.answers([TYPE_IT, APPLY, ANSWER])
    assert shown.ends() == 0, shown.screen.text
    assert "gate accepts the key" in shown.screen.text
    assert list(keychain.entries.values()) == [KEY]
    assert KEY not in shown.text
    holding = [path for path, data in contents(tmp_path).items() if KEY.encode() in data]
    assert holding == ["keychain.json"]
    assert "No changes" in clone.gwctl("plan").out
    assert clone.gwctl("chat", "hello").code == 0


def test_a_key_is_asked_for_where_the_file_does_not_store_it_and_is_kept_on_this_machine_alone(
    clone: Person, keychain, tmp_path
) -> None:
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace(", store_key: if-available", ""))
    before = home_of(clone, tmp_path)
    clone.runs("join")
    clone.answers([AGREE, TYPE_IT])
    clone.at.until("for this machine; typed")
    clone.answers([APPLY, ("Send one short message", "n\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    assert list(keychain.entries.values()) == [KEY]
    assert [name for name, data in contents(tmp_path).items() if KEY.encode() in data] == ["keychain.json"]
    assert "No changes" in clone.gwctl("plan").out
    assert clone.gwctl("chat", "hello").code == 0
    assert "only here" in clone.gwctl("key", "list").out
    clone.gwctl("leave", "--auto-approve")
    assert keychain.whole == {}
    assert home_of(clone, tmp_path) == before


@pytest.mark.parametrize("needs", [True, False])
def test_an_optional_key_is_asked_for_only_if_the_server_refuses_without_it(
    person: Person, keychain, server, needs: bool
) -> None:
    good, refusal = Reply(body={"data": [{"id": "tiny"}]}), Reply(status=401, body={"error": "no key"})
    server.routes["/models"] = lambda request: good if "authorization" in request.headers or not needs else refusal
    endpoint = f"{{base_url: '{server.url}', preset: litellm, key: {{env: TEAM_KEY}}}}"
    person.gwctl.write(f"version: 1\nname: acme\nendpoints: {{gate: {endpoint}}}\n")
    person.runs("join")
    steps = [AGREE, *([TYPE_IT] if needs else []), APPLY]
    person.answers(steps)
    person.at.ends("n\n")
    assert ("it is not shown" in person.at.screen.text) == needs
    assert ("rejects requests without a key" in " ".join(person.at.screen.text.split())) == needs
    assert list(keychain.entries.values()) == ([KEY] if needs else [])


@pytest.fixture
def refusing(person: Person, server, tmp_path) -> Person:
    """Somebody with a tool in a clone that a colleague has applied. The preset says that the key is optional.

    The gateway rejects requests without a key.
    """
    good, refusal = Reply(body={"data": [{"id": "tiny"}]}), Reply(status=401, body={"error": "no key"})
    server.routes["/models"] = lambda request: good if "authorization" in request.headers else refusal
    used(tmp_path / "home" / ".config" / "opencode")
    fields = f"base_url: '{server.url}', preset: litellm, key: {{env: TEAM_KEY}}, models: [tiny]"
    person.gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{gate: {{{fields}}}}}\nclients: {{opencode: {{}}}}\n"
        "defaults: {chat: gate/tiny}\n"
    )
    colleague = {"TEAM_KEY": KEY, "XDG_STATE_HOME": str(tmp_path / "colleague")}
    person.gwctl("apply", "--auto-approve", "--no-clients", "--allow-host", "gate", **colleague)
    return person


NO_KEY = ("it is not shown", ENTER)
PICK = ("Which tools will use the gateway?", ENTER)


def test_enter_at_an_optional_key_that_the_server_requires_asks_again(refusing: Person, keychain, tmp_path) -> None:
    refusing.runs("join")
    refusing.answers([PICK, AGREE, NO_KEY, ("What next?", ENTER), TYPE_IT, (APPLY[0], "n\n")])
    assert refusing.at.ends() == 1, refusing.at.screen.text
    said = " ".join(refusing.at.text.split())
    assert "gate responded with HTTP 401 to a request without a key" in said
    assert "Enter a key" in said
    assert "Store the key as it is" not in said
    assert "gate accepts the key." in said
    assert keychain.whole == {}


def test_no_tool_is_set_up_for_an_endpoint_that_rejects_requests_without_a_key(
    refusing: Person, keychain, tmp_path
) -> None:
    before = home_of(refusing, tmp_path)
    refusing.runs("join")
    refusing.answers([PICK, AGREE, NO_KEY])
    refusing.at.until("Leave this endpoint without a key; no tool is set up for it")
    refusing.answers([("What next?", f"{DOWN}{ENTER}")])
    refusing.at.ends()
    said = " ".join(refusing.at.text.split())
    assert "client.opencode does not use gate: the endpoint has no key on this machine" in said
    assert home_of(refusing, tmp_path) == before


def test_the_user_can_stop_at_a_key_that_the_server_requires(refusing: Person, keychain) -> None:
    before = refusing.files
    refusing.runs("join")
    refusing.answers([PICK, AGREE, NO_KEY, ("What next?", f"{DOWN * 2}{ENTER}")])
    assert refusing.at.ends() == 130
    assert refusing.files == before


def test_a_wrong_key_is_asked_for_again_and_not_stored(clone: Person, keychain) -> None:
    clone.runs("join")
    clone.answers([AGREE, ("it is not shown", f"wrong-key-0001{ENTER}"), ("What next?", ENTER), TYPE_IT, APPLY])
    clone.answers([("Send one short message", "n\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    assert "Invalid API key" in clone.at.screen.text
    assert list(keychain.entries.values()) == [KEY]


def test_a_no_sends_nothing_and_writes_nothing(clone: Person, keychain) -> None:
    before = clone.files
    clone.runs("join")
    clone.answers([(AGREE[0], "n\n")])
    assert clone.at.ends() == 1
    assert clone.files == before
    assert keychain.whole == {}
    assert "gate" not in clone.gwctl("trust", "list").out


@pytest.mark.parametrize("question", range(3))
def test_ctrl_c_stores_no_key_and_applies_nothing(clone: Person, keychain, question: int) -> None:
    before = clone.files
    steps = [AGREE, TYPE_IT, APPLY]
    clone.runs("join")
    clone.answers([*steps[:question], (steps[question][0], CTRL_C)])
    assert clone.at.ends() == 130
    assert clone.files == before
    assert keychain.whole == {}


def test_a_key_in_its_variable_is_not_asked_for(clone: Person, keychain) -> None:
    clone.runs("join", TEAM_KEY=KEY)
    clone.answers([AGREE, APPLY, ("Send one short message", "n\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    assert "it is not shown" not in clone.at.screen.text


@pytest.mark.parametrize(
    "broken", [{"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}, {"TEST_KEYCHAIN_IS": "locked"}]
)
def test_without_a_usable_keychain_the_variable_is_named(clone: Person, keychain, broken: dict[str, str]) -> None:
    clone.runs("join", **broken)
    clone.answers([AGREE])
    clone.at.until("env TEAM_KEY")
    clone.at.ends("n")
    assert "No key can be stored" in clone.at.screen.text
    assert "it is not shown" not in clone.at.screen.text


def test_without_a_terminal_join_says_what_to_type(clone: Person) -> None:
    result = clone.gwctl("join", code=1)
    assert "gwctl join --yes --allow-host gate" in result.err
    assert not (clone.gwctl.folder / ".gwctl").exists()


def test_without_a_terminal_what_is_named_is_agreed_to_and_applied(clone: Person, keychain) -> None:
    result = clone.gwctl("join", "--yes", "--allow-host", "gate", TEAM_KEY=KEY)
    assert "Applied: " in result.out
    assert "TEAM_KEY" in clone.gwctl("trust", "list").out
    assert list(keychain.entries.values()) == [KEY]
    assert clone.gwctl("chat", "hello").code == 0
    assert KEY not in result.out + result.err


def test_without_a_terminal_nothing_is_agreed_to_that_is_not_named(gwctl, server, keychain) -> None:
    """The key would go to a host that is neither this machine nor the vendor's own."""
    team = TEAM.replace("URL/v1", "https://gate.example.test/v1").replace("llama-cpp", "litellm")
    gwctl.write(team)
    result = gwctl("join", "--yes", code=None, HTTPS_PROXY=server.url, TEAM_KEY=KEY)
    assert "trust" in result.out + result.err
    assert server.requests == []
    assert keychain.whole == {}
    assert "TEAM_KEY" not in gwctl("trust", "list").out
    assert "gat" in gwctl("join", "--yes", "--allow-host", "gat", code=1).err


def test_leave_takes_back_what_is_here_where_the_state_cannot_be_read(
    clone: Person, keychain, tmp_path, state_servers
) -> None:
    kept = state_servers()
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text() + f"state: {kept.url}/states/acme\nclients: {{opencode: {{}}}}\n")
    used(tmp_path / "home" / ".config" / "opencode")
    before = home_of(clone, tmp_path)
    clone.gwctl("apply", "--scope", "all", "--auto-approve", "--allow-host", "gate", code=None, TEAM_KEY=KEY)
    words = ("join", "--yes", "--allow-host", "gate", "--allow-host", "client.opencode")
    clone.gwctl(*words, TEAM_KEY=KEY)
    assert list(keychain.entries.values()) == [KEY]
    assert home_of(clone, tmp_path) != before
    kept.close()
    result = clone.gwctl("leave", "--auto-approve")
    assert "Only this machine's records are removed." in result.err
    assert "leaving acme)" in result.out
    assert "config:" not in result.out
    assert "This machine has left acme: 5 deleted, 3 consents withdrawn. The gateway file" in result.out
    assert "serial" not in result.out
    assert keychain.whole == {}
    assert home_of(clone, tmp_path) == before
    assert "gate" not in clone.gwctl("trust", "list").out


def test_an_endpoint_can_be_left_without_a_key(clone: Person, keychain) -> None:
    clone.runs("join")
    clone.answers([AGREE, ("it is not shown", f"wrong-key-0001{ENTER}"), ("What next?", f"{DOWN * 2}{ENTER}")])
    clone.at.ends("n")
    assert keychain.whole == {}


def test_leave_undoes_what_join_did(clone: Person, keychain, tmp_path) -> None:
    before = home_of(clone, tmp_path)
    clone.runs("join")
    clone.answers([AGREE, TYPE_IT, APPLY, ("Send one short message", "n\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    file = (clone.gwctl.folder / "gateway.yaml").read_bytes()
    clone.runs("leave")
    clone.answers([("Remove all of this", "y\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    said = " ".join(clone.at.screen.text.split())
    assert "gate to be removed from this machine" in said
    assert "key.gate is removed from this machine" in said
    assert "no longer stores" not in said
    assert "(key.gate is removed from this machine)" in said
    assert "config:" not in said
    assert keychain.whole == {}
    assert "gate" not in clone.gwctl("trust", "list").out
    assert clone.gwctl("key", "list").out == "No stored keys.\n"
    assert home_of(clone, tmp_path) == before
    assert (clone.gwctl.folder / "gateway.yaml").read_bytes() == file
    assert "no records of this gateway file" in clone.gwctl("leave").out


@pytest.mark.parametrize("is_picked", [True, False])
def test_a_tool_of_the_file_is_offered_and_agreed_to_only_if_it_is_picked(
    clone: Person, keychain, tmp_path, is_picked: bool
) -> None:
    used(tmp_path / "home" / ".claude")
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(
        path.read_text()
        .replace("defaults:", "clients: {claude-code: {}}\ndefaults:")
        .replace("key: {", "apis: [messages], key: {")
    )
    clone.runs("join")
    clone.answers([("Which tools will use the gateway?", ENTER if is_picked else f" {ENTER}")])
    clone.at.until(AGREE[0])
    assert ("Claude Code" in clone.at.screen.text) == is_picked
    clone.answers([AGREE, TYPE_IT, (APPLY[0], "n\n")])
    assert clone.at.ends() == 1
    assert ("client.claude-code" in clone.gwctl("trust", "list").out) == is_picked
    assert keychain.whole == {}


def test_a_no_leaves_all_of_it(clone: Person, keychain) -> None:
    clone.runs("join")
    clone.answers([AGREE, TYPE_IT, APPLY, ("Send one short message", "n\n")])
    assert clone.at.ends() == 0
    clone.runs("leave")
    clone.answers([("Remove all of this", "n\n")])
    assert clone.at.ends() == 1
    assert list(keychain.entries.values()) == [KEY]
    assert "No changes" in clone.gwctl("plan").out


def test_leave_needs_a_yes_without_a_terminal_too(clone: Person, keychain) -> None:
    clone.gwctl("trust", "gate")
    assert "--auto-approve" in clone.gwctl("leave", code=1).err
    assert "TEAM_KEY" in clone.gwctl("trust", "list").out
    clone.gwctl("leave", "--auto-approve")
    assert "TEAM_KEY" not in clone.gwctl("trust", "list").out


def test_no_message_is_sent_to_a_server_that_does_not_run(person: Person) -> None:
    team = TEAM.replace("URL/v1", "http://127.0.0.1:9").replace(", key: {env: TEAM_KEY}, store_key: if-available", "")
    person.gwctl.write(team.replace("preset: llama-cpp", "preset: llama-cpp, models: [tiny]"))
    person.runs("join")
    person.answers([APPLY])
    assert person.at.ends() == 0, person.at.screen.text
    assert "Send one short message" not in person.at.text
    assert "gate did not respond, so no first message is sent." in person.at.screen.text
    assert 'When the server runs and accepts the key: gwctl apply, then gwctl chat "Hello"' in person.at.screen.text


def test_the_end_says_how_a_configured_tool_is_started(clone: Person, keychain, tmp_path) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace("defaults:", "clients: {opencode: {}}\ndefaults:"))
    clone.runs("join")
    clone.answers([("Which tools will use the gateway?", ENTER), AGREE, TYPE_IT, APPLY])
    clone.answers([("Which tool should answer", f"{DOWN}{ENTER}"), ("Send one short message", "n\n")])
    assert clone.at.ends() == 0, clone.at.screen.text
    end = clone.at.screen.text.split("To send a message:")[1]
    assert "opencode: start it with:\n  OPENCODE_CONFIG_DIR=" in end
    assert "restart" not in end  # no session can know other settings


@pytest.mark.parametrize("use", ["own", "shared"])
def test_the_end_says_what_to_restart_if_a_session_may_know_other_settings(
    clone: Person, keychain, tmp_path, use: str
) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace("defaults:", f"clients: {{opencode: {{file: {use}}}}}\ndefaults:"))
    words = ("join", "--yes", "--allow-host", "gate", "--allow-host", "client.opencode")
    first = clone.gwctl(*words, TEAM_KEY=KEY)
    limited = "preset: llama-cpp, models: [{id: tiny, context: 4096, output: 512}]"
    path.write_text(path.read_text().replace("preset: llama-cpp", limited))
    second, third = clone.gwctl(*words, TEAM_KEY=KEY), clone.gwctl(*words, TEAM_KEY=KEY)
    said = ["opencode: restart opencode" in each.out + each.err for each in (first, second, third)]
    assert said == [False, True, False], second.out + second.err


def tool_on(folder: Path, name: str, code: int = 0) -> None:
    """Put a double of a tool in the folder: it prints its arguments."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(
        f'#!/bin/sh\necho "{name} was run: $*" >> "{folder}/runs"\necho "pong of {name}"\nexit {code}\n'
    )
    (folder / name).chmod(0o755)


NEXT = "Which tool should answer next?"


@pytest.mark.parametrize(
    ("codes", "answers", "runs", "code"),
    [
        ((0, 0), [("Which tool should answer a first", ENTER), (NEXT, ENTER)], ["claude", "codex"], 0),
        ((0, 0), [("Which tool should answer a first", f"{DOWN}{ENTER}"), (NEXT, ENTER)], ["codex", "claude"], 0),
        ((0, 0), [("Which tool should answer a first", ENTER), (NEXT, f"{DOWN}{ENTER}")], ["claude"], 0),
        ((3, 0), [("Which tool should answer a first", ENTER), (NEXT, ENTER)], ["claude", "codex"], 1),
        ((0, 0), [("Which tool should answer a first", f"{DOWN * 2}{ENTER}"), (ANSWER[0], "n\n")], [], 0),
    ],
)
def test_each_tool_is_offered_a_first_message_and_gets_none_without_a_yes(
    person: Person, server, tmp_path, codes: tuple[int, int], answers: list, runs: list[str], code: int
) -> None:
    server.lists("m")
    for name, result in zip(("claude", "codex"), codes, strict=True):
        tool_on(tmp_path / "tools", name, result)
    endpoint = f"{{preset: litellm, base_url: '{server.url}', apis: [chat, responses, messages]}}"
    clients = "clients: {claude-code: {}, codex: {}}\ndefaults: {chat: gate/m}\n"
    person.gwctl.write(f"version: 1\nname: acme\nendpoints:\n  gate: {endpoint}\n{clients}")
    person.runs("join", PATH=f"{tmp_path / 'tools'}:/usr/bin:/bin")
    for folder in (".claude", ".codex"):
        used(tmp_path / "home" / folder)
    person.answers([("Which tools will use the gateway?", ENTER), AGREE, APPLY, *answers])
    assert person.at.ends() == code, person.at.screen.text
    ran = tmp_path / "tools" / "runs"
    assert [line.split()[0] for line in (ran.read_text() if ran.exists() else "").splitlines()] == runs
    for name in runs:
        assert f"pong of {name}" in person.at.text
    said = " ".join(person.at.text.split())
    assert ("Claude Code did not answer (exit code 3)" in said) == bool(code)
    assert ("`gwctl doctor claude-code`; to test the endpoint alone: `gwctl test --chat`" in said) == bool(code)
    assert "Claude Code: start it with:" in person.at.text
    assert "Codex: start it with:" in person.at.text


@pytest.mark.parametrize("before", ["used", "unused", "joined"])
def test_only_tools_that_were_used_here_are_picked_at_first_or_else_the_first_one(
    person: Person, server, tmp_path, before: str
) -> None:
    server.lists("m")
    for name in ("claude", "codex", "opencode"):
        tool_on(tmp_path / "tools", name)
    endpoint = f"{{preset: litellm, base_url: '{server.url}', apis: [chat, responses, messages]}}"
    clients = "clients: {claude-code: {}, codex: {}, opencode: {}}\ndefaults: {chat: gate/m}\n"
    person.gwctl.write(f"version: 1\nname: acme\nendpoints:\n  gate: {endpoint}\n{clients}")
    path = f"{tmp_path / 'tools'}:/usr/bin:/bin"
    if before == "used":
        for below in (".codex", ".config/opencode"):
            used(tmp_path / "home" / below)
    if before == "joined":  # the files that gwctl created there count: the tool was picked in an earlier join
        clients = ("--allow-host", "client.claude-code", "--allow-host", "client.codex")
        person.gwctl("join", "--yes", "--allow-host", "gate", *clients, PATH=path)
    person.runs("join", PATH=path)
    person.at.until("Which tools")
    person.at.until("opencode")
    shown = {line.strip(" »>❯") for line in person.at.screen.text.splitlines()}
    picked = {line.removeprefix("● ") for line in shown if line.startswith("● ")}
    wanted = {"used": {"Codex", "opencode"}, "unused": {"Claude Code"}, "joined": {"Claude Code", "Codex"}}
    assert picked == wanted[before], person.at.screen.text
    person.answers([("Which tools", ENTER)])
    person.at.until("Which tool should answer" if before == "joined" else AGREE[0])


def test_a_tool_that_no_endpoint_can_serve_says_so_and_is_not_picked_at_first(
    clone: Person, keychain, tmp_path
) -> None:
    used(tmp_path / "home" / ".claude")
    path = clone.gwctl.folder / "gateway.yaml"
    path.write_text(
        path.read_text()
        .replace("defaults:", "clients: {claude-code: {}}\ndefaults:")
        .replace("key: {", "apis: [chat], key: {")
    )
    clone.runs("join")
    clone.at.until("○ Claude Code (needs the API messages)")
    clone.answers([("Which tools will use the gateway?", ENTER), (AGREE[0], "n\n")])
    assert clone.at.ends() == 1
