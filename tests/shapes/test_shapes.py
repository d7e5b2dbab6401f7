"""The shapes of formats: a shape accepts what pydantic accepts, and reads the same from it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from reconciler.config.schema import GatewayFile, PresetFields
from reconciler.lockfile.schema import LockFields
from reconciler.resources.attributes import PARTS, RECORDED_ATTRIBUTES
from reconciler.schemas import shapes
from reconciler.shapes.describe import shape
from reconciler.shapes.shape import Misfit, reader
from reconciler.state.schema import Entry, StateDocument
from tests.config.test_wrong_types import FULL, VALUES, paths

CLASSES = (*RECORDED_ATTRIBUTES.values(), *PARTS)
DETAILS: dict[str, Any] = {"context": 128000, "output": 16000, "capabilities": ["tools"], "apis": ["chat"]}
ENDPOINT: dict[str, Any] = {
    "address": "endpoint.a",
    "kind": "endpoint",
    "attributes": {
        "base_url": "http://h:4000",
        "preset": "litellm",
        "dialect": "openai",
        "key": {"command": ["op", "read"]},
        "headers": {"X-One": {"literal": True}, "X-Two": {"env": "K", "scheme": "Bearer"}},
        "timeout": 10.0,
        "discover": {"enabled": True, "include": ["*"], "exclude": []},
        "store_key": None,
        "protect": False,
        "tls": {"ca_file": "ca.pem", "client_cert": None, "client_key": None},
        "proxy": None,
        "apis": ["chat"],
    },
    "facts": {
        "listed": {"m": ["chat", "assumed"], "n": ["other", "id", DETAILS]},
        "reach": "/v1",
        "held": ["n"],
        "replaced_by": ["b"],
        "ca_content": "x",
    },
}
FACTS = {"origin": "declared", "purpose_source": "config"}
ENTRIES: list[Any] = [
    ENDPOINT,
    {"address": "model.a/m", "kind": "model", "attributes": {"purpose": "chat", **DETAILS}, "facts": FACTS},
    {"address": "default.chat", "kind": "default", "attributes": {"model": "a/m"}, "facts": {}},
]
STATE: dict[str, Any] = {
    "version": 5,
    "lineage": "x",
    "serial": 3,
    "name": "acme",
    "gwctl_version": "0.1.0",
    "written": {"by": "ana@laptop", "at": "2026-01-01T00:00:00Z", "plan": None},
    "wants": f"sha256:{'0' * 64}",
    "gone": ["model.a/x"],
    "resources": ENTRIES,
}
PINNED = {"purpose": "chat", "from": "id", **DETAILS}
LOCK: dict[str, Any] = {
    "version": 2,
    "name": "acme",
    "endpoints": {
        "a": {"base_url": "http://h", "dialect": "openai", "digest": f"sha256:{'0' * 64}", "models": {"m": PINNED}}
    },
}
ENTRY_LIST: TypeAdapter[list[Any]] = TypeAdapter(list[Entry])


def _of_json(validate: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda document: validate(json.dumps(document))


FORMATS: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "gateway": (FULL, GatewayFile.model_validate),
    "preset": (FULL["presets"]["own"], PresetFields.model_validate),
    "lock": (LOCK, LockFields.model_validate),
    "state": (STATE, _of_json(StateDocument.model_validate_json)),
    "entries": (ENTRIES, _of_json(ENTRY_LIST.validate_json)),
}
NEAR: tuple[Any, ...] = (False, 1, 1.0, 2, "1", "chat", "endpoint", "chat\n", "10s", "10s\n", "a", "a\n", "endpoint.a")
NEAR += (
    "model.a/",
    "default.chat",
    ["chat"],
    ["chat", "id"],
    ["chat", "id", {}],
    {"env": "K"},
    {"literal": True},
    {"id": "m"},
)


def _accepts(validate: Callable[[Any], Any], document: Any) -> bool:
    try:
        validate(document)
    except ValidationError:
        return False
    return True


def _changed(document: Any) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Yield (place, value, document) with another value at each place, without each place, and with one more field."""
    for at in paths(document):
        for value in (*VALUES, *NEAR):
            yield at, value, _put(document, at, value)
        *above, last = at or (None,)
        if isinstance(last, str):
            whole = copy.deepcopy(document)
            del _at(whole, above)[last]
            yield at, "nothing", whole
        if isinstance(_at(document, at), dict):
            yield at, "one more", _put(document, (*at, "more"), "x")


def _at(document: Any, at: Any) -> Any:
    for part in at:
        document = document[part]
    return document


def _put(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    whole = copy.deepcopy(document)
    _at(whole, at[:-1])[at[-1]] = value
    return whole


def _reads(name: str, document: Any) -> bool:
    try:
        reader(name, CLASSES)(document)
    except Misfit:
        return False
    return True


def _is_left(at: tuple[Any, ...], value: Any) -> bool:
    """Whether a shape leaves the value to pydantic: half a character, a line with its end, 1 for `true`, 5 for 5.0."""
    if isinstance(value, str):
        return value == "\ud800" or value.endswith("\n")
    return type(value) in (int, float) and at[-1:] in (("literal",), ("timeout",))


@pytest.mark.large
@pytest.mark.parametrize("name", FORMATS)
def test_a_shape_accepts_what_pydantic_accepts(name: str) -> None:
    document, validate = FORMATS[name]
    assert _reads(name, document)
    for at, value, changed in _changed(document):
        accepted = _accepts(validate, changed)
        assert _reads(name, changed) == accepted or (accepted and _is_left(at, value)), (at, value)


def test_every_field_of_a_shape_is_tried() -> None:
    """A new field stands in the documents above, so that the law reaches it."""
    for name, whole in shapes().items():
        tried = {part for at in paths(FORMATS[name][0]) for part in at}
        assert set(_fields(whole)) <= tried, name


def _fields(whole: Any) -> Iterator[str]:
    for key, part in whole.items() if isinstance(whole, dict) else enumerate(whole):
        if key == "fields":
            yield from part
        if isinstance(part, dict | list):
            yield from _fields(part)


def test_a_shape_reads_the_same_attributes_as_pydantic() -> None:
    checked = ENTRY_LIST.validate_json(json.dumps(ENTRIES))
    assert [entry["attributes"] for entry in reader("entries", CLASSES)(ENTRIES)] == [
        entry.attributes for entry in checked
    ]


class Lax(BaseModel):
    number: int


class Odd(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    numbers: set[int]


@dataclass
class Loose:
    __pydantic_config__: ClassVar = {"extra": "forbid"}

    text: str


@pytest.mark.parametrize(
    "kind", [Lax, Odd, Loose, Annotated[int, BeforeValidator(str)], Annotated[str, Field(max_length=9)]]
)
def test_a_schema_that_a_shape_cannot_describe_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match="a shape cannot describe"):
        shape(TypeAdapter(kind).core_schema, exact=[])


def test_a_document_of_another_shape_has_no_value() -> None:
    with pytest.raises(Misfit):
        reader("preset")([])
