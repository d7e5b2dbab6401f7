"""`gwctl connect` without a terminal: everything is on the command line, and nothing is asked."""

from __future__ import annotations

import pytest

from tests.support.scripted import Reply
from tests.wizard.conftest import GATEWAY

KEY = "from-" + "a-variable-0815"


@pytest.fixture
def acme(gwctl):
    """gwctl in a folder with a gateway file."""
    gwctl.write(GATEWAY)
    return gwctl


def test_one_command_line_connects_and_applies(acme, llama_cpp) -> None:
    server = llama_cpp.start(key=KEY, alias="tiny")
    words = ("--base-url", f"{server.url}/v1", "--key-env", "TEAM_KEY", "--model", "tiny", "--purpose", "chat")
    result = acme("connect", "llama-cpp", *words, "--yes", TEAM_KEY=KEY)
    assert "Applied: " in result.out
    text = (acme.folder / "gateway.yaml").read_text()
    assert "    own:   # declared, so that no server is needed\n" in text
    assert "    models: [ m ]   # one\n" in text
    assert "key: {env: TEAM_KEY}" in text
    assert "include: [tiny]" in text
    assert "defaults: {chat: [llama-cpp/tiny, own/m]}" in text
    assert "No changes" in acme("plan", TEAM_KEY=KEY).out


def test_a_model_that_is_not_listed_is_declared(acme, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    acme("connect", "litellm", "--base-url", server.url, "--model", "gpt-4o", "--model", "deployment-7", "--yes")
    text = (acme.folder / "gateway.yaml").read_text()
    assert "models: [{id: deployment-7, purpose: chat}]" in text or "{id: deployment-7, purpose: chat}" in text
    assert "include: [gpt-4o]" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "The preset is missing"),
        (("litelm",), "There is no preset `litelm`"),
        (("openai",), "The variable that holds the key is missing"),
        (("azure-openai",), "The base URL is not valid"),
        (("litellm", "--base-url", "ftp://x"), "The base URL is not valid"),
        (("litellm", "--name", "own"), "`own` cannot be the name of a new endpoint"),
        (("litellm", "--name", "A b"), "cannot be the name of a new endpoint"),
        (("litellm", "--key-env", "sk-not-a-variable"), "--key-env is not the name of a variable"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_written(acme, words, said) -> None:
    result = acme("connect", *words, "--yes", code=1)
    assert said in result.err
    assert "sk-not-a-variable" not in result.err
    assert (acme.folder / "gateway.yaml").read_text() == GATEWAY
    assert not (acme.folder / ".gwctl").exists()


@pytest.mark.parametrize(
    ("status", "said"), [(401, "Invalid API key"), (500, "Could not fetch models"), (200, "No models returned")]
)
def test_a_test_that_fails_writes_nothing(acme, server, status, said) -> None:
    server.routes["/models"] = Reply(status=status, body={"data": []} if status == 200 else {"error": "no"})
    result = acme("connect", "litellm", "--base-url", server.url, "--key-env", "K", "--yes", code=1, K=KEY)
    assert said in result.err
    assert (acme.folder / "gateway.yaml").read_text() == GATEWAY


def test_a_server_without_a_list_is_connected_by_its_model_ids(acme, server) -> None:
    """404 for the list; the IDs are on the command line."""
    acme("connect", "litellm", "--base-url", server.url, "--model", "gpt-4o", "--yes")
    text = (acme.folder / "gateway.yaml").read_text()
    assert "discover: false" in text
    assert "model.litellm/gpt-4o" in acme("state", "list").out


def test_without_yes_and_without_a_terminal_nothing_is_written(acme, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    result = acme("connect", "litellm", "--base-url", server.url, code=1)
    assert "Approval is needed" in result.err
    assert "--yes" in result.err
    assert (acme.folder / "gateway.yaml").read_text() == GATEWAY


def test_a_gateway_file_with_an_error_is_not_edited(gwctl, server) -> None:
    text = "version: 1\nname: acme\nendpoints: {a: {base_url: nonsense}}\n"
    gwctl.write(text)
    result = gwctl("connect", "litellm", "--base-url", server.url, "--yes", code=1)
    assert "gateway.yaml:3" in result.err
    assert (gwctl.folder / "gateway.yaml").read_text() == text


def test_a_purpose_that_no_model_has_is_refused(acme, server) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    result = acme("connect", "litellm", "--base-url", server.url, "--purpose", "image", "--yes", code=1)
    assert "No model of the endpoint has the purpose image" in result.err
    assert (acme.folder / "gateway.yaml").read_text() == GATEWAY


def test_a_literal_header_of_the_file_is_not_shown(acme, server) -> None:
    """The lines around a change may hold a credential; only the changed lines are shown."""
    server.lists("gpt-4o", "gpt-4o-mini")
    acme.write(GATEWAY.replace("# one", "# one\n        headers: {X-Cost-Centre: quokka-centre}"))
    result = acme("connect", "litellm", "--base-url", server.url, "--purpose", "chat", "--yes")
    assert "+   " in result.out
    assert "quokka-centre" not in result.out + result.err
    assert "quokka-centre" in (acme.folder / "gateway.yaml").read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "roles: {chat: litellm/gpt-4o}"),
        ("defaults: {}\n", "defaults:\n  chat: litellm/gpt-4o\n"),
        ("defaults: {chat: own/m}\n", "defaults: {chat: [litellm/gpt-4o, own/m]}"),
        ("roles: {chat: [own/m]}\n", "roles: {chat: [litellm/gpt-4o, own/m]}"),
        ("roles: {chat: {models: [own/m]}}\n", "roles: {chat: {models: [litellm/gpt-4o, own/m]}}"),
        ("roles: {small: own/m}\n", "roles: {small: own/m, chat: litellm/gpt-4o}"),
        ("roles: {small: own/m}\ndefaults: {chat: own/m}\n", "defaults: {chat: [litellm/gpt-4o, own/m]}"),
    ],
)
def test_a_role_is_written_where_the_file_has_it(acme, server, before: str, after: str) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    path = acme.folder / "gateway.yaml"
    path.write_text(GATEWAY.replace("defaults: {chat: own/m}\n", before))
    acme("connect", "litellm", "--base-url", server.url, "--purpose", "chat", "--yes")
    assert after in path.read_text()
    assert acme("validate").code == 0
