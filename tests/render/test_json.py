"""The JSON documents of values that are shown field by field: their types name just those fields."""

from __future__ import annotations

from dataclasses import fields

import pytest

from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Change, Difference
from reconciler.render.json.types import (
    CarriedPairDocument,
    ChangeDocument,
    DiagnosticDocument,
    DifferenceDocument,
    SourceDocument,
)

PAIRS = [
    (ChangeDocument, Change, {"result"}),
    (DifferenceDocument, Difference, set()),
    (SourceDocument, Source, set()),
    (DiagnosticDocument, Diagnostic, set()),
    (CarriedPairDocument, CarriedPair, set()),
]


@pytest.mark.parametrize(("document", "value", "more"), PAIRS)
def test_a_document_has_every_field_of_its_value(document: type, value: type, more: set[str]) -> None:
    """Such a document is made of all the fields: a new one would be printed, and not be in the schema."""
    assert document.__annotations__.keys() == {each.name for each in fields(value)} | more
