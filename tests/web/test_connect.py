"""The wizard on the page, in a real browser in which no script runs, with real LiteLLM proxies."""

from __future__ import annotations

import pytest

from tests.support.litellm import MASTER_KEY
from tests.support.scripted import Reply
from tests.web.tour import option_with

GATEWAY = """\
# Owner: team acme
version: 1
name: acme

endpoints:
    own:   # declared, so that no server is needed
        base_url: 'http://localhost:9'
        models: [ m ]   # one

roles: {chat: own/m}
"""
SAVE = "Save gateway.yaml and apply the plan"


def begins(reader, preset: str, name: str, url: str) -> None:
    """Answer the first questions."""
    reader.goes("Connect").select("Which server or vendor?", option_with(reader, preset)).press("Go on")
    reader.fill("Name of the endpoint:", name).fill("Base URL:", url).press("Go on")


@pytest.mark.litellm
def test_everything_that_the_terminal_does(gwctl, keychain, litellm_pair, server, enters) -> None:
    """Without and with a key, a wrong key, no list, one more model, a chat, and an endpoint that goes again."""
    opened, locked = litellm_pair
    gwctl.write(GATEWAY)
    reader = enters()

    begins(reader, "litellm", "open", opened.url)
    reader.choose("No key").press("Go on")
    assert "open has 15 models (13 chat, 1 voice, 1 embedding)." in reader.text
    reader.press("Go on").choose("chat (now own/m)").select("Default model for chat:", "chat-03").press("Go on")
    reader.press(SAVE)
    assert "Applied" in reader.text
    assert "model.open/chat-03" in gwctl.models()
    assert "chat: [open/chat-03, own/m]" in (gwctl.folder / "gateway.yaml").read_text()

    begins(reader, "litellm", "locked", locked.url)
    reader.choose("Type the key").fill("Key:", "wrong-key-0001").fill("To send the key", "locked").press("Go on")
    assert "Invalid API key" in reader.text
    reader.press("Enter another key")
    reader.choose("Type the key").fill("Key:", MASTER_KEY).fill("To send the key", "locked").press("Go on")
    reader.choose("Only some of them").choose("gpt-4o-mini (chat)").press("Go on")
    reader.press("Go on").press(SAVE)
    assert "done create key.locked" in reader.text.replace("done    ", "done ")
    assert list(keychain.entries.values()) == [MASTER_KEY]
    assert [each for each in gwctl.models() if "locked" in each] == ["model.locked/gpt-4o-mini"]

    server.answers(Reply(status=404, body={"error": {"message": "no list here"}}), path="/models")
    begins(reader, "other", "listless", server.url)
    reader.choose("No key").press("Go on").press("Type the model IDs")
    reader.fill("Model IDs", "my-model, my-embedding").press("Go on")
    reader.select("Purpose of my-embedding:", "embedding").press("Go on")
    reader.press("Go on").press("Only save gateway.yaml")
    assert reader.heading == "Plan"
    reader.press("Apply…").press("Apply")
    assert "model.listless/my-embedding" in gwctl.models()

    reader.goes("Models").select("Endpoint:", "listless").fill("Model ID:", "one-more").press("Add…").press(SAVE)
    assert "model.listless/one-more" in gwctl.models()

    reader.goes("Chat").select("Model:", "locked/gpt-4o-mini").fill("Message:", "hello").press("Send")
    assert "\nok" in reader.text

    reader.goes("Status").select("Endpoint:", "open").press("Remove…").press(SAVE)
    assert not [each for each in gwctl.models() if each.startswith("model.open/")]
    text = (gwctl.folder / "gateway.yaml").read_text()
    assert "open" not in text.replace("# declared", "")
    assert "# Owner" in text and "models: [ m ]   # one" in text
    assert reader.page.complaints() == []


def test_no_keychain_is_said_and_no_key_is_asked_for(gwctl, server, enters) -> None:
    gwctl.write(GATEWAY)
    gwctl.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    reader = enters()
    begins(reader, "litellm", "new", server.url)
    assert "A typed key cannot be stored" in reader.text
    assert "export LITELLM_API_KEY=…" in reader.text
    assert "Type the key" not in reader.text
    assert reader.page.run("return document.querySelectorAll('[type=password]').length") == 0


def test_a_locked_keychain_is_said_before_the_key_is_sent(gwctl, keychain, server, enters) -> None:
    gwctl.write(GATEWAY)
    gwctl.environ["TEST_KEYCHAIN_IS"] = "locked"
    reader = enters()
    begins(reader, "litellm", "new", server.url)
    reader.choose("Type the key").fill("Key:", "a-key-0815").fill("To send the key", "new").press("Go on")
    assert "The key cannot be stored: the keychain (tests.support.file_keychain.FileKeychain) is locked." in reader.text
    assert server.requests == []
