"""Addresses and the table of kinds: one strict reader, and no other place that decides by a kind's name."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import reconciler
from reconciler.address import (
    ENDPOINT,
    KEY,
    KINDS,
    PURPOSES,
    RECORDED,
    Address,
    default,
    endpoint,
    model,
    owned_kinds,
    parse,
)

ROOT = Path(reconciler.__file__).parent
WRONG = [
    "",
    "endpoint",
    "endpoint.",
    "endpoint.A",
    "endpoint.a/b",
    "endpoint.a\n",
    "model.a",
    "model.a/",
    "model./b",
    "model.A/b",
    "default.",
    "default.Voices",
    "default.chat/x",
    "key.",
    "key.a/b",
    "place.a",
    " endpoint.a",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"has the form|starts with|lower-case|cannot contain /|is `default\."):
        parse(text)


@pytest.mark.parametrize("text", ["endpoint.a", "model.a/b/c: d", "model.a//", "default.voice", "key.a-1"])
def test_an_address_is_read_as_it_is_written(text: str) -> None:
    assert str(parse(text)) == text


def test_only_kinds_that_are_asked_for_are_read() -> None:
    with pytest.raises(ValueError, match=r"^an address starts with `endpoint\.`, `model\.` or `default\.`$"):
        parse("key.a", RECORDED)
    assert parse("key.a", [KEY]).is_owned


def test_an_address_belongs_to_its_endpoint() -> None:
    addresses = (endpoint("a"), model("a", "x/y"), parse("key.a"), default("chat"))
    assert [address.endpoint for address in addresses] == ["a", "a", "a", ""]
    assert [address.model_id for address in addresses] == ["", "x/y", "", ""]


def test_addresses_are_ordered_by_kind_and_name() -> None:
    addresses = [model("a", "b"), endpoint("b"), parse("key.a"), endpoint("a"), default("voice"), default("chat")]
    assert sorted(addresses) == sorted(addresses, key=str)


def test_every_purpose_has_a_default() -> None:
    assert [str(default(purpose)) for purpose in PURPOSES] == [f"default.{purpose}" for purpose in PURPOSES]
    assert all(parse(f"default.{purpose}").name == purpose for purpose in PURPOSES)


def test_an_apply_comes_to_owned_resources_after_everything_that_is_recorded() -> None:
    assert max(kind.order for kind in RECORDED) < min(kind.order for kind in owned_kinds())
    assert len({kind.order for kind in KINDS.values()}) == len(KINDS)


def test_no_other_room_decides_by_the_name_of_a_kind() -> None:
    """The table says what a kind is; a comparison with its name would be a second place that has to know."""
    result = [place for path in ROOT.rglob("*.py") if path != ROOT / "address.py" for place in _comparisons(path)]
    assert not result


def _comparisons(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if ".kind" in text else "")  # to parse every module takes seconds
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}" for node in compared if _is_of_kinds([node.left, *node.comparators])
    ]


def _is_of_kinds(sides: list[ast.expr]) -> bool:
    """`X.kind == "model"`, `X.kind in ("endpoint", "key")`; not the kinds of other things, which have other names."""
    named = any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)
    words = {each.value for side in sides for each in ast.walk(side) if isinstance(each, ast.Constant)}
    return named and bool(words & KINDS.keys())


def test_the_purposes_are_listed_once() -> None:
    """Every type and every schema takes them from `address`; what a list says goes by an order of its own."""
    result = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if _lists_all(path, set(PURPOSES))]
    assert sorted(result) == ["address.py", "live/purposes.py"]


def _lists_all(path: Path, words: set[str]) -> bool:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if all(word in text for word in words) else "")
    lists = [node.elts for node in ast.walk(tree) if isinstance(node, ast.Tuple | ast.List | ast.Set)]
    return any(
        words <= {element.value for element in elements if isinstance(element, ast.Constant)} for elements in lists
    )


def test_a_kind_that_only_the_caller_knows_is_accepted() -> None:
    """The tests of owned kinds have one that the table does not have."""
    kind = replace(ENDPOINT, name="note")
    assert "note" not in KINDS
    assert parse("note.it", [kind]) == Address(kind, "it")
    for kinds in (None, [ENDPOINT]):
        with pytest.raises(ValueError, match="an address starts with"):
            parse("note.it", kinds)
