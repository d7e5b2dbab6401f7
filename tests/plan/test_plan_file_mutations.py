"""A saved plan with anything changed in it and a digest that fits: it is refused, or can be shown and judged."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import safe_json
from reconciler.errors import Failed
from reconciler.plan.file.codec import decode_plan, digest_of, encode_checked
from reconciler.plan.file.schema import plan_file_schema
from reconciler.plan.guard import guard
from reconciler.render.formats.html.page import to_html
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.formats.text import to_text
from reconciler.render.json.plan import plan_document
from reconciler.render.views.plan import brief_view, plan_view
from reconciler.render.views.review.document import review_view
from tests.support.libraries import library
from tests.support.sample import sample_plan

VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**30, "", "x", "\x00", "http://[", "endpoint.", "endpoint.a", "model.a/b", "default.chat"),
    *("key.a", [], {}, [None], {"x": 1}, "update", "create", "delete", "forget", "none"),
)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A plan such as one meets, as it is saved."""
    plan = sample_plan(tmp_path_factory.mktemp("sample"))
    return json.loads(encode_checked(plan, "ana@laptop", "2026-01-01T00:00:00Z", "here"))


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, each in pairs:
        yield from paths(each, (*at, key))


def put(document: Any, at: tuple[Any, ...], value: Any) -> bytes:
    """The document with that value there, and the digest that it has then."""
    built = copy.deepcopy(document)
    node = built
    for part in at[:-1]:
        node = node[part]
    node[at[-1]] = value
    del built["digest"]
    return json.dumps(built | {"digest": digest_of(built)}).encode()


@given(st.data())
def test_it_is_refused_or_it_can_be_shown(document: Any, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([each for each in paths(document) if each and each[0] != "digest"]))
    try:
        plan = decode_plan(put(document, at, data.draw(st.sampled_from(VALUES))), "here").plan
    except Failed as fault:
        assert {diagnostic.code for diagnostic in fault.diagnostics} <= {"PLAN_BROKEN", "PLAN_TOO_NEW", "PLAN_TOO_OLD"}
        return
    assert to_text(plan_view(plan, True), False)
    assert to_text(brief_view(plan), False)
    assert safe_json.dumps(plan_document(plan))
    review = review_view(plan, True, False)
    assert to_markdown(review)
    assert to_html(review, "title")
    guard(plan.changes, plan.consents)


def test_a_change_without_a_resource_is_refused(document: Any) -> None:
    number = next(index for index, change in enumerate(document["changes"]) if change["before"] is None)
    with pytest.raises(Failed) as caught:
        decode_plan(put(document, ("changes", number, "after"), None), "here")
    assert caught.value.diagnostics[0].code == "PLAN_BROKEN"


def test_a_key_is_one_with_a_place_in_the_keychain(document: Any) -> None:
    number = next(index for index, change in enumerate(document["changes"]) if change["address"].startswith("model."))
    with pytest.raises(Failed) as caught:
        decode_plan(put(document, ("changes", number, "address"), "key.a"), "here")
    assert caught.value.diagnostics[0].code == "PLAN_BROKEN"


def without(document: Any, at: tuple[Any, ...]) -> Any:
    """The document with nothing there, and its old digest."""
    built = copy.deepcopy(document)
    node = built
    for part in at[:-1]:
        node = node[part]
    del node[at[-1]]
    return built


def code_of(document: Any) -> str:
    with pytest.raises(Failed) as caught:
        decode_plan(json.dumps(document).encode(), "here")
    return caught.value.diagnostics[0].code


LEFT_OUT = [
    ("pairs",),
    ("changes", 0, "scope"),
    ("changes", 0, "after", "attributes", "proxy"),
    ("consents", "hosts"),
    ("diagnostics", 0, "hint"),
]


@pytest.mark.parametrize("at", LEFT_OUT, ids=lambda at: ".".join(map(str, at)))
def test_a_plan_of_an_older_shape_is_too_old_and_not_edited(document: Any, at: tuple[Any, ...]) -> None:
    """Nobody edited it, as its digest says; it was saved before a plan had that field."""
    older = without(document, at)
    assert code_of(older | {"digest": digest_of(older)}) == "PLAN_TOO_OLD"
    assert code_of(older) in ("PLAN_EDITED", "PLAN_BROKEN")


@pytest.mark.parametrize("at", [(), ("changes", 0), ("changes", 0, "after", "attributes"), ("consents",)])
def test_a_plan_with_fields_that_are_not_known_yet_is_too_new(document: Any, at: tuple[Any, ...]) -> None:
    newer = json.loads(put(document, (*at, "colour"), "red"))
    assert code_of(newer) == "PLAN_TOO_NEW"
    assert code_of(newer | {"digest": document["digest"]}) == "PLAN_BROKEN"


def test_its_schema_takes_it(document: Any) -> None:
    jsonschema = library("jsonschema")
    jsonschema.validate(document, plan_file_schema())
