"""Edits of the gateway file that the page makes: only their own lines change, and roles keep only what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler import codes
from reconciler.engine.connect.draft import Draft, open_file
from reconciler.engine.connect.edits import with_model, without_endpoint
from reconciler.engine.options import Options
from reconciler.errors import Failed

GATEWAY = """\
# Owner: team acme
version: 1
name: acme

endpoints:
  one:  # the first
    base_url: http://localhost:1
    models: [a, {id: b, purpose: embedding}]
  two:
    base_url: http://localhost:2
  one-more: {base_url: 'http://localhost:3', models: [a]}  # another one

roles:
  chat: [one/a, two/x]   # in this order
  embedding: one/b
  image: {models: [one/c]}
  judge: {purpose: chat, models: [one/a, one-more/a]}
  small: one-more/a
"""


def draft(folder: Path, text: str = GATEWAY) -> Draft:
    path = folder / "gateway.yaml"
    path.write_text(text)
    return open_file(Options(files=(path,)))


def changed(before: str, after: Draft) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    old, new = before.splitlines(), after.data.decode().splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_an_endpoint_goes_with_its_candidates_and_nothing_else_changes(tmp_path: Path) -> None:
    after = without_endpoint(draft(tmp_path), "one")
    gone, came = changed(GATEWAY, after)
    assert gone == [
        "  one:  # the first",
        "    base_url: http://localhost:1",
        "    models: [a, {id: b, purpose: embedding}]",
        "  chat: [one/a, two/x]   # in this order",
        "  embedding: one/b",
        "  image: {models: [one/c]}",
        "  judge: {purpose: chat, models: [one/a, one-more/a]}",
    ]
    assert came == ["  chat: two/x   # in this order", "  judge: {purpose: chat, models: one-more/a}"]
    assert list(after.gateway.endpoints) == ["two", "one-more"]


def test_an_endpoint_whose_name_begins_alike_stays(tmp_path: Path) -> None:
    after = without_endpoint(draft(tmp_path), "one")
    assert "small: one-more/a" in after.data.decode()


def test_the_last_endpoint_goes_too(tmp_path: Path) -> None:
    own = "endpoints:\n  own: {base_url: 'http://localhost:9', models: [m]}\n"
    text = f"version: 1\nname: acme\n{own}defaults: {{chat: own/m}}\n"
    after = without_endpoint(draft(tmp_path, text), "own")
    assert not after.gateway.endpoints
    assert not after.gateway.defaults


def test_an_endpoint_that_a_client_names_stays_and_the_place_is_named(tmp_path: Path) -> None:
    text = GATEWAY + "clients:\n  codex: {endpoints: [one]}\n"
    with pytest.raises(Failed) as fault:
        without_endpoint(draft(tmp_path, text), "one")
    assert any(each.source and each.source.line for each in fault.value.diagnostics)


@pytest.mark.parametrize("name", ["", "none", "on", "one/a", "One"])
def test_an_endpoint_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    before = draft(tmp_path)
    for edit in (lambda: without_endpoint(before, name), lambda: with_model(before, name, "m", "chat")):
        with pytest.raises(Failed) as fault:
            edit()
        assert fault.value.diagnostics[0].code == codes.UNKNOWN_ENDPOINT


@pytest.mark.parametrize("endpoint", ["one", "two", "one-more"])
@pytest.mark.parametrize("model_id", ["new", "a b", "x: y", "${HOME}", "- #", "'", '"', "ü/ö"])
def test_a_model_is_declared_as_it_was_typed(tmp_path: Path, endpoint: str, model_id: str) -> None:
    before = draft(tmp_path)
    after = with_model(before, endpoint, model_id, "image")
    expected = declared(before)
    expected[endpoint].append((model_id, "image"))
    assert declared(after) == expected


def declared(draft: Draft) -> dict[str, list[tuple[str, str | None]]]:
    """{endpoint: its declared models and their purposes}."""
    return {
        name: [(model.id, model.purpose) for model in endpoint.models]
        for name, endpoint in draft.gateway.endpoints.items()
    }


def test_a_model_is_declared_once(tmp_path: Path) -> None:
    before = draft(tmp_path)
    with pytest.raises(Failed):
        with_model(before, "one", "a", "chat")
