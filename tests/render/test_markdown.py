"""Markdown for a comment: nothing in it is more than text, deletes are all there, and it is never too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diagnostics import error
from reconciler.plan.change import Plan
from reconciler.render.formats.markdown import gfm
from reconciler.render.formats.markdown.document import LIMIT, to_markdown
from reconciler.render.formats.markdown.fragments import Fragment, cut, size
from reconciler.render.tree import Document, Span, document, line, section
from reconciler.render.views.review.document import review_view
from tests.render import hostile
from tests.render.hostile import change, hostile_plan, plan_with
from tests.support.gfm import ALLOWED, TABLES, Read, rendered
from tests.support.laws import examples


def markdown_of(plan: Plan, **how: bool) -> str:
    return to_markdown(review_view(plan, **how))


def read(markdown: str) -> Read:
    """Return the content, after checking that it is text and nothing else."""
    content = Read(rendered(markdown))
    assert set(content.tags) <= ALLOWED | TABLES
    assert {pair for pair in content.attributes if pair[0] not in ("td", "th")} <= {("pre", "lang")}
    assert content.active() == []
    assert content.unbalanced == []
    assert size(markdown) < LIMIT
    return content


@given(st.lists(hostile.texts.filter(str.strip), min_size=1, max_size=4, unique=True), hostile.texts)
def test_nothing_hostile_is_more_than_text(ids: list[str], words: str) -> None:
    markdown = markdown_of(hostile_plan(ids, words))
    shown = read(markdown)
    assert "to fit here" not in markdown
    for each in ids:
        assert spoken(each) in shown.codes
    assert [comment.startswith(" gwctl plan: ") for comment in shown.comments] == [True]


def spoken(model_id: str) -> str:
    """An ID as it is read: all of it, on one line; what is very long has its middle left out."""
    text = gfm.shown(model_id)
    return text.replace("`", "\\u0060") if "`" * 61 in text else text


@examples(50)
@given(hostile.documents)
def test_no_tree_is_more_than_text(tree: Document) -> None:
    read(to_markdown(tree))


@examples(50)
@given(hostile.documents, st.integers(1_100, 4_000))
def test_no_tree_is_longer_than_it_may_be(tree: Document, limit: int) -> None:
    markdown = to_markdown(tree, limit)
    assert size(markdown) <= limit
    shown = Read(rendered(markdown))
    assert shown.active() == []
    assert shown.unbalanced == []


@pytest.mark.parametrize("text", hostile.HOSTILE)
def test_a_code_span_says_exactly_what_it_was_given(text: str) -> None:
    shown = gfm.shown(text)
    (result,) = Read(rendered(f"- {gfm.code(shown)}")).codes
    assert result == spoken(text)


@given(hostile.texts)
def test_prose_says_what_it_was_given_but_for_the_backticks(text: str) -> None:
    def bare(word: str) -> str:
        return re.sub(r"[`\s]|\\u0060", "", word)

    shown = Read(rendered(f"x {gfm.inline([Span(text)])}")).text
    assert bare(shown) == bare("x" + gfm.shown(text, 300))


def test_prose_reads_as_prose() -> None:
    said = "if this is intended: --allow-delete endpoint.a --allow-delete endpoint.b; or under `removed:` (see 3.)"
    assert gfm.inline([Span(said)]) == (
        "if this is intended: `--allow-delete endpoint.a --allow-delete endpoint.b`; or under `removed:` (see 3\\.)"
    )


def test_a_comment_is_found_again_by_its_first_line() -> None:
    assert markdown_of(plan_with()).splitlines()[0] == "<!-- gwctl plan: acme -->"
    tricked = markdown_of(plan_with(name="--> @everyone <!--")).splitlines()[0]
    assert tricked == "<!-- gwctl plan: -%2D%3E %40everyone %3C%21-%2D -->"


def test_deletes_come_first_and_are_never_folded() -> None:
    """Destroys hidden in a fold, or past GitHub's 65,536 characters: usdr-gost PR#2966."""
    changes = [change(action, "a", f"{action}-{number}") for action in ("create", "delete") for number in range(50)]
    shown = read(markdown_of(plan_with(*changes)))
    names = [f"delete-{number}" for number in range(50)]
    assert [code for code in shown.codes if code in names] == names
    assert not any(name in shown.folded for name in names)
    assert shown.text.index("delete-49") < shown.text.index("Endpoints") < shown.text.index("create-0")
    assert "create-49" in shown.folded


def test_v_folds_nothing_and_q_keeps_what_may_not_be_cut() -> None:
    plan = plan_with(
        *[change(action, "a", f"{action}-{number}") for action in ("create", "delete") for number in range(50)]
    )
    assert read(markdown_of(plan, verbose=True)).folded == ""
    quiet = read(markdown_of(plan, quiet=True)).text
    assert "delete-49" in quiet
    assert "create-49" not in quiet


@pytest.mark.parametrize(
    ("deletes", "creates", "length"), [(1500, 1500, 20), (3000, 0, 12), (10, 3000, 60), (700, 2300, 50)]
)
@pytest.mark.large
def test_3000_changes_fit_with_every_delete(deletes: int, creates: int, length: int) -> None:
    gone = [f"old-{number:04}-".ljust(length, "x") for number in range(deletes)]
    new = [f"new-{number:04}-".ljust(length, "x") for number in range(creates)]
    markdown = markdown_of(
        plan_with(*[change("create", "a", each) for each in new], *[change("delete", "a", each) for each in gone])
    )
    shown = read(markdown)
    assert set(gone) <= set(shown.codes)
    assert not any(each in shown.folded for each in gone)
    seen = len(set(new) & set(shown.codes))
    more = sum(int(number) for number in re.findall(r"and (\d+) more", shown.text))
    assert seen + more >= creates
    assert (more > 0) == ("Shortened to fit here" in shown.text)
    if creates == 3000:
        assert (seen + more, seen > 300) == (3000, True)


def test_what_cannot_be_cut_and_does_not_fit_is_said_in_bold_at_the_top() -> None:
    ids = [f"{number:04}-".ljust(100, "x") for number in range(3000)]
    markdown = markdown_of(plan_with(*[change("delete", "a", each) for each in ids]))
    shown = len(set(ids) & set(read(markdown).codes))
    assert 300 < shown < 3000
    bold = re.search(r"^\*\*(\d+) of the 3000 deletes do not fit here and are not shown\.", markdown, re.MULTILINE)
    assert bold
    assert int(bold[1]) == 3000 - shown
    assert bold.start() < markdown.index("### ")
    assert f"… and {3000 - shown} more" in markdown


@pytest.mark.large
def test_characters_of_many_bytes_are_counted_as_such() -> None:
    markdown = markdown_of(plan_with(*[change("create", "a", f"{number}" + "🦙" * 60) for number in range(3000)]))
    assert len(markdown.encode("utf-16-le")) // 2 < LIMIT
    assert size(markdown) < LIMIT
    assert read(markdown)


@pytest.mark.large
def test_3000_endpoints_with_a_change_each_fit() -> None:
    changes = [change("delete", f"e-{number}", "m") for number in range(3000)]
    shown = read(markdown_of(plan_with(*changes)))
    assert "of the 3000 deletes do not fit here" in shown.text


def with_errors(plan: Plan, number: int) -> Plan:
    said = tuple(error("CODE", f"fault {each}", detail=f"detail {each}", hint=f"hint {each}") for each in range(number))
    return Plan(**(vars(plan) | {"diagnostics": said}))


@pytest.mark.large
def test_errors_are_told_in_full_where_they_fit_beside_the_deletes() -> None:
    """Deletes lose their reasons, each of which is another one, before errors lose their details."""
    changes = [change("delete", "a", f"old-{number:04}", f"for reason {number}") for number in range(2400)]
    text = read(markdown_of(with_errors(plan_with(*changes), 50))).text
    for number in range(50):
        assert f"detail {number}" in text
        assert f"hint: hint {number}" in text
    assert "for reason" not in text
    assert "Shortened to fit here: the HTML page and gwctl show have all deletes." in text
    assert "do not fit" not in text


@pytest.mark.large
def test_errors_that_do_not_fit_cost_no_delete_its_reason() -> None:
    changes = [change("delete", "a", f"old-{number:04}") for number in range(10)]
    text = read(markdown_of(with_errors(plan_with(*changes), 6000))).text
    assert text.count("no longer listed by the endpoint") == 10
    shown = len(re.findall(r"error fault \d+", text))
    assert shown > 500
    assert f"{6000 - shown} of the 6000 errors do not fit here" in text


def test_a_file_that_cannot_be_used_is_a_comment_too() -> None:
    plan = Plan(
        name="",
        lineage=None,
        serial=None,
        config_digest="",
        complete=False,
        changes=(),
        diagnostics=(error("SYNTAX", "not YAML", detail="It ends too early."),),
    )
    assert markdown_of(plan).startswith("<!-- gwctl plan: -->\n")
    assert "no plan, 1 error" in read(markdown_of(plan)).text
    assert "It ends too early." in read(markdown_of(plan, quiet=True)).text


def test_an_empty_document_is_nothing() -> None:
    assert to_markdown(()) == ""
    assert to_markdown(document(section())) == ""


def test_lines_side_by_side_do_not_become_a_link() -> None:
    parts = [
        Span("www."),
        Span("evil."),
        Span("example", "strong"),
        Span(":"),
        Span("smile:"),
        Span("dead"),
        Span("beef"),
    ]
    read(to_markdown(document(section(line(*parts)))))


@given(st.lists(st.integers(9, 60), max_size=30), st.integers(0, 1500))
def test_parts_that_are_cut_fit_and_lose_none_from_the_count(lengths: list[int], room: int) -> None:
    parts = [
        Fragment(opening=f"[{number}]", items=tuple("x" * length + ";" for _ in range(3)), closing="\n")
        for number, length in enumerate(lengths)
    ]
    result = cut(parts, room)
    assert size(result.text) <= room
    assert result.left or result.text == "".join(part.text() for part in parts)
    assert not result.left or room < sum(part.size for part in parts)
    shown = result.text.count("x" * 9 + ";")
    assert result.left == 3 * len(parts) - shown
