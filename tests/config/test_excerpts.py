"""The line of the file that a message shows: what it has, what it hides, and where its mark is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.config.load import load
from reconciler.diagnostics import Diagnostic, QuotedSource
from reconciler.render.formats.text import to_text
from reconciler.render.phrases import diagnostics_section
from reconciler.render.tree import document

SECRET = "quokka-fjord"  # nothing in it looks like a key
HEAD = "version: 1\nname: acme\nendpoints:\n"


def said(text: str) -> tuple[Diagnostic, ...]:
    path = Path("gateway.yaml")
    return load([path], {}, {}, drafts={path: text.encode()}).diagnostics


def shown(text: str) -> str:
    return to_text(document(diagnostics_section(said(text), verbose=True)))


# (the text of the file, the two lines that are shown)
SHOWN = [
    (HEAD + "  it: {base_url: https://h, scope: machin}", "4 |   it: {base_url: https://h, scope: machin}", "machin"),
    (
        HEAD + "  it: {base_url: https://h, modells: [a, b]}",
        "4 |   it: {base_url: https://h, modells: […, …]}",
        "modells",
    ),
    (HEAD + "  it: {base_url: https://h}\nroles: {fast: 7} # who", "5 | roles: {fast: 7}", "fast"),
    (HEAD + "  模型: {base_url: https://h}", "4 |   模型: {base_url: https://h}", "模型"),
    (HEAD + "  it:\n    base_url: https://h\n     models: [a]", "6 |      models: [a]", ":"),
    (HEAD.replace("acme", "acme: x"), "2 | name: acme:…", ":"),
    (HEAD.replace("acme", "@acme"), "2 | name: @acme", "@"),
    ("\ufeff" + (HEAD + "  it: {base_url: 12}").replace("\n", "\r\n"), "4 |   it: {base_url: 12}", "12"),
    (HEAD + "  it: {base_url: https://h}\n\tname: x", r"5 | \tname: x", r"\t"),
    (
        HEAD + "  it: {base_url: https://h, timeout: 'a\u202eb'}",
        r"4 |   it: {base_url: https://h, timeout: 'a\u202eb'}",
        "'",
    ),
]


@pytest.mark.parametrize(("text", "line", "marked"), SHOWN)
def test_a_message_shows_its_line_and_marks_the_fault(text: str, line: str, marked: str) -> None:
    lines = shown(text).splitlines()
    at = next((number for number, each in enumerate(lines) if each.strip() == line), None)
    assert at is not None, lines
    begun = lines[at + 1].index("^")
    before = lines[at][: lines[at].index(marked, lines[at].index("|"))]
    assert line.count(marked) > 1 or cell_len(before) == begun, lines[at : at + 2]


HIDDEN = [
    "it: {base_url: https://h, key: SECRET, bad: 1}",
    "it: {base_url: https://h, key: {env: SECRET}, bad: 1}",
    "it: {base_url: https://h, key: {SECRET: 1}, bad: 1}",
    "it: {base_url: https://h, key: {command: [a, SECRET]}, bad: 1}",
    "it: {base_url: https://h, headers: {X-A: SECRET, SECRET: 1}, bad: 1}",
    "it: {base_url: https://h, headers: {X-A: [SECRET]}, bad: 1}",
    "it: {base_url: https://h, api_key: SECRET, bad: 1}",
    "it: {base_url: https://h, other: {SECRET: SECRET}, bad: 1}",
    "it: {base_url: 'https://u:SECRET@h', bad: 1}",
    "it: {base_url: 'https://h/?api_key=SECRET', bad: 1}",
    "it: {base_url: https://h, proxy: 'http://u:SECRET@p', bad: 1}",
    "it: {base_url: https://h, models: [sk-SECRET], bad: 1}",
    "it: {base_url: https://h, timeout: '${A:-SECRET}', bad: 1}",
    "it: {base_url: https://h, bad: 1} # SECRET",
    "it: {base_url: https://h, bad: &SECRET 1}",
    "it: {base_url: https://h, bad: !SECRET 1}",
    "it: {base_url: https://h, bad: *SECRET}",
    "it: SECRET",
    "it: [SECRET]",
    "it: {base_url: https://h}\nx-mine: {a: SECRET, a: SECRET}",
    "it: {base_url: https://h, key: SECRET, bad: ]}",
    "it: {base_url: https://h, api_key: 'SECRET'x}",
    "it:\n    key: SECRET: SECRET",
    "it:\n    key: SECRET\n     timeout: 1",
    "it:\n    key: 'SECRET\n     timeout: SECRET'x",
    "it:\n    headers:\n      X-A: SECRET: 1",
    "it:\n    headers:\n      X-A: a\n\t  X-B: SECRET",
    "it:\n    timeout: a: SECRET # SECRET",
    "it:\n    other: SECRET: SECRET",
    "it:\n\tother: SECRET",
    "it:\n\tkey: SECRET",
    "it:\n\ttimeout: 1 # SECRET",
    "it:\n\ttimeout: sk-SECRET",
    "it:\n    timeout: |\n      SECRET\n    bad: 1",
    "it:\n    api_key:\n      SECRET\n    bad: 1",
]


@pytest.mark.parametrize("endpoint", HIDDEN)
def test_no_part_of_a_line_that_may_be_a_secret_is_shown(endpoint: str) -> None:
    text = HEAD + "  " + endpoint.replace("SECRET", SECRET)
    assert said(text), "the file has a fault, or nothing is tested"
    quoted = [each.source.excerpt.text for each in said(text) if isinstance(each.source, QuotedSource)]
    assert not [line for line in quoted if SECRET in line or SECRET[-6:] in line], quoted


FIELD = st.sampled_from(["base_url", "key", "headers", "models", "timeout", "api_key", "it", "?", "name", "\t"])
VALUE = st.sampled_from(
    [SECRET, f"'{SECRET}'", f'"{SECRET}', "{", "}", "[", "]", "a", "- ", "# ", "|", "\n", "\n  ", ": "]
)


@given(
    st.lists(st.tuples(FIELD, st.sampled_from([": ", ":", "\n", " "]), VALUE, st.sampled_from(["\n", "\n    ", ", "])))
)
def test_whatever_is_written_below_a_key_is_never_shown(parts: list[tuple[str, str, str, str]]) -> None:
    """The text after `key:` has no line break, so all of it belongs to the key, in a file that may be broken."""
    text = HEAD + "  it:\n    " + "".join("".join(part) for part in parts)
    for diagnostic in said(text):
        if isinstance(diagnostic.source, QuotedSource):
            excerpt, line = diagnostic.source.excerpt, text.split("\n")[diagnostic.source.line - 1]
            assert 0 <= excerpt.start < excerpt.end
            if SECRET in excerpt.text:
                assert "key: " not in line.partition(SECRET)[0], (line, excerpt)


def test_of_a_long_line_only_the_part_around_the_fault_is_kept() -> None:
    """A line with as many faults as values costs a step for each of them, and not the square."""
    numbers = [str(number) for number in range(1000, 1400)]
    diagnostics = said(HEAD + f"  it: {{base_url: https://h, models: [{', '.join(numbers)}]}}")
    excerpts = [each.source.excerpt for each in diagnostics if isinstance(each.source, QuotedSource)]
    assert [each.text[each.start : each.end] for each in excerpts] == numbers
    assert max(len(each.text) for each in excerpts) <= 410
