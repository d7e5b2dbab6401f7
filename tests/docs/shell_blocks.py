"""The blocks of shell that the pages show, and what the comment before each says of it.

A block without a comment is typed by tests/docs/test_shell.py, like a block with one of these comments:

- `<!-- alone -->`: each command begins where the block begins;
- `<!-- file: NAME -->`: the block is the content of a file, here or below ~;
- `<!-- shown -->`: the block before prints this.

The others run elsewhere: `<!-- as: WHO -->` in tests/workflows, `<!-- command: NAME -->` in .ci/run.
`<!-- not run: REASON -->` is for a block that no test can run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^(?:<!-- (?P<mark>.*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPED = ("", "alone", "answers")


@dataclass(frozen=True)
class Block:
    """A block: its language, its text, its line in the page, and the comment as a word and the rest."""

    language: str
    text: str
    line: int
    mark: str
    about: str

    @property
    def is_typed(self) -> bool:
        """Whether a reader types it, and tests/docs/test_shell.py does."""
        return self.language == "sh" and self.mark in _TYPED

    @property
    def is_written(self) -> bool:
        """Whether a reader writes it to a file."""
        return self.mark == "file"


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        mark, _, about = (match["mark"] or "").partition(":")
        line = text.count("\n", 0, match.start("language")) + 1
        found.append(Block(match["language"], match["text"], line, mark.strip(), about.strip()))
    return found


def name_of(page: Path) -> str:
    """Return the path of a page below docs/, without the suffix. A page elsewhere begins with a slash."""
    path = page.relative_to(ROOT).with_suffix("").as_posix()
    return path.removeprefix("docs/") if path.startswith("docs/") else f"/{path}"
