"""A value inside of an object that a list selects by its fields: the object comes and goes with its last value."""

from __future__ import annotations

import json

import pytest

from reconciler.documents import json_text
from reconciler.documents.edit import MISSING

pytestmark = pytest.mark.pure
SELECTOR = (("name", "acme"), ("vendor", "v"))
MODELS, KIND = (SELECTOR, "models"), (SELECTOR, "kind")
DOCUMENTS = (
    b"",
    b"[]",
    b"[\n]\n",
    b"[ /* none */ ]",
    b'[{"name": "mine", "vendor": "v"}]',
    b'[\r\n\t{"name": "mine", "vendor": "v"}, // last\r\n]\r\n',
    b'\xef\xbb\xbf[\n  {\n    "name": "acme",\n    "vendor": "other"\n  }\n]',
    b'[{"n": 90071992547409931, "name": "acme"}, 1.10, "x"]',
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_two_values_come_change_and_go_and_the_bytes_are_the_same(document: bytes) -> None:
    for _ in range(10):
        first = json_text.with_value(document, MODELS, [1])
        second = json_text.with_value(first.data, KIND, "chat")
        third = json_text.with_value(second.data, MODELS, [{"id": "a"}, {"id": "b"}])
        assert json_text.value_at(third.data, (SELECTOR,)) == {
            "name": "acme", "vendor": "v", "models": [{"id": "a"}, {"id": "b"}], "kind": "chat",
        }  # fmt: skip
        left = json_text.without(third.data, KIND, second.undo)
        assert json_text.value_at(left, KIND) is MISSING
        assert json_text.without(left, MODELS, first.undo) == document


def test_what_another_program_added_to_the_object_keeps_it() -> None:
    edit = json_text.with_value(b"[]", MODELS, [1])
    (group,) = json.loads(edit.data)
    rewritten = json.dumps([{**group, "apiKey": "reference"}]).encode()
    left = json.loads(json_text.without(rewritten, MODELS, edit.undo))
    assert left == [{"name": "acme", "vendor": "v", "apiKey": "reference"}]


def test_an_object_of_the_users_with_the_selecting_fields_stays() -> None:
    document = b'[{"name": "acme", "vendor": "v"}]'
    edit = json_text.with_value(document, MODELS, [1])
    assert json_text.without(edit.data, MODELS, edit.undo) == document
