"""The pages on tools: the table is the code's, each tool has a page, and each page says whether the tool was tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.clients.registry import PRINTED, RUN, TOOLS
from tests.docs.client_table import PAGE, page_of

ALL = [*TOOLS, *PRINTED, *RUN]
OTHERS = {"README.md", "dotfiles.md", "kubernetes.md"}  # of no tool


def test_every_tool_has_a_page_and_every_page_a_tool() -> None:
    assert {path.name for path in PAGE.parent.glob("*.md")} == {page_of(name) for name in ALL} | OTHERS


@pytest.mark.parametrize("name", sorted({page_of(name) for name in ALL}))
def test_a_page_says_which_version_was_tried_or_that_none_was(name: str) -> None:
    text = Path(PAGE.parent / name).read_text(encoding="utf-8")
    tried = re.search(r"\b[Tt]ried with [^.]*\d+\.\d+", text) or "**Not tried" in text or "**not tried**" in text
    assert tried or name == "direnv.md"
