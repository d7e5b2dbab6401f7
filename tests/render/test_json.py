"""The JSON documents of values that are shown field by field: their types name just those fields."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import get_type_hints

import pytest

from reconciler import safe_json
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Change, Difference
from reconciler.render.json.types.machine import TrustedStackDocument
from reconciler.render.json.types.plan import ChangeDocument, DifferenceDocument, PlanDocument
from reconciler.render.json.types.shared import DiagnosticDocument, SourceDocument
from reconciler.resources.agreement import AgreedPair
from reconciler.schemas import schema_of

PAIRS = [
    (ChangeDocument, Change, {"result"}),
    (DifferenceDocument, Difference, set()),
    (SourceDocument, Source, set()),
    (DiagnosticDocument, Diagnostic, set()),
]


@pytest.mark.parametrize(("document", "value", "more"), PAIRS)
def test_a_document_has_every_field_of_its_value(document: type, value: type, more: set[str]) -> None:
    """Such a document is made of all the fields: a new one would be printed, and not be in the schema."""
    assert document.__annotations__.keys() == {each.name for each in fields(value)} | more


@pytest.mark.parametrize(
    ("document", "value"),
    [(PlanDocument, CarriedPair), (TrustedStackDocument, AgreedPair)],
)
def test_pairs_have_one_type_that_the_schema_and_the_document_share(document: type, value: type) -> None:
    assert value.__name__ in str(get_type_hints(document)["pairs"])
    schema = schema_of("plan" if document is PlanDocument else "trust")["$defs"][value.__name__]
    assert schema["required"] == list(schema["properties"]) == [field.name for field in fields(value)]


def test_a_dataclass_in_a_document_is_written_as_its_fields_and_nothing_else_is() -> None:
    source = Source("gateway.yaml", 1, 2)
    assert json.loads(safe_json.dumps([source])) == [{"file": "gateway.yaml", "line": 1, "column": 2}]
    with pytest.raises(TypeError):
        safe_json.dumps([object()])
