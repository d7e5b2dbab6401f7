"""`gwctl connect` at a terminal: one more endpoint, from the first question to an applied plan."""

from __future__ import annotations

import pytest

from tests.support.litellm import MASTER_KEY
from tests.support.scripted import Reply
from tests.wizard.conftest import CLEAR, CTRL_C, DOWN, ENTER, GATEWAY, Person

KEY = "typed-" + "by-a-person-0815"
UNREACHABLE = "http://127.0.0.1:9"


def every_question(url: str, key: str = KEY) -> list[tuple[str, str]]:
    """All questions that can be asked, and answers that use all of them."""
    return [
        ("Which server or vendor?", f"litellm{ENTER}"),
        ("Name of the endpoint:", ENTER),
        ("Base URL:", f"{CLEAR}{url}{ENTER}"),
        ("Where is the key?", ENTER),
        ("it is not shown", f"{key}{ENTER}"),
        ("Which models?", f"{DOWN}{ENTER}"),
        ("Models:", f" {ENTER}"),
        ("by default for:", f" {ENTER}"),
        ("Save and apply?", ENTER),
    ]


def added(person: Person) -> str:
    """What stands in the gateway file after the part that was there before."""
    text = (person.gwctl.folder / "gateway.yaml").read_text()
    before, _, after = GATEWAY.partition("\ndefaults")
    assert text.startswith(before), text
    assert "# Owner" in text and "models: [ m ]   # one" in text
    assert after
    return text[len(before) :].partition("\ndefaults")[0]


@pytest.mark.litellm
def test_a_real_litellm_is_found_connected_and_applied(acme, litellm_pair, keychain) -> None:
    """The first key is wrong, the second is right; the list of a real proxy is searched."""
    _, locked = litellm_pair
    acme.runs("connect")
    acme.answers(every_question(locked.url, "wrong-key-0001")[:5])
    acme.answers(
        [
            ("What next?", ENTER),
            ("Where is the key?", ENTER),
            ("it is not shown", f"{MASTER_KEY}{ENTER}"),
            ("Which models?", f"{DOWN}{ENTER}"),
            ("Models:", f"4o-mini {ENTER}"),
            ("by default for:", f" {ENTER}"),
            ("Save and apply?", ENTER),
        ]
    )
    assert acme.at.ends() == 0, acme.at.screen.text
    assert "Invalid API key" in acme.at.screen.text
    assert "model.litellm/gpt-4o-mini" in str(
        acme.gwctl("state", "list", "--machine").out + acme.gwctl("state", "list").out
    )
    assert list(keychain.entries.values()) == [MASTER_KEY]
    assert "No changes" in acme.gwctl("plan").out
    assert acme.gwctl("chat", "litellm/gpt-4o-mini", "hello").out == "ok\n"


def test_a_key_that_is_wrong_is_asked_for_again(acme, llama_cpp, keychain) -> None:
    server = llama_cpp.start(key=KEY)
    acme.runs("connect", "llama-cpp")
    acme.answers(every_question(f"{server.url}/v1", "wrong-key-0001")[1:5])
    acme.answers(
        [
            ("What next?", ENTER),
            ("Where is the key?", ENTER),
            ("it is not shown", f"{KEY}{ENTER}"),
            ("by default for:", ENTER),
            ("Save and apply?", ENTER),
        ]
    )
    assert acme.at.ends() == 0, acme.at.screen.text
    assert added(acme).split() == [
        *("llama-cpp:", "preset:", "llama-cpp", "base_url:", f"{server.url}/v1"),
        *("key:", "{env:", "LLAMA_API_KEY}", "store_key:", "if-available"),
    ]
    assert list(keychain.entries.values()) == [KEY]
    assert "No changes" in acme.gwctl("plan").out


def test_the_screens_are_whole_at_80_columns(acme, server, keychain) -> None:
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    shown = acme.runs("connect", "litellm")
    steps = every_question(server.url)[1:]
    acme.answers(steps[:2])
    shown.until("No key")
    assert shown.screen.shown[:7] == [
        "? Name of the endpoint: litellm",
        f"? Base URL: {server.url}",
        "? Where is the key?",
        " » Type the key; gwctl stores the key in the keychain",
        "   The variable LITELLM_API_KEY (not set)",
        "   Another environment variable",
        "   No key (optional unless proxy requires auth)",
    ]
    acme.answers(steps[2:5])
    shown.until("text-embedding-3-small (embedding)")
    assert shown.screen.shown[2:11] == [
        "? Where is the key? Type the key; gwctl stores the key in the keychain",
        f"Type the key for {server.url} (it is not shown):",
        "litellm has 3 models (2 chat, 1 embedding).",
        "? Which models? Only some of them",
        "? Models: (space: pick, enter: done)",
        " » ○ gpt-4o (chat)",
        "   ○ gpt-4o-mini (chat)",
        "   ○ text-embedding-3-small (embedding)",
        "",
    ]
    acme.answers(steps[5:7])
    shown.until("Change nothing")
    text = shown.screen.text
    assert text.count("\n  + ") >= 6
    assert "store_key in the gateway file; typed" in " ".join(text.split())
    assert text.splitlines()[-4:] == [
        "? Save and apply?",
        " » Save gateway.yaml and apply the plan",
        "   Only save gateway.yaml",
        "   Change nothing",
    ]


@pytest.mark.parametrize("question", range(9))
def test_ctrl_c_at_any_question_writes_nothing(acme, server, keychain, question: int) -> None:
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    before = acme.files
    steps = every_question(server.url)
    acme.runs("connect")
    acme.answers([*steps[:question], (steps[question][0], CTRL_C)])
    assert acme.at.ends() == 130
    assert acme.at.screen.lines[-2:] == ["interrupted", ""]
    assert acme.files == before
    assert keychain.whole == {}
    assert "litellm" not in acme.gwctl("trust", "list").out


def test_a_list_that_fails_leads_to_typed_ids(acme, server, keychain) -> None:
    server.routes["/models"] = Reply(status=500, body={"error": {"message": "boom"}})
    acme.runs("connect", "litellm")
    acme.answers(every_question(server.url)[1:5])
    acme.answers(
        [
            ("What next?", f"{DOWN}{ENTER}"),
            ("Model IDs", f"gpt-4o, our embedder{ENTER}"),
            ("Purpose of gpt-4o", ENTER),
            ("Purpose of our embedder", ENTER),
            ("by default for:", ENTER),
            ("Save and apply?", f"{DOWN}{ENTER}"),
        ]
    )
    assert acme.at.ends() == 0, acme.at.screen.text
    assert "Could not fetch models" in acme.at.screen.text
    assert "No models returned" not in acme.at.screen.text
    file = acme.gwctl("validate").out, (acme.gwctl.folder / "gateway.yaml").read_text()
    assert "{id: gpt-4o, purpose: chat}" in file[1]
    assert "{id: our embedder, purpose: embedding}" in file[1]
    assert "discover" not in file[1]  # the list may come back
    assert acme.gwctl.state["resources"] == []  # saved, and not applied; the state began with the stored key
    assert list(keychain.entries.values()) == [KEY]


def test_an_empty_list_is_told_from_one_that_fails(acme, server, keychain) -> None:
    server.lists()
    before = acme.files
    acme.runs("connect", "litellm")
    acme.answers(every_question(server.url)[1:5])
    acme.answers([("What next?", f"{DOWN * 4}{ENTER}")])
    assert acme.at.ends() == 130
    assert "No models returned" in acme.at.screen.text
    assert "Could not fetch models" not in acme.at.screen.text
    assert acme.files == before


def test_without_a_keychain_no_key_is_asked_for_but_a_variable(acme, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    acme.runs("connect", "litellm", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    acme.answers([("Name", ENTER), ("Base URL:", f"{CLEAR}{server.url}{ENTER}")])
    acme.at.until("Where is the key?")
    acme.at.until("No key")
    assert "Type it" not in acme.at.screen.text
    assert "there is no usable keychain on this machine" in " ".join(acme.at.screen.text.split())
    assert "export LITELLM_API_KEY=…" in acme.at.screen.text
    acme.answers([("Where is the key?", ENTER), ("Which models?", ENTER), ("default for:", ENTER), ("Save", ENTER)])
    assert acme.at.ends() == 0, acme.at.screen.text
    assert "key: {env: LITELLM_API_KEY}" in added(acme)
    assert "store_key" not in added(acme)


def test_a_keychain_that_is_locked_is_reported_before_the_key_is_typed(acme, server, keychain) -> None:
    server.lists("gpt-4o")
    acme.runs("connect", "litellm", TEST_KEYCHAIN_IS="locked")
    acme.answers([("Name", ENTER), ("Base URL:", f"{CLEAR}{server.url}{ENTER}"), ("Where is the key?", ENTER)])
    acme.at.until("A typed key cannot be stored")
    acme.answers([("unlock the keychain", ""), ("Another environment variable", CTRL_C)])
    assert acme.at.ends() == 130
    assert "it is not shown" not in acme.at.screen.text


def test_a_variable_that_is_set_is_offered_first_and_sent_nowhere_else(acme, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    acme.runs("connect", "litellm", LITELLM_API_KEY=KEY)
    acme.answers([("Name", ENTER), ("Base URL:", f"{CLEAR}{server.url}{ENTER}"), ("Where is the key?", ENTER)])
    acme.answers([("Which models?", ENTER), ("default for:", ENTER), ("Save", ENTER)])
    assert acme.at.ends() == 0, acme.at.screen.text
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    assert f"env LITELLM_API_KEY {server.url}" in " ".join(acme.gwctl("trust", "list").out.split())


def test_an_unreachable_server_can_be_given_another_url(acme, server, keychain) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    acme.runs("connect", "litellm", "--name", "gate")
    acme.answers([("Base URL:", f"{CLEAR}{UNREACHABLE}{ENTER}"), ("Where is the key?", f"{DOWN * 3}{ENTER}")])
    acme.answers([("What next?", f"{DOWN * 2}{ENTER}"), ("Base URL:", f"{CLEAR}{server.url}{ENTER}")])
    acme.answers([("Which models?", ENTER), ("default for:", ENTER), ("Save", ENTER)])
    assert acme.at.ends() == 0, acme.at.screen.text
    assert added(acme).strip() == f"gate: {{preset: litellm, base_url: '{server.url}'}}"


@pytest.mark.parametrize(("environ", "words"), [({"NO_COLOR": "1"}, ()), ({}, ("--color", "never"))])
def test_without_colours_no_question_has_one(acme, server, environ, words) -> None:
    shown = acme.runs("connect", *words, **environ)
    shown.until("Which server or vendor?")
    shown.until("azure-openai")
    assert not shown.screen.is_coloured
    coloured = acme.runs("connect")
    coloured.until("azure-openai")
    assert coloured.screen.is_coloured


def test_a_file_that_changes_meanwhile_is_not_overwritten(acme, server, keychain) -> None:
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    path = acme.gwctl.folder / "gateway.yaml"
    acme.runs("connect")
    acme.answers(every_question(server.url)[:-1])
    acme.at.until("Save and apply?")
    path.write_text(GATEWAY + "# somebody else\n")
    acme.at.types(ENTER)
    assert acme.at.ends() == 1
    assert "has changed since gwctl read it" in " ".join(acme.at.screen.lines)
    assert path.read_text() == GATEWAY + "# somebody else\n"
    assert keychain.whole == {}
