"""The page: nothing in it but what it is made of, whatever it is made from; complete without its script."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diagnostics import error
from reconciler.plan.change import Plan
from reconciler.render.formats.html.page import to_html
from reconciler.render.tree import Document, document, line, section
from reconciler.render.views.review.document import review_view
from reconciler.text import printable
from tests.render import hostile
from tests.render.hostile import change, hostile_plan, plan_with
from tests.support.gfm import Read
from tests.support.laws import examples

FRAME = {"html", "head", "meta", "title", "style", "body", "a", "header", "nav", "main", "script"}
CONTROLS = {"form", "label", "input", "select", "option", "button"}
TEXT = {
    "section",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "div",
    "details",
    "summary",
    "span",
    "strong",
    "code",
    "del",
    "ins",
}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    ("html", "lang"),
    *(("meta", name) for name in ("charset", "http-equiv", "content", "name")),
    *(("a", name) for name in ("class", "href")),
    *(("main", name) for name in ("id", "tabindex")),
    *(("section", name) for name in ("id", "aria-labelledby")),
    ("h2", "id"),
    ("nav", "aria-label"),
    *(("form", name) for name in ("id", "role", "aria-label", "hidden")),
    *(("input", name) for name in ("type", "id", "autocomplete", "spellcheck", "placeholder", "aria-describedby")),
    ("select", "data-facet"),
    ("option", "value"),
    ("button", "type"),
    *(("p", name) for name in ("id", "role")),
    *(("li", f"data-{name}") for name in ("action", "cause", "endpoint")),
    *(("div", name) for name in ("class", "role", "aria-label", "tabindex")),
    *((tag, "class") for tag in ("span", "details", "table", "th", "td")),
    *(("th", name) for name in ("scope",)),
}


def asset(name: str) -> str:
    return files("reconciler.render.formats.html").joinpath(name).read_text(encoding="utf-8")


def read(html: str) -> Read:
    """Return the content of a page, after checking that it holds only known markup."""
    content = Read(html)
    assert set(content.tags) <= FRAME | CONTROLS | TEXT | TABLE
    assert set(content.attributes) <= ATTRIBUTES
    assert [content.tags.count(tag) for tag in ("script", "style", "h1", "main")] == [1, 1, 1, 1]
    assert content.unbalanced == []
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", html
    )
    return content


@given(st.lists(hostile.texts.filter(str.strip), min_size=1, max_size=4, unique=True), hostile.texts)
def test_nothing_hostile_is_more_than_text(ids: list[str], words: str) -> None:
    shown = read(to_html(review_view(hostile_plan(ids, words)), words))
    for each in ids:
        assert printable(each, len(each)) in shown.codes


@examples(50)
@given(hostile.documents, hostile.texts)
def test_no_tree_is_more_than_text(tree: Document, title: str) -> None:
    read(to_html(tree, title))


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    page = to_html(document(section(line("x"))), "x")
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    style, script = (
        b64encode(sha256(text.encode()).digest()).decode() for text in (asset("page.css"), asset("page.js"))
    )
    assert policy.split("; ") == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        f"style-src 'sha256-{style}'",
        f"script-src 'sha256-{script}'",
    ]


def test_the_page_names_no_other_place() -> None:
    for name in ("page.css", "page.js"):
        assert not re.search(r"url\(|@import|//[a-z]|fetch|import\(|XMLHttp|</", asset(name)), name


def test_deletes_come_first_and_are_not_folded() -> None:
    changes = [change(action, "a", f"{action}-{number}") for action in ("create", "delete") for number in range(50)]
    shown = read(to_html(review_view(plan_with(*changes)), "acme"))
    assert shown.text.index("delete-49") < shown.text.index("create-0")
    assert "delete-" not in shown.folded
    assert "create-49" in shown.folded
    assert "<details" not in to_html(review_view(plan_with(*changes), verbose=True), "acme")


def test_the_filter_is_hidden_without_the_script_and_offers_what_divides_the_lines() -> None:
    page = to_html(review_view(plan_with(change("create", "a", "m"), change("delete", "b", "n"))), "acme")
    assert re.search(r'<form id="filter"[^>]* hidden>', page)
    assert re.findall('data-facet="([a-z]+)"', page) == ["action", "endpoint"]  # all are of one cause
    assert re.findall('<option value="([a-z]+)">', page) == ["delete", "create", "b", "a"]
    assert 'id="filter"' not in to_html(review_view(plan_with()), "acme")


def test_a_file_that_cannot_be_used_is_a_page_too() -> None:
    plan = Plan(
        name="",
        lineage=None,
        serial=None,
        config_digest="",
        complete=False,
        changes=(),
        diagnostics=(error("SYNTAX", "not YAML", detail="It ends too early.", hint="end it"),),
    )
    shown = read(to_html(review_view(plan), "plan")).text
    for words in ("no plan, 1 error", "not YAML", "It ends too early.", "hint: end it"):
        assert words in shown


@pytest.mark.large
def test_3000_changes_are_all_there() -> None:
    changes = [change(("delete", "create")[number % 2], "a", f"m-{number}") for number in range(3000)]
    assert {f"m-{number}" for number in range(3000)} <= set(
        read(to_html(review_view(plan_with(*changes)), "acme")).codes
    )
