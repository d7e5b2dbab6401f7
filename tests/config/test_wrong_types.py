"""A value of a wrong kind, anywhere in a gateway file: told with its place, whatever else is made of the file."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from reconciler.config.load import load
from reconciler.config.schema import GatewayFile
from tests.support.laws import fewer

DETAILS: dict[str, Any] = {"context": 128000, "output": 16000, "capabilities": ["tools"], "apis": ["chat"]}
FULL: dict[str, Any] = {
    "version": 1,
    "name": "acme",
    "requires": ">=0.1",
    "state": "file:state.json",
    "lock": "gateway.lock.yaml",
    "endpoints": {
        "a": {
            "preset": "own",
            "base_url": "https://llm.example/v1",
            "key": {"env": "K"},
            "models": ["m", {"id": "n", "purpose": "chat", **DETAILS}],
            "discover": {"include": ["*"], "exclude": ["x"]},
            "headers": {"X-One": "1", "X-Two": {"file": "two"}, "X-Four": {"env": "K", "scheme": "Bearer"}},
            "tls": {"ca_file": "ca.pem", "client_cert": "c.pem", "client_key": "k.pem"},
            "proxy": "http://proxy.example:3128",
            "timeout": "10s",
            "store_key": "keyring",
            "when_no_key": "skip",
            "scope": "shared",
            "apis": ["chat", "messages"],
            "protect": True,
            "insecure_http": False,
        },
        "b": {"preset": "own", "key": {"command": ["op", "read"]}, "discover": True},
        "c": {"preset": "own", "key": {"keyring": "service/user"}, "headers": {"X-Five": {"command": ["op"]}}},
        "d": {"preset": "own", "key": {"file": "key"}, "headers": {"X-Six": {"keyring": "service/user"}}},
    },
    "presets": {
        "own": {
            "name": "Own",
            "description": "ours",
            "base_url": "https://llm.example/v1",
            "dialect": "openai",
            "apis": ["chat"],
            "auth": {"header": "X-Key", "scheme": ""},
            "key": "optional",
            "key_hint": "ask",
            "variable": "K",
            "list_path": "/models",
            "chat_path": "/chat",
            "headers": {"X-Three": "3"},
            "docs_url": "https://docs.example",
        }
    },
    "defaults": {"chat": ["a/m", "a/n"], "voice": "b/v"},
    "clients": {
        "c": {
            "tool": "claude-code",
            "file": "own",
            "path": "c.json",
            "endpoints": ["a"],
            "models": ["m*"],
            "key_from": "helper",
            "set_default": "never",
            "when_absent": "write",
        },
        "d": {"tool": "litellm", "path": "d.yaml", "serves": "b"},
    },
    "roles": {"image": ["a/m"], "small": "a/n", "judge": {"purpose": "chat", "models": ["a/n"]}},
    "removed": [{"address": "endpoint.gone", "keep": True}],
    "moved": [{"from": "endpoint.old", "to": "endpoint.a"}],
}
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        5,
        -1.5,
        10**30,
        "",
        " ",
        "x",
        "\x00",
        "\ud800",
        "~",
        "${X}",
        "http://[",
        "{a}",
        "endpoint.",
        "a/",
    ),
    *(
        [],
        [[]],
        [None],
        [5],
        ["x"],
        ["x", "x"],
        [{}],
        {},
        {"": ""},
        {"x": None},
        {"x": {"y": []}},
        {"env": 5},
        {"id": 5},
    ),
)


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the file, the root included."""
    yield at
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, each in pairs:
        yield from paths(each, (*at, key))


def put(at: tuple[Any, ...], value: Any) -> Any:
    """The file with that value there. All beside the way to it is shared with `FULL`."""
    if not at:
        return value
    built = copy.copy(FULL)
    node = built
    for part in at[:-1]:
        inner = node[part] = copy.copy(node[part])
        node = inner
    node[at[-1]] = value
    return built


def fields_of(model: type[BaseModel], at: str = "") -> Iterator[str]:
    """Every field that the schema knows, by its path of names; `*` for a name of the user's."""
    for name, field in model.model_fields.items():
        here = f"{at}.{field.alias or name}"
        yield here
        for each in models_in(field.annotation):
            yield from fields_of(each, here)


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def test_every_field_of_the_schema_is_tried() -> None:
    """A new field stands in `FULL`, so that the next test reaches it."""
    named = {".".join(part for part in at if isinstance(part, str)) for at in paths(FULL)}
    users = {
        *"abcd",
        "own",
        "chat",
        "voice",
        "image",
        "small",
        "judge",
        *(f"X-{each}" for each in ("One", "Two", "Three", "Four", "Five", "Six")),
    }
    tried = {"." + ".".join(part for part in each.split(".") if part not in users) for each in named}
    assert set(fields_of(GatewayFile)) <= tried


def test_the_file_is_sound_as_it_is(tmp_path: Path) -> None:
    assert said(tmp_path, FULL) == []


PLACES = list(paths(FULL))


@pytest.mark.parametrize("at", PLACES, ids=lambda at: ".".join(map(str, at)) or "the whole file")
def test_any_value_anywhere_is_taken_or_told_with_its_place(tmp_path: Path, at: tuple[Any, ...]) -> None:
    for value in fewer(VALUES, PLACES.index(at)):
        for each in said(tmp_path, put(at, value)):
            assert each.source is not None, (value, each)
            assert each.source.file.endswith("gateway.yaml"), (value, each)


def said(folder: Path, document: Any) -> list[Any]:
    """Every error about the file."""
    path = folder / "gateway.yaml"
    # A value has a line of its own: the line around a fault is shown, and to look at it takes as long as all the rest.
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return [diagnostic for diagnostic in load([path], {}, {}).diagnostics if diagnostic.severity == "error"]
