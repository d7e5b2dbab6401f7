"""A plan for a pull request, and for a browser, through the command."""

from __future__ import annotations

import re

import pytest

from tests.render.hostile import HOSTILE
from tests.render.test_html import read as read_html
from tests.render.test_markdown import read as read_markdown

GATEWAY = "version: 1\nname: acme\nendpoints: {{a: {{base_url: '{url}'}}}}\n"


def test_3000_changes_are_a_comment_with_every_delete(gwctl, server) -> None:
    old = [f"old/{number:04}" for number in range(1500)]
    new = [f"new/{number:04}-{'x' * 40}" for number in range(1500)]
    server.lists(*old)
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    server.lists(*new)
    planned = gwctl("plan", "--format", "markdown", "--accept-catalog", "a")
    assert (len(planned.out.encode()) < 60_000, planned.err) == (True, "")
    shown = read_markdown(planned.out)
    assert set(old) <= set(shown.codes)
    assert "old/" not in shown.folded
    seen = len(set(new) & set(shown.codes))
    assert re.findall(r"and (\d+) more", shown.text) == [str(1500 - seen)]
    page = read_html(gwctl("plan", "--format", "html", "--accept-catalog", "a").out)
    assert {*old, *new} <= set(page.codes)


def test_hostile_ids_are_text_in_every_format(gwctl, server) -> None:
    ids = [each for each in HOSTILE if each.isprintable()]
    server.lists(*ids)
    gwctl.write(GATEWAY.format(url=server.url))
    for state in ("to be created", "to be deleted"):
        comment, page = (
            gwctl("plan", "--format", "markdown", "--accept-catalog", "a"),
            gwctl("plan", "--format", "html"),
        )
        assert set(ids[:5]) <= set(read_markdown(comment.out).codes), state
        assert read_html(page.out)
        gwctl("apply", "--auto-approve")
        server.lists("m")


@pytest.mark.parametrize("output_format", ["markdown", "html"])
def test_a_bad_file_is_a_document_too(gwctl, output_format: str) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {bse_url: x}}\n")
    planned = gwctl("plan", "--format", output_format, code=1)
    shown = (read_markdown if output_format == "markdown" else read_html)(planned.out)
    for words in ("no plan", "gateway.yaml:3:", "bse_url", "did you mean base_url"):
        assert words in shown.text, words
    assert planned.err == ""


def test_q_keeps_deletes_and_v_unfolds(gwctl, server) -> None:
    server.lists("old", "other", "third")
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    server.lists("other", "third", *(f"m-{number}" for number in range(30)))
    normal = read_markdown(gwctl("plan", "--format", "markdown").out)
    assert ("old" in normal.codes, "m-9" in normal.folded) == (True, True)
    quiet = read_markdown(gwctl("plan", "-q", "--format", "markdown").out)
    assert ("old" in quiet.codes, "m-9" in quiet.codes) == (True, False)
    assert read_markdown(gwctl("plan", "-v", "--format", "markdown").out).folded == ""


def test_the_exit_code_is_that_of_the_plan(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("plan", "--format", "markdown", "--detailed-exitcode", code=2)
    gwctl("plan", "--format", "html", "--detailed-exitcode=drift")
