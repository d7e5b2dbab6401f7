"""`gwctl init`: from nothing to a gateway file, an applied plan and a first answer."""

from __future__ import annotations

import json
import re
import socket

import pytest
import yaml

from reconciler.clients.registry import all_tools
from reconciler.config.load import load
from reconciler.engine.connect.entry import with_kept_keys
from reconciler.live.probe.local import local_servers
from reconciler.presets.load import load_all
from tests.support.scripted import Reply
from tests.support.used import used
from tests.wizard.conftest import CLEAR, CTRL_C, DOWN, ENTER, Person

KEY = "typed-" + "by-a-person-0815"
USUAL_PORT = 8080  # of llama.cpp
OLLAMA_PORT = 11434
pytestmark = pytest.mark.xdist_group("usual-ports")  # whoever runs there is found by every init


@pytest.fixture
def llama_at_home(llama_cpp):
    """A real llama.cpp at its usual port."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", USUAL_PORT)) == 0:
            pytest.skip(f"another server runs on port {USUAL_PORT}")
    return llama_cpp.start(alias="tiny", port=USUAL_PORT)


@pytest.fixture
def gate(server):
    """A gateway with three models that answers."""
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    answer = {"choices": [{"message": {"role": "assistant", "content": "I am here."}}], "model": "gpt-4o"}
    server.routes["/chat/completions"] = Reply(body=answer)
    return server


def to_the_review(url: str) -> list[tuple[str, str]]:
    """The questions of `init litellm` before the review, and answers: what runs on this machine is not asked about."""
    return [
        ("Name of the gateway:", f"{CLEAR}acme{ENTER}"),
        ("Name of the endpoint:", ENTER),
        ("Base URL:", f"{CLEAR}{url}{ENTER}"),
        ("Where is the key?", ENTER),
        ("it is not shown", f"{KEY}{ENTER}"),
        ("Which models?", ENTER),
        ("by default for:", ENTER),
        ("Default model for chat:", ENTER),
    ]


def test_from_nothing_to_an_answer(person: Person, gate, keychain) -> None:
    person.runs("init", "litellm")
    person.answers([*to_the_review(gate.url), ("Save and apply?", ENTER), ("Send one short message", "y\n")])
    assert person.at.ends() == 0, person.at.screen.text
    answered, _, shared = person.at.screen.text.rpartition("litellm/gpt-4o: I am here.\n")
    assert answered
    assert " ".join(shared.split()).endswith("In a clone, others run: gwctl join")
    assert "commit gateway.yaml and gateway.schema.json" in shared
    text = (person.gwctl.folder / "gateway.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=gateway.schema.json\n")
    assert "roles: {chat: litellm/gpt-4o, embedding: litellm/text-embedding-3-small}" in text
    assert KEY not in text
    assert list(keychain.entries.values()) == [KEY]
    assert [row["origin"] for row in person.gwctl("key", "list", "--format", "json").json["entries"]] == ["gwctl init"]
    assert "No changes" in person.gwctl("plan").out


def test_an_editor_finds_the_schema_that_a_new_file_names(gwctl, gate) -> None:
    words = ("init", "litellm", "--base-url", gate.url, "--purpose", "chat", "--name", "acme", "--yes")
    done = gwctl(*words)
    assert "gateway.schema.json: a new file" in done.out
    assert "Saved: gateway.yaml and gateway.schema.json\n" in done.err
    path = gwctl.folder / "gateway.yaml"
    named = re.search(r"\$schema=(\S+)", path.read_text().splitlines()[0])
    assert named
    schema = json.loads((path.parent / named[1]).read_text())
    assert schema == gwctl("schema").json
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(yaml.safe_load(path.read_text()), schema)


def test_a_schema_that_is_there_already_is_left_alone(gwctl, gate) -> None:
    there = gwctl.write("{}", "gateway.schema.json")
    shown = gwctl("init", "litellm", "--base-url", gate.url, "--name", "acme", "--yes")
    assert "gateway.schema.json: a new file" not in shown.out
    assert there.read_text() == "{}"


def test_a_server_at_its_usual_port_is_found_without_a_question_about_it(person: Person, llama_at_home) -> None:
    person.runs("init", "--name", "acme")
    person.at.until("Which endpoints?")
    person.at.until("Another server or vendor")
    assert " » ● llama.cpp" in person.at.screen.text
    assert "http://localhost:8080/v1" in person.at.screen.text
    person.answers([("Which endpoints?", ENTER)])
    person.answers([("by default for:", ENTER), ("Save and apply?", ENTER), ("Send one short message", "y\n")])
    assert person.at.ends() == 0, person.at.screen.text
    assert person.gwctl.models() == ["model.llama-cpp/tiny"]


def test_a_found_server_that_wants_a_key_is_asked_about_its_key(person: Person, llama_cpp, keychain) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", USUAL_PORT)) == 0:
            pytest.skip(f"another server runs on port {USUAL_PORT}")
    llama_cpp.start(alias="tiny", key=KEY, port=USUAL_PORT)
    person.runs("init", "--name", "acme")
    person.answers([("Which endpoints?", ENTER), ("What next?", ENTER), ("Where is the key?", ENTER)])
    person.answers([("it is not shown", f"{KEY}{ENTER}"), ("by default for:", ENTER), ("Save and apply?", ENTER)])
    person.answers([("Send one short message", "y\n")])
    assert person.at.ends() == 0, person.at.screen.text
    assert list(keychain.entries.values()) == [KEY]


def test_a_server_that_fails_without_a_key_is_asked_about_its_key_first(person: Person, gate, keychain) -> None:
    """A real LiteLLM with a master key and no database answers HTTP 500 to a request without a key."""
    listed = gate.routes.pop("/models")
    gate.routes["/models"] = Reply(status=500)
    person.runs("init", "litellm", "--name", "acme", "--base-url", gate.url)
    person.answers([("Name of the endpoint:", ENTER), ("Where is the key?", f"{DOWN * 3}{ENTER}")])
    person.at.until("» Enter a key")
    said = " ".join(person.at.screen.text.split())
    assert "litellm responded with HTTP 500 to a request without a key" in said
    assert "error" not in said
    gate.routes["/models"] = listed
    person.answers([("What next?", ENTER), ("Where is the key?", ENTER), ("it is not shown", f"{KEY}{ENTER}")])
    person.answers([("Which models?", CTRL_C)])
    assert person.at.ends() == 130


def test_another_key_is_asked_for_even_where_the_preset_has_none(person: Person, gate, keychain) -> None:
    gate.routes["/api/tags"] = Reply(status=401)
    person.runs("init", "ollama", "--name", "acme", "--base-url", gate.url)
    person.answers([("Name of the endpoint:", ENTER), ("What next?", ENTER), ("Where is the key?", CTRL_C)])
    assert person.at.ends() == 130


def test_another_key_is_asked_for_even_where_an_option_names_one(person: Person, gate, keychain) -> None:
    gate.routes["/models"] = Reply(status=401)
    person.runs("init", "litellm", "--name", "acme", "--base-url", gate.url, "--key-env", "TEAM_KEY", TEAM_KEY="k-0815")
    person.answers([("Name of the endpoint:", ENTER), ("What next?", ENTER), ("Where is the key?", CTRL_C)])
    assert person.at.ends() == 130


def test_enter_at_every_question_about_tools_configures_only_tools_of_this_machine(
    person: Person, gate, keychain
) -> None:
    """A file that has no usual place, such as that of LiteLLM's proxy, would be refused after the last question."""
    used(person.gwctl.folder.parent / "home" / ".claude")
    person.runs("init", "litellm")
    steps = to_the_review(gate.url)
    person.answers([*steps, ("Which tools", ENTER)])
    person.at.until("Save and apply?")
    person.at.types(CTRL_C)
    assert person.at.ends() == 130
    shown = person.at.text
    assert "Claude Code" in shown
    assert not any(tool.title in shown for tool in all_tools() if tool.needs_path)


def test_init_yes_uses_all_that_is_found(gwctl, llama_at_home) -> None:
    result = gwctl("init", "--name", "acme", "--yes")
    assert "Applied: " in result.out
    assert "llama-cpp:" in (gwctl.folder / "gateway.yaml").read_text()
    assert gwctl("chat", "llama-cpp/tiny", "hello").code == 0


def test_an_init_that_finds_nothing_says_what_to_type(gwctl) -> None:
    if local_servers(load_all()):
        pytest.skip("a server runs on a usual port of this machine")
    result = gwctl("init", "--yes", code=1)
    assert "No server was found on a usual port" in result.err
    assert "gwctl init PRESET --base-url URL" in result.err
    assert list(gwctl.folder.iterdir()) == []


def test_a_server_that_is_too_busy_to_respond_is_named(person: Person) -> None:
    with socket.socket() as busy:
        try:
            busy.bind(("127.0.0.1", OLLAMA_PORT))
        except OSError:
            pytest.skip(f"another server runs on port {OLLAMA_PORT}")
        busy.listen()
        person.runs("init", "--name", "acme")
        person.at.until("did not respond in time")
    assert f"http://localhost:{OLLAMA_PORT} did not" in person.at.screen.text
    person.at.until("Which")
    person.at.types(CTRL_C)
    assert person.at.ends() == 130


def test_init_by_options_alone(gwctl, gate) -> None:
    words = ("litellm", "--base-url", gate.url, "--key-env", "TEAM_KEY", "--purpose", "chat", "--name", "acme")
    gwctl("init", *words, "--yes", TEAM_KEY=KEY)
    text = (gwctl.folder / "gateway.yaml").read_text()
    assert "key: {env: TEAM_KEY}" in text
    assert "roles: {chat: litellm/gpt-4o}" in text
    assert KEY not in text
    assert "No changes" in gwctl("plan", TEAM_KEY=KEY).out


def test_an_existing_file_is_not_overwritten(person: Person) -> None:
    path = person.gwctl.folder / "gateway.yaml"
    path.write_text("not even YAML: {")
    assert "already exists" in person.gwctl("init", "--yes", code=1).err
    person.runs("init")
    assert person.at.ends() == 1
    assert "gwctl connect" in person.at.screen.text
    assert path.read_text() == "not even YAML: {"


def test_a_file_that_appears_meanwhile_is_not_overwritten(person: Person, gate, keychain) -> None:
    person.runs("init", "litellm")
    person.answers(to_the_review(gate.url))
    person.at.until("Save and apply?")
    (person.gwctl.folder / "gateway.yaml").write_text("# somebody else\n")
    person.at.types(ENTER)
    assert person.at.ends() == 1
    assert (person.gwctl.folder / "gateway.yaml").read_text() == "# somebody else\n"
    assert keychain.whole == {}


@pytest.mark.parametrize("question", range(9))
def test_ctrl_c_at_any_question_of_init_writes_nothing(person: Person, gate, keychain, question: int) -> None:
    steps = [*to_the_review(gate.url), ("Save and apply?", ENTER)]
    person.runs("init", "litellm")
    person.answers([*steps[:question], (steps[question][0], CTRL_C)])
    assert person.at.ends() == 130
    assert person.files == {}
    assert keychain.whole == {}


def test_a_vendor_whose_variable_is_set_is_offered_by_name(person: Person, gate) -> None:
    """Nothing listens at the other end: the key goes nowhere. The name of the variable is shown, its value is not."""
    person.runs("init", HTTPS_PROXY="http://127.0.0.1:9", OPENAI_API_KEY=KEY)
    person.answers([("Name of the gateway:", ENTER)])
    person.at.until("Another server or vendor")
    assert "OpenAI (the variable OPENAI_API_KEY is set)" in person.at.screen.text
    person.answers([("Which endpoints?", ENTER)])
    person.at.until("What next?")
    person.answers([("What next?", CTRL_C)])
    assert person.at.ends() == 130
    assert KEY not in person.at.text
    assert person.files == {}


def test_a_variable_whose_server_is_elsewhere_is_named_and_asked_about(person: Person, gate, gwctl) -> None:
    """LITELLM_API_KEY belongs to a server whose URL nobody can guess; so do the keys of an Azure resource."""
    if local_servers(load_all()):
        pytest.skip("a server runs on a usual port of this machine")
    failed = gwctl("init", "--yes", LITELLM_API_KEY=KEY, AZURE_OPENAI_API_KEY=KEY, code=1).err
    assert "and AZURE_OPENAI_API_KEY needs a base URL" in failed
    assert "The variable LITELLM_API_KEY is set, and the preset litellm uses it, but needs your base URL." in failed
    assert "hint: gwctl init azure-openai --base-url URL --key-env AZURE_OPENAI_API_KEY --yes" in failed
    person.runs("init", LITELLM_API_KEY=KEY)
    person.answers([("Name of the gateway:", ENTER)])
    person.at.until("LiteLLM at a URL of yours (LITELLM_API_KEY is set)")
    person.answers([("Another server or vendor", f" {ENTER}")])
    person.answers([("Name of the endpoint:", ENTER), ("Base URL:", f"{CLEAR}{gate.url}{ENTER}")])
    person.answers([("Which models?", CTRL_C)])
    assert person.at.ends() == 130
    assert {request.headers["authorization"] for request in gate.requests} == {f"Bearer {KEY}"}
    assert KEY not in person.at.text


def test_a_tool_that_is_picked_is_configured(person: Person, gate, keychain, tmp_path) -> None:
    used(tmp_path / "home" / ".claude")
    person.runs("init", "litellm")
    steps = to_the_review(gate.url)
    tools = ("Which tools", ENTER)
    person.answers([*steps, tools, ("Save and apply?", ENTER), ("Send one short message", "n\n")])
    person.at.ends()
    assert "clients: {claude-code: {}}" in (person.gwctl.folder / "gateway.yaml").read_text()
    assert "client.claude-code" in person.gwctl("trust", "list").out
    assert "claude-code" in person.at.screen.text


def test_the_end_says_how_a_configured_tool_is_started(person: Person, gate, keychain, tmp_path) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    person.runs("init", "litellm")
    steps = to_the_review(gate.url)
    person.answers([*steps, ("Which tools", ENTER), ("Save and apply?", ENTER)])
    person.answers([("Which tool should answer", f"{DOWN}{ENTER}"), ("Send one short message", "y\n")])
    assert person.at.ends() == 0, person.at.screen.text
    end = person.at.screen.text.split("I am here.")[1]
    assert "opencode: start it with:\n  OPENCODE_CONFIG_DIR=" in end
    run = f"gwctl run -f {person.gwctl.folder / 'gateway.yaml'} -- opencode"
    assert run in " ".join(person.at.text.split())  # the key is in the keychain alone, and opencode reads a variable
    assert "restart" not in end  # no session can know other settings


@pytest.mark.parametrize("is_picked", [True, False])
def test_a_tool_picked_after_the_endpoints_gets_the_key_of_a_variable(
    person: Person, gate, keychain, tmp_path, is_picked: bool
) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    person.runs("init", "litellm", "--name", "acme", "--base-url", gate.url, "--key-env", "TEAM_KEY", TEAM_KEY=KEY)
    person.answers([("Name of the endpoint:", ENTER), *to_the_review(gate.url)[5:]])
    person.answers([("Which tools", ENTER if is_picked else f" {ENTER}"), ("Save and apply?", f"{DOWN}{ENTER}")])
    assert person.at.ends() == 0, person.at.screen.text
    text = (person.gwctl.folder / "gateway.yaml").read_text()
    assert ("store_key: if-available" in text) == is_picked
    assert ("clients: {opencode: {}}" in text) == is_picked


@pytest.mark.parametrize("is_used", [True, False])
def test_only_tools_that_were_used_here_are_picked_at_first_or_else_the_first_one(
    person: Person, gate, keychain, tmp_path, is_used: bool
) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("claude", "codex", "opencode", "crush"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    if is_used:
        for below in (".codex", ".config/opencode"):
            used(tmp_path / "home" / below)
    person.runs("init", "litellm", PATH=f"{folder}:/usr/bin:/bin")
    person.answers(to_the_review(gate.url))
    person.at.until("Which tools")
    person.at.until("Crush")
    shown = {line.strip(" »>❯") for line in person.at.screen.text.splitlines()}
    picked = {line.removeprefix("● ") for line in shown if line.startswith("● ")}
    assert picked == ({"Codex", "opencode"} if is_used else {"Claude Code"}), person.at.screen.text
    person.answers([("Which tools", ENTER), ("Save and apply?", f"{DOWN}{ENTER}")])
    person.at.ends()
    clients = "{codex: {}, opencode: {}}" if is_used else "{claude-code: {}}"
    assert f"clients: {clients}" in (person.gwctl.folder / "gateway.yaml").read_text()


def test_a_tool_that_no_endpoint_can_serve_says_so_and_is_not_picked_at_first(person: Person, gate, tmp_path) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    used(tmp_path / "home" / ".claude")
    person.runs("init", "vllm", "--name", "acme", "--base-url", gate.url, "--key-env", "TEAM_KEY", TEAM_KEY=KEY)
    person.answers([("Name of the endpoint:", ENTER), *to_the_review(gate.url)[5:]])
    person.at.until("○ Claude Code (needs the API messages)")
    person.at.until("● opencode")
    person.answers([("Which tools", ENTER), ("Save and apply?", f"{DOWN}{ENTER}")])
    assert person.at.ends() == 0, person.at.screen.text
    assert "clients: {opencode: {}}" in (person.gwctl.folder / "gateway.yaml").read_text()


def test_a_tool_that_no_model_can_serve_says_what_it_needs(person: Person, gate, tmp_path) -> None:
    """The list says nothing of token limits, and VS Code's file cannot have a model without them."""
    used(tmp_path / "home" / ".config" / "Code" / "User")
    used(tmp_path / "home" / ".config" / "opencode")
    person.runs("init", "vllm", "--name", "acme", "--base-url", gate.url, "--key-env", "TEAM_KEY", TEAM_KEY=KEY)
    person.answers([("Name of the endpoint:", ENTER), *to_the_review(gate.url)[5:]])
    person.at.until("Which tools")
    person.at.until("● opencode")
    assert "VS Code (needs known token limits)" in person.at.screen.text
    person.at.types(CTRL_C)
    assert person.at.ends() == 130


def test_an_endpoint_without_a_key_in_the_file_stores_none(tmp_path) -> None:
    """Its preset has a usual variable, which nobody wrote: the second person would be asked for a key."""
    data = b"endpoints: {llama: {preset: llama-cpp}, team: {preset: litellm, key: {env: TEAM_KEY}}}"
    path = tmp_path / "gateway.yaml"
    path.write_bytes(b"version: 1\nname: acme\n" + data)
    gateway = load([path], {}, {}).gateway
    assert gateway
    endpoints = yaml.safe_load(with_kept_keys(data, gateway))["endpoints"]
    assert "store_key" not in endpoints["llama"]
    assert endpoints["team"]["store_key"] == "if-available"


def test_several_picked_choices_are_named(person: Person, gate, keychain) -> None:
    person.runs("init", "litellm")
    person.answers([*to_the_review(gate.url), ("Save and apply?", CTRL_C)])
    assert person.at.ends() == 130
    assert "? Use this endpoint by default for: chat, embedding" in person.at.screen.text
    assert "selections" not in person.at.screen.text


def test_no_message_is_sent_to_a_server_that_does_not_run(person: Person, keychain) -> None:
    person.runs("init", "ollama", "--name", "acme", "--base-url", "http://127.0.0.1:9")
    person.answers([("Name of the endpoint:", ENTER), ("What next?", f"{DOWN}{ENTER}")])
    person.answers([("Model IDs", f"tiny{ENTER}"), ("Purpose of tiny:", ENTER), ("by default for:", ENTER)])
    person.answers([("Save and apply?", ENTER)])
    assert person.at.ends() == 0, person.at.screen.text
    assert "Send one short message" not in person.at.text
    assert "ollama did not respond, so no first message is sent." in person.at.screen.text
    assert 'When the server runs and accepts the key: gwctl apply, then gwctl chat "Hello"' in person.at.screen.text


def test_what_was_found_stays_above_the_list_of_presets(person: Person) -> None:
    if local_servers(load_all()):
        pytest.skip("a server runs on a usual port of this machine")
    person.runs("init", "--name", "acme")
    person.at.until("Which server or vendor?")
    person.at.until("type to search")
    person.at.until(lambda: "cerebras" in "\n".join(person.at.screen.shown))
    shown = "\n".join(person.at.screen.shown)
    told = "No server was found on a usual port, and no usual key variable of a vendor is set."
    assert told in " ".join(shown.split())
    person.at.types(CTRL_C)
    assert person.at.ends() == 130
