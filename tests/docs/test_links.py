"""Every link of every page leads to a file that is there, and to a heading that is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.links import anchors, broken_links, links

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")]
NAMING = [  # files whose text may name a page: messages, comments, docstrings, hints
    *(ROOT / "reconciler").rglob("*.py"),
    *(ROOT / "tests").rglob("*.py"),
    *(ROOT / ".github").rglob("*.y*ml"),
    *(ROOT / "examples").rglob("*.*"),
    *PAGES,
]
FOLDERS = ("howto", "using", "clients", "reference", "concepts", "contributing")


def _own(path: Path) -> str:
    """Return the text of a file without what it says of the repositories of others."""
    return re.sub(r"\bgithub\.com/.*", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken_links(page) == []


def test_every_page_that_a_text_names_is_there() -> None:
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in NAMING
        for name in re.findall(r"(?<![\w/.-])docs/[\w/-]+\.(?:md|png)\b", _own(path))
        if not (ROOT / name).exists()
    }
    assert missing == set()


def test_every_page_is_in_one_of_the_parts_and_in_the_table_of_contents() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in links(index.read_text(encoding="utf-8")) if "#" not in link}
    for page in (ROOT / "docs").rglob("*.md"):
        if page != index:
            assert page.parent.name in FOLDERS or page.name == "performance.md", page
            assert page.resolve() in listed, page


@pytest.mark.parametrize(
    ("link", "is_broken"),
    [
        ("other.md", False),
        ("other.md#two-words", False),
        ("other.md#two-words-1", False),
        ("#here", False),
        ("https://example.com/nowhere#x", False),
        ("missing.md", True),
        ("other.md#two", True),
        ("other.md#in-code", True),
        ("#there", True),
    ],
)
def test_a_broken_link_is_seen(tmp_path: Path, link: str, is_broken: bool) -> None:
    (tmp_path / "other.md").write_text("# Two words\n## Two words!\n```sh\n# in code\n```\n")
    page = tmp_path / "page.md"
    page.write_text(f"# Here\n[text]({link}), `[code](nowhere.md)`\n")
    assert (broken_links(page) == [link]) is is_broken


def test_anchors_are_those_of_github() -> None:
    text = "# `gwctl env`\n## What's new, in 2.0?\n### [Linked](x.md) name\n"
    assert anchors(text) == {"gwctl-env", "whats-new-in-20", "linked-name"}
