"""The codes of messages are links where the terminal understands them, and nowhere else."""

from __future__ import annotations

import re

import pytest

from reconciler import codes
from reconciler.cli.console.links import PAGE, linked, understands_links
from reconciler.diagnostics import error
from reconciler.render.formats.text import to_text
from reconciler.render.phrases import diagnostics_section
from reconciler.render.tree import document
from tests.docs.installed_codes import page


@pytest.mark.parametrize(
    ("environ", "understands"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "6800"}, True),
        ({"VTE_VERSION": "4205"}, False),
        ({"VTE_VERSION": "x"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"VTE_VERSION": "6800", "SSH_CONNECTION": "1 2 3 4"}, False),
        ({"VTE_VERSION": "6800", "FORCE_HYPERLINK": "0"}, False),
        ({"SSH_TTY": "/dev/pts/0", "FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_links_are_for_terminals_that_understand_them(environ: dict[str, str], understands: bool) -> None:
    assert understands_links(environ) is understands


@pytest.mark.parametrize("width", [80, 30])
def test_a_code_leads_to_its_anchor_and_takes_the_same_room(width: int) -> None:
    shown = to_text(_messages("a summary"), colour=True, width=width, folds=True)
    link = re.compile(r"\x1b]8;;([^\x1b]*)\x1b\\")
    targets = [target for target in link.findall(linked(shown)) if target]
    assert targets == [f"{PAGE.as_uri()}#{codes.BAD_URL}"]
    assert f'id="{codes.BAD_URL}"' in page()
    assert link.sub("", linked(shown)) == shown


def test_no_text_of_others_becomes_a_link() -> None:
    forged = "[BAD_URL] \x1b[2m [BAD_URL]\x1b[0m"
    shown = to_text(_messages(forged), colour=True)
    assert linked(shown).count("\x1b]8;;file:") == 1
    plain = to_text(_messages(forged))
    assert linked(plain) == plain


def _messages(summary: str):  # type: ignore[no-untyped-def]
    return document(diagnostics_section([error(codes.BAD_URL, summary, hint="a hint")], verbose=True))
