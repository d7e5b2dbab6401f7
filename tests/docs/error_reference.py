"""docs/reference/errors.md, made from the table of codes: python -m tests.docs.error_reference."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from reconciler.codes import EXPLANATIONS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
_WIDTH = 120
_HEAD = """# Errors

This page is generated from the table of codes: `python -m tests.docs.error_reference`.
`gwctl explain CODE` prints the same.

Every error, warning and note has a code. `-v` shows it after the message, and JSON documents have it as `code`.
A code keeps its meaning in later versions; the words of a message may change.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *(_section(code, *sentences) for code, sentences in EXPLANATIONS.items())])


def _section(code: str, meaning: str, action: str) -> str:
    texts = (meaning, f"What to do: {action}")
    return "\n\n".join([f"## {code}", *(fill(text, _WIDTH, break_on_hyphens=False) for text in texts)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
