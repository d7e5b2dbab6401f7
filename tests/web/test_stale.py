"""A form that was shown earlier: if something has changed since, nothing is done, and the difference is shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.local_page import Local, Reply, Script, contents, hidden

GATEWAY = (
    "version: 1\nname: acme\nendpoints:\n  own: {base_url: 'http://localhost:9', models: [m]}\nroles: {chat: own/m}\n"
)


@pytest.fixture
def script(gwctl, starts: Callable[..., Local]) -> Script:
    """Somebody who has entered."""
    gwctl.write(GATEWAY)
    script = Script(starts("-v"))
    script.enter()
    return script


def added(gwctl, more: str) -> None:
    """Change the gateway file, as an editor or a pull does."""
    gwctl.write((gwctl.folder / "gateway.yaml").read_text() + more)


def test_a_file_that_has_changed_is_not_applied(script: Script, gwctl) -> None:
    form = script.form("/plan")
    added(gwctl, "x-note: 1\n")
    before = contents(gwctl.folder)
    for path in ("/confirm", "/apply"):
        reply = script.send("POST", path, form)
        assert reply.status == 409
        assert "gateway.yaml, line 6: 1 line added" in reply.words
    assert contents(gwctl.folder) == before


def test_the_value_of_a_changed_line_is_not_shown(script: Script, gwctl) -> None:
    form = script.form("/plan")
    added(gwctl, "x-note: may-be-a-secret-4711\n")
    assert "4711" not in script.send("POST", "/apply", form).text


def test_a_second_tab_does_not_apply_what_the_first_one_has(script: Script, gwctl) -> None:
    first, second = script.form("/plan"), script.form("/plan")
    assert script.send("POST", "/apply", first).status == 200
    before = contents(gwctl.folder)
    reply = script.send("POST", "/apply", second)
    assert reply.status == 409
    assert "The state was at serial 0, and is at serial 1." in reply.words
    assert "no longer: create endpoint.own" in reply.words
    assert contents(gwctl.folder) == before


def test_a_plan_that_has_changed_is_not_applied(script: Script, gwctl, server) -> None:
    server.lists("a")
    added(gwctl, "")
    gwctl.write(GATEWAY.replace("roles", f"  it: {{base_url: '{server.url}'}}\nroles"))
    form = script.form("/plan")
    server.lists("a", "b")
    reply = script.send("POST", "/apply", form)
    assert reply.status == 409
    assert "now: create model.it/b" in reply.words
    assert gwctl.state is None


def test_every_mark_is_looked_at(script: Script, gwctl) -> None:
    form = script.form("/plan")
    for field in ("file", "serial", "plan"):
        for wrong in ("", "1", form[field] + "0"):
            assert script.send("POST", "/apply", {**form, field: wrong}).status == 409
            assert script.send("POST", "/confirm", {**form, field: wrong}).status == 409
    assert gwctl.state is None
    assert script.send("POST", "/apply", form).status == 200


def test_a_mark_of_the_file_cannot_be_guessed_from_the_file(gwctl, starts) -> None:
    """A header in the file may hold a value, and a digest over it could be tried out."""
    gwctl.write(GATEWAY)
    marks = []
    for _ in range(2):
        script = Script(starts())
        script.enter()
        marks.append(script.form("/plan")["file"])
    assert marks[0] != marks[1]


def removal(script: Script, name: str) -> tuple[str, dict[str, str], Reply]:
    """Begin to take an endpoint out: where the form goes, its fields, the page."""
    address = script.send("POST", "/remove", {**script.form("/"), "endpoint": name}).headers["location"]
    reply = script.send("GET", address)
    return address, hidden(reply.text), reply


def test_an_edit_is_made_again_from_the_file_as_it_is_now(script: Script, gwctl) -> None:
    added(gwctl, "")
    gwctl.write(GATEWAY.replace("roles", "  other: {base_url: 'http://localhost:8', models: [n]}\nroles"))
    address, form, _ = removal(script, "other")
    added(gwctl, "x-note: 1\n")
    before = contents(gwctl.folder)
    for step in ("apply", "save"):
        assert script.send("POST", address, {**form, "do": step}).status == 409
    assert contents(gwctl.folder) == before
    again = script.send("GET", address)
    assert script.send("POST", address, {**hidden(again.text), "do": "save"}).status == 303
    text = (gwctl.folder / "gateway.yaml").read_text()
    assert "other" not in text and "x-note: 1" in text


def test_an_edit_is_saved_once(script: Script, gwctl) -> None:
    gwctl.write(GATEWAY.replace("roles", "  other: {base_url: 'http://localhost:8', models: [n]}\nroles"))
    address, form, _ = removal(script, "other")
    assert script.send("POST", address, {**form, "do": "apply"}).status == 200
    before = contents(gwctl.folder)
    assert script.send("POST", address, {**form, "do": "apply"}).headers["location"] == "/"
    assert contents(gwctl.folder) == before


def test_stop_changes_nothing(script: Script, gwctl) -> None:
    address, form, _ = removal(script, "own")
    before = contents(gwctl.folder)
    assert script.send("POST", address, {**form, "do": "stop"}).headers["location"] == "/"
    assert script.send("GET", address).headers["location"] == "/"
    assert contents(gwctl.folder) == before


def test_a_message_to_a_model_is_not_sent_by_an_old_form(script: Script, gwctl, server) -> None:
    server.lists("gpt-4o")
    form = script.form("/chat")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{own: {{base_url: '{server.url}', models: [gpt-4o]}}}}\n")
    script.send("POST", "/chat", {**form, "model": "own/gpt-4o", "prompt": "hello"})
    assert server.requests == []


def test_a_consent_is_a_box_with_its_name_and_counts_for_one_apply(script: Script, gwctl, server) -> None:
    server.lists("a", "b", "c", "d")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    gwctl("apply", "--auto-approve")
    server.lists("a")
    text = script.send("GET", "/plan").text
    assert re.search(r'type="checkbox" id="consent-1" name="consent" value="--accept-catalog it">', text)
    assert "Accept this endpoint&#39;s shorter model list" in text
    form = hidden(text)
    reply = script.send("POST", "/apply", {**form, "consent": "--accept-catalog it"})
    assert reply.status == 409, "the plan that was shown has no deletes"
    assert len(gwctl.models()) == 4
    reply = script.send("POST", "/confirm", {**form, "consent": "--accept-catalog it"})
    assert "3 to delete" in reply.words and "Plan" in reply.text
    form = hidden(reply.text)
    assert script.send("POST", "/apply", {**form, "consent": "--accept-catalog it"}).status == 200
    assert gwctl.models() == ["model.it/a"]


def test_no_other_consent_is_taken(script: Script) -> None:
    for consent in ("--auto-approve", "--trust file", "--allow-host own", "--adopt x", "--allow-delete x.a/b"):
        reply = script.send("POST", "/plan", {**script.form("/plan"), "consent": consent})
        assert reply.status == 422
        assert "gwctl has no such consent" in reply.words


@pytest.mark.parametrize("is_applied", [False, True])
def test_a_typed_key_is_not_lost_if_the_apply_fails(gwctl, keychain, server, starts, is_applied: bool) -> None:
    """The file is saved, the state cannot be written: the key is stored, now or by the next apply of the page."""
    server.lists("gpt-4o")
    gwctl.write(GATEWAY)
    if is_applied:
        gwctl("apply", "--auto-approve")
    script = Script(starts())
    script.enter()
    form = hidden(script.send("GET", "/connect").text)
    form = hidden(script.send("POST", "/connect", {**form, "preset": "litellm"}).text)
    form = hidden(script.send("POST", "/connect", {**form, "name": "new", "base_url": server.url}).text)
    typed = {"source": "typed", "key": "typed-on-the-page", "typed": "new"}
    form = hidden(script.send("POST", "/connect", {**form, **typed}).text)
    form = hidden(script.send("POST", "/connect", {**form, "which": "all"}).text)
    address = script.send("POST", "/connect", form).headers["location"]
    form = hidden(script.send("GET", address).text)
    foreign = gwctl.folder / ".gwctl" / "state.json.lock"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("not a lock of gwctl")
    assert "STATE_UNWRITABLE" in script.send("POST", address, {**form, "do": "apply"}).words
    assert list(keychain.entries.values()) == (["typed-on-the-page"] if is_applied else [])
    foreign.unlink()
    assert "Applied" in script.send("POST", "/apply", script.form("/plan")).words
    assert list(keychain.entries.values()) == ["typed-on-the-page"]
    assert "No changes" in gwctl("plan").out
    assert server.requests[-1].headers["authorization"] == "Bearer typed-on-the-page"
