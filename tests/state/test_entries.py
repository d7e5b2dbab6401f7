"""The entries of a state are read one after the other only if that gives what parsing the whole document gives."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from reconciler import address, safe_json
from reconciler.errors import Failed
from reconciler.resources.attributes import DefaultAttributes, ModelAttributes
from reconciler.resources.resource import Resource
from reconciler.shapes.shape import Misfit
from reconciler.state import codec
from reconciler.state.document import State, Written
from reconciler.state.entries import read_document
from tests.machinery.mutations import of_bytes
from tests.support.attributes import endpoint_attributes
from tests.support.laws import fewer

LISTED = {"m": ["chat", "assumed", {}], "n": ["embedding", "id", {"context": 8192}], "o": ["chat", "assumed", {}]}
FACTS = {"origin": "fetched", "purpose_source": "assumed"}


def resources() -> list[Resource]:
    ends = [
        Resource(address.endpoint(name), endpoint_attributes(base_url=f"http://{name}:4000"), {"listed": LISTED})
        for name in ("a", "b")
    ]
    models = [
        Resource(address.model(name, each), ModelAttributes(purpose="chat"), FACTS)
        for name in ("a", "b")
        for each in ("m", "n", "o", "ö 🦙")
    ]
    return [*ends, *models, Resource(address.default("chat"), DefaultAttributes(model="a/m"))]


STATE = State(name="acme", lineage="lineage-1").following(resources(), Written("ana@laptop", "2026-01-01T00:00:00Z"))
DATA = codec.encode(STATE)
TEXT = DATA.decode()


def whole(data: bytes, monkeypatch: pytest.MonkeyPatch) -> State:
    """The state as the parser of whole documents reads it."""

    def refuse(_data: bytes) -> Any:
        raise Misfit

    with monkeypatch.context() as patch:
        patch.setattr(codec, "read_document", refuse)
        return codec.decode(data, "here", None)


def check_alike(data: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the entries are read one after the other. If they are, the state is the same."""
    try:
        read_document(data)
    except Misfit:
        return False
    try:
        one, other = codec.decode(data, "here", None), whole(data, monkeypatch)
    except Failed as fault:
        with pytest.raises(Failed) as caught:
            whole(data, monkeypatch)
        assert fault.diagnostics == caught.value.diagnostics
        return True
    assert one == other
    assert list(one.resources) == list(other.resources)
    assert codec.encode(one) == codec.encode(other)
    return True


def test_what_gwctl_writes_is_read_entry_by_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_alike(DATA, monkeypatch)
    back = codec.decode(DATA, "here", "acme")
    assert back.resources == STATE.resources
    alike = [back.resources[address.model(name, "m")] for name in ("a", "b")]
    assert alike[0].facts is alike[1].facts, "equal entries were read twice"


@pytest.mark.parametrize("part", range(4))
def test_a_changed_text_means_the_same_in_both_ways(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = list(fewer(range(part * 1000, part * 1000 + 1000), part))
    taken = 0
    for seed in seeds:
        chance = random.Random(seed)
        data = of_bytes(DATA, [DATA], chance)
        taken += check_alike(data, monkeypatch)
    assert taken or len(seeds) < 100, "no mutation left a layout that is read entry by entry"


def spliced(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


FIRST = '      "address": "endpoint.a",\n'
LINE = '    {\n      "address": "model.a/m",\n      "kind": "model",\n'
OTHERWISE = {
    "another address in the entry": spliced(FIRST, f'{FIRST}      "address": "endpoint.b",\n'),
    "another address that is escaped": spliced(FIRST, FIRST + '      "\\u0061ddress": "endpoint.c",\n'),
    "an address that is escaped": spliced("model.a/m", "model.a/\\u006d"),
    "an address with a quote": spliced("model.a/m", 'model.a/\\"m'),
    "a control character in an address": spliced("model.a/m", "model.a/\x1bm"),
    "a line break in an address": spliced("model.a/m", "model.a/\nm"),
    "the address of another kind": spliced("model.a/m", "endpoint.m"),
    "a kind that is not there": spliced('"kind": "model"', '"kind": "key"'),
    "a kind that is no text": spliced('"kind": "model"', '"kind": ["model"]'),
    "resources twice": spliced('  "serial"', '  "resources": [],\n  "serial"'),
    "an entry that is not closed": spliced(LINE, LINE + '      "x": {\n'),
    "an entry within an entry": spliced(LINE, LINE + f'      "facts": {{\n    }},\n{LINE}'),
    "no comma after the address": spliced(FIRST, FIRST.replace(",", "")),
    "two commas after the address": spliced(FIRST, FIRST.replace(",", ",,")),
    "nothing after the address": spliced(FIRST + '      "kind": "endpoint",', FIRST.replace(",\n", "\n    },")),
    "an older version": spliced('"version": 5', '"version": 4'),
    "no entries": codec.encode(State(name="acme", lineage="x", serial=1)),
    "other margins": json.dumps(json.loads(TEXT), indent=4).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + DATA,
    "bytes that are not UTF-8": DATA.replace(b"acme", b"\xed\xa0\x80"),
    "a field after the resources": TEXT.removesuffix("\n}\n").encode() + b',\n  "x": 1\n}\n',
}


@pytest.mark.parametrize("why", OTHERWISE)
def test_another_layout_is_left_to_the_parser_of_documents(why: str) -> None:
    with pytest.raises(Misfit):
        read_document(OTHERWISE[why])


def test_a_url_and_an_address_are_refused_in_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (spliced("http://a:4000", "http://[a"), spliced("endpoint.b", "endpoint.a")):
        assert check_alike(data, monkeypatch)
        with pytest.raises(Failed):
            codec.decode(data, "here", None)


def test_a_list_with_the_text_of_an_entry_is_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text between two entries also ends an object in the list of an endpoint, if somebody moved the margins."""
    document = json.loads(TEXT)
    document["resources"][0]["facts"]["held"] = ["m"]
    text = safe_json.dumps(document).replace('"held": [\n          "m"\n        ]', '"held": [\n    "m"\n    ]')
    assert check_alike(text.encode(), monkeypatch)
