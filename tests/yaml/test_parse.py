"""YAML 1.2 core and nothing else, the same from both of PyYAML's parsers."""

from __future__ import annotations

import math
from itertools import count, pairwise
from string import ascii_lowercase as LETTERS
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.yaml import parse as yaml_parse
from reconciler.yaml.parse import DEEPEST, ParsedYaml, parse
from reconciler.yaml.scalars import resolve
from reconciler.yaml.tree import at, plain

BOTH = [yaml.Loader, *([yaml.CLoader] if hasattr(yaml, "CLoader") else [])]
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)
WIDE = f"a: &a {'x' * 5000}\nb: [" + ", ".join(["*a"] * 100) + "]\n"
LADDER = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} {'[' * 40}*a{n - 1}{']' * 40}\n" for n in range(1, 60))

SCALARS = [
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("false", False),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("12", 12),
    ("-12", -12),
    ("010", 10),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("2026-01-02", "2026-01-02"),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("5.", 5.0),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("+", "+"),
    (".", "."),
    ("1.2.3", "1.2.3"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("=", "="),
]


@pytest.mark.parametrize("loader", BOTH)
@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[scalar[0] for scalar in SCALARS])
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object, loader: Any) -> None:
    result = _plain(parse(f"k: {text}\n", "f", loader))["k"]
    assert (result, type(result)) == (value, type(value))


def test_not_a_number_and_numbers_without_end_are_harmless() -> None:
    assert math.isnan(resolve(".nan"))  # type: ignore[arg-type]
    assert resolve("9" * 5000) == "9" * 5000  # int() would refuse, or take its time


WRONG = [
    ("a: 1\nb: 2\na: 3\n", "DUPLICATE_KEY", "f:3:1", "first at 1:1"),
    ("x: {a: 1, a: 2}\n", "DUPLICATE_KEY", "f:1:11", "first at 1:5"),
    ("a: {<<: {b: 1}}\n", "MERGE_KEY", "f:1:5", "YAML 1.2"),
    ("a: !!str 1\n", "TAG", "f:1:4", "tags"),
    ("a: !x [1]\n", "TAG", "f:1:4", "tags"),
    ("a: 1\n---\nb: 2\n", "SECOND_DOCUMENT", "f:2:1", "second document"),
    ("a: *b\n", "BAD_ALIAS", "f:1:4", "has no anchor"),
    ("a: &a [*a]\n", "BAD_ALIAS", "f:1:8", "a value that contains the alias"),
    ("12: a\n", "KEY_NOT_TEXT", "f:1:1", "not text"),
    ("~: a\n", "KEY_NOT_TEXT", "f:1:1", "not text"),
    ("? [a]\n: b\n", "KEY_NOT_TEXT", "f:1:3", "a list or a mapping"),
    ("a: " + "[" * 200, "TOO_DEEP", "f:1:104", "100 levels"),
    (LADDER, "TOO_DEEP", "f:4:49", "100 levels"),
    (BOMB, "TOO_MANY_ALIASES", "f:5:12", "10 times"),
    (WIDE, "TOO_MANY_ALIASES", "f:2:57", "10 times"),
    ("a:\n\tb: 1\n", "YAML_SYNTAX", "f:2:1", "there is a tab, but YAML needs spaces"),
    ("a: 'b\n", "YAML_SYNTAX", "f:2:1", "not YAML"),
    ("a: [b\n", "YAML_SYNTAX", "f:2:1", "not YAML"),
    ("a: @b\n", "YAML_SYNTAX", "f:1:4", "not YAML"),
    ("a: b: c\n", "YAML_SYNTAX", "f:1:5", "not YAML"),
]


@pytest.mark.parametrize("loader", BOTH)
@pytest.mark.parametrize(("text", "code", "place", "words"), WRONG, ids=[f"{e[1]}-{e[2]}" for e in WRONG])
def test_what_is_refused_and_where(text: str, code: str, place: str, words: str, loader: Any) -> None:
    (result,) = parse(text, "f", loader).diagnostics
    assert (result.code, str(result.source)) == (code, place)
    assert words in result.summary


def test_all_but_syntax_errors_are_collected() -> None:
    result = parse("a: !x 1\na: 2\n3: 4\nb: {<<: {}}\n", "f")
    assert [diagnostic.code for diagnostic in result.diagnostics] == [
        "TAG",
        "DUPLICATE_KEY",
        "KEY_NOT_TEXT",
        "MERGE_KEY",
    ]
    assert _plain(result) == {"a": 1, "b": {}}


def test_places_are_of_keys_and_of_values() -> None:
    root = parse("a:\n  - b\n  - {c: d}\n", "f").root
    assert root is not None
    result = at(root, ("a", 1, "c"))
    assert result is not None
    assert str(result.source) == "f:3:9"
    assert str(at(root, ("a", 1)).source) == "f:3:5"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["key", "other"])
def test_names_under_key_may_be_the_key_and_are_not_shown(name: str) -> None:
    diagnostics = parse(f"{name}: {{zz-literal: 1, zz-literal: 2, 712: 3}}\n", "f").diagnostics
    assert [diagnostic.code for diagnostic in diagnostics] == ["DUPLICATE_KEY", "KEY_NOT_TEXT"]
    assert ("zz-literal" in str(diagnostics), "712" in str(diagnostics)) == (name == "other", name == "other")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\n\n"])
def test_nothing_is_nothing(text: str) -> None:
    result = parse(text, "f")
    assert result.diagnostics == []
    assert result.root is None or plain(result.root) is None


CORPUS = [
    "a: 1\nb: [x, 'y', \"z\", ~, {c: d}]\n",
    "- a\n-\n  - b\n- c: d\n  e: |\n    text\n    more\n",
    "a: >-\n  folded\n  text\n",
    "é: ü\n日本: [語, '\\u00e9']\n",
    "a: &x {b: c}\nd: *x\n",
    '"quoted key": "\\x41\\n\\ttab"\n',
    "? a\n: b\n",
    "a: # comment\n  b\n",
    "{a: {b: {c: [1, 2.5, .inf, 0x1f]}}}",
    "a: ''\nb:\nc: ~\n",
    "--- a\n...\n",
    "a: b\r\nc: d\r\n",
]


@pytest.mark.skipif(len(BOTH) == 1, reason="this PyYAML has no C parser")
@pytest.mark.parametrize("text", CORPUS)
def test_both_parsers_give_the_same_tree_and_places(text: str) -> None:
    slow, fast = (parse(text, "f", loader) for loader in BOTH)
    assert slow.root is not None
    assert slow == fast


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc é'\"#:\n-", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcx", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_what_yaml_writes_is_read_as_it_was_by_both(value: object, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    trees = [parse(text, "f", loader) for loader in BOTH]
    assert trees[0] == trees[-1]
    assert _plain(trees[0]) == value


def _plain(parsed: ParsedYaml) -> Any:
    assert parsed.root is not None, parsed.diagnostics
    return plain(parsed.root)


def test_the_deepest_that_is_allowed_is_read() -> None:
    levels = DEEPEST - 1
    assert parse("a: " + "[" * levels + "]" * levels, "f").diagnostics == []


BOMBS = {
    "a billion laughs": BOMB,
    "one large text very often": WIDE,
    "a chain of anchors": "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 90)),
    "a mapping of bombs": "a: &a {x: 1, y: 2}\n"
    + "".join(f"{n}: &{n} {{x: *{p}, y: *{p}}}\n" for p, n in pairwise(LETTERS)),
    "brackets": "a: " + "[" * 1_000_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_left_after_a_few_steps(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = count()
    inner = yaml_parse._Reader.node
    monkeypatch.setattr(yaml_parse._Reader, "node", lambda *given: (next(steps), inner(*given))[1])
    assert [diagnostic.code for diagnostic in parse(text, "f").diagnostics] in (["TOO_MANY_ALIASES"], ["YAML_SYNTAX"])
    assert next(steps) < 1000


@pytest.mark.large
def test_an_honest_file_may_be_as_large_as_a_team_is() -> None:
    """300,000 values: 100,000 models that were declared one by one were refused."""
    models = "".join(f"  - {{id: m{number}, purpose: chat}}\n" for number in range(60_000))
    result = parse(f"models:\n{models}", "f")
    assert result.diagnostics == []
    assert result.root is not None
    assert len(plain(result.root)["models"]) == 60_000


def test_entries_that_endpoints_share_may_be_written_once() -> None:
    text = "x: &x {Team: research, Region: eu, Cost: shared}\n" + "".join(f"e{n}: *x\n" for n in range(500))
    assert parse(text, "f").diagnostics == []
