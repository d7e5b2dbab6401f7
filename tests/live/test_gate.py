"""The content that any server may put into a list, in any dialect: one gate, and limits while reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.live.dialect import dialect_of
from reconciler.live.leak_check import KeyTraces
from reconciler.live.lists.admit import LONGEST_ID
from reconciler.live.lists.json_walk import LARGEST_ENTRY
from reconciler.live.observe import observe
from reconciler.live.target import Target
from reconciler.presets.dialects import DIALECTS
from reconciler.presets.preset import Preset
from reconciler.resources.observation import Listed
from reconciler.secrets.key import Key
from tests.live.one_endpoint import KEY, ask, list_paths, target
from tests.support.scripted import Reply, ScriptedServer


def look(server: ScriptedServer, dialect: str, body: Any, key: str = KEY, headers: dict[str, str] | None = None) -> Any:
    for path in list_paths(dialect):
        server.routes[path] = Reply(body=body, headers=headers or {})
    preset = Preset(id="", key="optional", dialect=dialect)
    return ask(target(f"{server.url}/v1", key=key, preset=preset, timeout=20.0))


def page(dialect: str, ids: list[Any], **more: Any) -> dict[str, Any] | list[Any]:
    """A page of these IDs, as that dialect has it."""
    rules = dialect_of(dialect)
    entries = [{rules.ids[0]: each} for each in ids]
    return {rules.containers[0][0]: entries, **more} if rules.containers else entries


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "bad", ["x\ud800y", "\udfff", "", "   ", "\n", "x" * (LONGEST_ID + 1), 7, None, True, 1.5, [], ["a"], {"id": "a"}]
)
def test_an_id_that_no_file_can_hold_passes_in_no_dialect(server, dialect: str, bad: Any) -> None:
    seen = look(server, dialect, json.dumps(page(dialect, ["good", bad])).encode())
    assert isinstance(seen.catalog, Listed), seen
    assert [model.id for model in seen.catalog.models] == ["good"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_passes_can_be_written_down(server, dialect: str) -> None:
    ids = ["a", "größe-日本語-🦙", "\x00", "\x1b[31m", "\u202e", "x" * LONGEST_ID, "a b", " padded "]
    catalog = look(server, dialect, page(dialect, ids)).catalog
    assert [model.id for model in catalog.models] == ids
    assert json.dumps([model.id for model in catalog.models], ensure_ascii=False).encode()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_reads_more_entries_than_a_list_may_have(server, dialect: str, monkeypatch) -> None:
    monkeypatch.setattr("reconciler.live.lists.pages.MOST", 100)
    assert look(server, dialect, page(dialect, [f"m{n}" for n in range(100)])).status == "listed"
    for ids in ([f"m{n}" for n in range(101)], ["m"] * 101, [None] * 101):
        seen = look(server, dialect, page(dialect, ids))
        assert (seen.code, "more than 100 entries" in seen.detail) == ("NONSTANDARD_LIST", True), seen


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"x": "y" * (LARGEST_ENTRY + 1)}, "An entry of the list is larger than 512 KiB"),
        ({"x": [{}] * (LARGEST_ENTRY // 3)}, "An entry of the list is larger than 512 KiB"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("[" * 600 + "]" * 600, "nested too deeply"),  # whatever the limit of this Python is
    ],
)
def test_no_dialect_reads_an_entry_that_is_too_large_or_too_deep(server, dialect: str, entry: Any, words: str) -> None:
    text = entry if isinstance(entry, str) else json.dumps(entry)
    whole = json.dumps(page(dialect, ["good", "HERE"]))
    seen = look(server, dialect, whole.replace('"HERE"', text).encode())
    assert (seen.code, words in seen.detail) == ("NONSTANDARD_LIST", True), seen


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_takes_an_id_that_holds_the_key(server, dialect: str) -> None:
    seen = look(server, dialect, page(dialect, ["good", f"x-{KEY[3:18]}"]))
    assert (seen.code, "contains a key" in seen.detail, KEY[3:9] in repr(seen)) == ("NONSTANDARD_LIST", True, False)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [{"id": "a"}]} x',
        b'{"data": [{"id": "a"},]}',
        b'{"data": [{"id": "a"} {"id": "b"}]}',
        b'{"data": [{"id": "a"}]',
        b'{"data": [{"id": "a"',
        b'{"data" [{"id": "a"}]}',
        b'{7: [{"id": "a"}]}',
        b'{"data": [{"id": "a"}], }',
        b'{"data": [{"id": "\xff"}]}',
        b'{"data": [{"id": "a"}], "x": tru}',
    ],
)
def test_broken_json_is_no_list_however_well_it_begins(server, body: bytes) -> None:
    seen = look(server, "openai", body)
    assert (seen.code, "returned no model list" in seen.detail) == ("NONSTANDARD_LIST", True), seen


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'\xef\xbb\xbf{"data": [{"id": "a"}]}', ["a"]),
        (b' \r\n{ "object" : "list" ,\t"data" : [ {"id" : "a"} , "b" ] } \n', ["a", "b"]),
        (b'{"models": [{"name": "x"}], "data": [{"id": "y"}]}', ["y"]),
        (b'{"data": [{"id": "a"}], "data": [{"id": "b"}]}', ["b"]),
        (b'{"data": null, "models": ["a"]}', ["a"]),
        (b'{"data": [1e5, -0.5, 2E+1,1,true, null, "a"], "x": 1.5e-3}', ["a"]),
        ('{"data": [{"id": "\\ud83e\\udd99 🦙"}]}'.encode(), ["🦙 🦙"]),
    ],
)
def test_a_list_is_read_whatever_pieces_it_comes_in(server, servers, body: bytes, ids: list[str]) -> None:
    assert [model.id for model in look(server, "openai", body).catalog.models] == ids
    slow = servers()
    slow.routes["/v1/models"] = Reply(body=body, drip=0.0001)
    target = Target(
        name="it", base_url=f"{slow.url}/v1", preset=Preset(id="", key="optional"), headers=(), timeout=20.0, key=None
    )
    assert [model.id for model in observe([("it", lambda: target)])["it"].catalog.models] == ids


@pytest.mark.parametrize("dialect", [dialect for dialect in DIALECTS if dialect_of(dialect).containers])
def test_null_in_the_place_of_a_list_is_an_empty_one(server, dialect: str) -> None:
    """oterm#1."""
    name = dialect_of(dialect).containers[0][0]
    assert look(server, dialect, {name: None, "object": "list"}).code == "NO_MODELS_RETURNED"
    for said in ({"error": "no"}, {"errors": [1]}, {"success": False}, {"message": "no such group"}):
        assert look(server, dialect, {name: None, **said}).status == "unlisted"


@pytest.mark.parametrize("said", [{"error": {"message": "no"}}, {"errors": [1]}, {"success": False}])
def test_no_entries_and_an_error_are_no_empty_list(server, said: dict[str, Any]) -> None:
    assert look(server, "openai", {"data": [], **said}).status == "unlisted"
    assert look(server, "openai", {"data": [], "error": None, "errors": [], "success": True}).status == "empty"
    assert look(server, "openai", {"data": ["a"], **said}).status == "listed"


def test_too_much_beside_the_entries_is_no_list(server) -> None:
    for more in ({str(n): n for n in range(2000)}, {"a": "x" * 300_000, "b": "x" * 300_000}):
        seen = look(server, "openai", {"data": [{"id": "a"}], **more})
        assert (seen.code, "too much data besides" in seen.detail) == ("NONSTANDARD_LIST", True), seen


def test_pages_together_are_no_larger_than_one_may_be(server, monkeypatch) -> None:
    monkeypatch.setattr("reconciler.live.lists.pages.LARGEST", 1000)
    pages = [Reply(body={"data": [{"id": f"{n}-{'x' * 400}"}], "has_more": True, "last_id": str(n)}) for n in range(5)]
    server.routes["/v1/models"] = pages
    preset = Preset(id="", key="optional", dialect="anthropic")
    target = Target(name="it", base_url=server.url, preset=preset, headers=(), timeout=20.0, key=None)
    seen = observe([("it", lambda: target)])["it"]
    assert (seen.code, "larger than" in seen.detail, len(server.requests)) == ("NONSTANDARD_LIST", True, 3)


@pytest.mark.parametrize("text", ["{}", "x {} y", "{}x", "a  b{}", "{} "])
@pytest.mark.parametrize("make", [lambda key: key, lambda key: key[2:16], " ".join])
def test_traces_find_a_key_and_its_parts_however_spaced(text: str, make: Callable[[str], str]) -> None:
    assert KeyTraces([Key(KEY)]).are_in(text.format(make(KEY)))
    assert not KeyTraces([Key(KEY)]).are_in(text.format(KEY[:11]))
    assert not KeyTraces([Key("four")]).are_in("four")
