"""What the schema of the gateway file tells an editor: every field is described, and every example is right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter

from reconciler.clients.registry import TOOLS
from reconciler.config.editors import EXAMPLES
from reconciler.config.schema import GatewayFile, gateway_schema
from reconciler.presets.load import names
from tests.config.test_wrong_types import models_in
from tests.support.libraries import library

SCHEMA = gateway_schema()
DEFINITIONS = {**SCHEMA["$defs"], "GatewayFile": {key: SCHEMA[key] for key in ("properties",)}}


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for each in models_in(field.annotation):
            yield from models(each)


FIELDS = {
    f"{model.__name__}.{field.alias or name}": Annotated[field.annotation, *field.metadata]
    if field.metadata
    else field.annotation
    for model in models(GatewayFile)
    for name, field in model.model_fields.items()
}


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, definition in DEFINITIONS.items():
        for field, of_field in definition.get("properties", {}).items():
            yield f"{name}.{field}", of_field


def is_open_text(of_field: dict[str, Any]) -> bool:
    """Whether a person types something of their own there: neither a name of a list nor yes or no."""
    parts = [of_field, *of_field.get("anyOf", ())]
    return any("string" in (part.get("type"), part.get("items", {}).get("type")) for part in parts) and not any(
        "enum" in part or "enum" in str(part.get("items")) for part in parts
    )


def test_every_field_has_a_description_and_no_title_or_default_that_says_nothing() -> None:
    found = dict(properties())
    assert len(found) > 60
    assert [at for at, of_field in found.items() if not of_field.get("description")] == []
    assert [at for at, of_field in found.items() if "title" in of_field] == []
    assert [at for at, of_field in found.items() if of_field.get("default", "x") in ("", None, [], {})] == []
    assert [name for name, definition in DEFINITIONS.items() if "description" not in definition] == [
        "Variable", "GatewayFile",
    ]  # fmt: skip


def test_every_text_of_ones_own_has_an_example() -> None:
    assert [at for at, of_field in properties() if is_open_text(of_field) and "examples" not in of_field] == []
    assert EXAMPLES.keys() <= dict(properties()).keys()


@pytest.mark.parametrize("at", EXAMPLES)
def test_every_example_is_a_value_that_gwctl_and_the_schema_accept(at: str) -> None:
    jsonschema = library("jsonschema")
    model, _, field = at.partition(".")
    check = jsonschema.Draft202012Validator({**DEFINITIONS[model]["properties"][field], "$defs": SCHEMA["$defs"]})
    for example in EXAMPLES[at]:
        TypeAdapter(FIELDS[at]).validate_python(example, strict=True)
        assert check.is_valid(example), example


def test_names_are_offered_as_the_registries_have_them() -> None:
    endpoint, client = (DEFINITIONS[name]["properties"] for name in ("EndpointFields", "ClientFields"))
    assert endpoint["preset"]["anyOf"][0]["enum"] == names()
    assert client["tool"]["anyOf"][0]["enum"] == list(TOOLS) == list(SCHEMA["properties"]["clients"]["properties"])
    for _, of_field in properties():
        for part in [of_field, of_field.get("items", {}), *of_field.get("anyOf", ())]:
            assert len(part.get("enumDescriptions", ())) in (0, len(part.get("enum", ())))


def test_a_value_may_be_a_variable_but_not_in_a_key_reference() -> None:
    jsonschema = library("jsonschema")
    check = jsonschema.Draft202012Validator(SCHEMA)

    def is_valid(**endpoint: Any) -> bool:
        return bool(check.is_valid({"version": 1, "name": "${N}", "endpoints": {"a": endpoint}}))

    assert is_valid(scope="${S:-shared}", timeout="${T}s", preset="${P}", apis=["${A}"])
    assert not is_valid(key={"env": "${K}"})
    assert not is_valid(scope="sharde")
    assert not is_valid(timeout="10")
