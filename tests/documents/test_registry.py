"""Every format has the same functions."""

from __future__ import annotations

import pytest

from reconciler.documents.edit import MISSING
from reconciler.documents.registry import FORMATS, Format, document

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_adds_changes_and_removes_a_value(name: Format) -> None:
    form = document(name)
    added = form.with_value(b"", ("MODEL",), "gpt-x")
    assert form.value_at(added.data, ("MODEL",)) == "gpt-x"
    changed = form.with_value(added.data, ("MODEL",), "gpt-y")
    assert form.value_at(changed.data, ("MODEL",)) == "gpt-y"
    assert form.without(changed.data, ("MODEL",), added.undo) == b""
    assert form.value_at(b"", ("MODEL",)) is MISSING
    assert form.without(b"", ("MODEL",)) == b""
