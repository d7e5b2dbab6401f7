"""The state's document: read back as written, and refused by name when it is something else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import address
from reconciler.errors import Failed
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.resource import Resource
from reconciler.state import upgrades
from reconciler.state.codec import decode, encode, encode_checked
from reconciler.state.document import State, Written
from tests.support.attributes import endpoint_attributes

ATTRIBUTES = {
    "base_url": "http://h:4000",
    "preset": None,
    "dialect": "openai",
    "key": {"command": ["op", "read"]},
    "headers": {},
    "timeout": 10.0,
    "discover": {"enabled": True, "include": [], "exclude": []},
    "store_key": None,
    "protect": False,
    "tls": None,
    "proxy": None,
}
OF_ENDPOINT = endpoint_attributes(base_url="http://h:4000", key={"command": ["op", "read"]})


def state(*ids: str) -> State:
    at = address.endpoint("a")
    resources = [Resource(at, OF_ENDPOINT, {"listed": {each: ["chat", "assumed"] for each in ids}, "reach": "/v1"})]
    facts = {"origin": "fetched", "purpose_source": "assumed"}
    resources += [Resource(address.model("a", each), ModelAttributes(purpose="chat"), facts) for each in ids]
    return State(name="acme", lineage="lineage-1").following(resources, Written("ana@laptop", "2026-01-01T00:00:00Z"))


@given(st.lists(st.text(min_size=1).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)), unique=True))
def test_what_is_written_is_read(ids: list[str]) -> None:
    written = state(*ids)
    data = encode(written)
    result = decode(data, "here", "acme")
    assert result.resources == written.resources
    assert encode(result) == data


def refused(document: object, name: str | None = "acme") -> tuple[str, str]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(Failed) as caught:
        decode(data, "here", name)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.hint
    return diagnostic.code, diagnostic.summary


def document() -> dict:
    return json.loads(encode(state("m")))


def test_half_a_file_is_broken_and_names_the_backup() -> None:
    data = encode(state("m"))
    for cut in (0, 1, len(data) // 2, len(data) - 3):
        assert refused(data[:cut])[0] == "STATE_BROKEN"


def test_a_newer_one_is_refused_by_name() -> None:
    diagnostics = refused(document() | {"version": 99, "gwctl_version": "9.1"})
    assert diagnostics[0] == "STATE_TOO_NEW"
    assert "9.1" in diagnostics[1]


def older() -> dict:
    """The same document as version 1 had it."""
    result = document() | {"version": 1}
    del result["written"]
    for name in ("tls", "proxy", "store_key"):
        del result["resources"][0]["attributes"][name]
    return result


def test_an_older_one_is_upgraded() -> None:
    assert decode(json.dumps(older()).encode(), "here", "acme").resources == state("m").resources


@pytest.mark.parametrize("broken", [None, 7, [7], [{"kind": "endpoint"}], [{"kind": "endpoint", "attributes": 7}]])
def test_an_older_one_that_is_broken_is_refused(broken: object) -> None:
    assert refused(older() | {"resources": broken})[0] == "STATE_BROKEN"


def test_each_version_leads_to_the_next() -> None:
    assert sorted(upgrades.UPGRADES) == list(range(1, upgrades.VERSION))


def test_another_name_is_refused() -> None:
    code, summary = refused(document(), "other")
    assert code == "STATE_OF_ANOTHER_NAME"
    assert "acme" in summary
    assert decode(json.dumps(document()).encode(), "here", None).name == "acme"


@pytest.mark.parametrize(
    "change",
    [
        {"version": True},
        {"version": 0},
        {"version": "1"},
        {"serial": 0},
        {"serial": "3"},
        {"lineage": ""},
        {"resources": None},
        {"resources": [{"address": "endpoint.a"}]},
        {"extra": 1},
    ],
)
def test_a_doctored_one_is_broken(change: dict) -> None:
    """Fields it does not know wiped: kongctl#1828."""
    assert refused(document() | change)[0] == "STATE_BROKEN"


@pytest.mark.parametrize("at", ["endpoint.A", "model.a", "default.poetry", "key.a", "../../etc", "endpoint.a/../b"])
def test_an_address_that_is_none_is_broken(at: str) -> None:
    result = document()
    result["resources"][0]["address"] = at
    assert refused(result)[0] == "STATE_BROKEN"


def test_an_address_twice_is_broken() -> None:
    result = document()
    result["resources"].append(result["resources"][0])
    assert refused(result)[0] == "STATE_BROKEN"


@given(st.binary())
def test_any_bytes_are_refused_and_nothing_worse(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"version": 1e999}', b"null", b"[]", b'"\\ud800"', b"NaN"])
def test_hostile_json_is_refused(data: bytes) -> None:
    refused(data)


_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)
_HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_TEXT, st.sampled_from(sorted(ATTRIBUTES)), _HOSTILE)
def test_what_cannot_be_read_back_is_not_encoded(model_id: str, field: str, value: object) -> None:
    """An ID with a lone surrogate was written, and from then on nobody could read the state."""
    built = state(model_id)
    at = address.endpoint("a")
    resources = {**built.resources, at: Resource(at, replace(OF_ENDPOINT, **{field: value}), built.resources[at].facts)}
    strange = State(name="acme", lineage="lineage-1").following(
        resources.values(), Written("ana@laptop", "2026-01-01T00:00:00Z")
    )
    try:
        data = encode_checked(strange, "here")
    except Failed as fault:
        assert {diagnostic.code for diagnostic in fault.diagnostics} == {"NOT_RECORDABLE"}
    else:
        assert encode(decode(data, "here", "acme")) == data


@pytest.mark.parametrize("url", ["http://[", "http://h:x", "http://h:99999", "//[::", "http://\u2100:[1"])
def test_a_url_that_nobody_can_take_apart_is_said(url: str) -> None:
    broken = document()
    broken["resources"][0]["attributes"]["base_url"] = url
    assert refused(broken)[0] == "STATE_BROKEN"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_none_is_said(number: str) -> None:
    data = encode(state("m")).replace(b'"timeout": 10.0', f'"timeout": {number}'.encode())
    assert refused(data)[0] == "STATE_BROKEN"
