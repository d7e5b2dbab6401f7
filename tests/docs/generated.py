"""The pages that are made from the code: python -m tests.docs.generated writes them, and compares with --check."""

from __future__ import annotations

import sys
from difflib import unified_diff
from itertools import islice
from pathlib import Path

from tests.docs import (
    client_table,
    command_reference,
    error_reference,
    field_reference,
    installed_codes,
    json_reference,
    preset_reference,
)

ROOT = Path(__file__).parents[2]
MAKERS = (
    command_reference,
    field_reference,
    preset_reference,
    error_reference,
    installed_codes,
    json_reference,
    client_table,
)
_SHOWN = 20  # lines of a difference


def differences() -> list[str]:
    """Return the beginning of the difference of each page that is not as the code makes it."""
    return [shown for maker in MAKERS if (shown := difference(maker.PAGE, maker.page()))]


def difference(path: Path, made: str) -> str:
    """Return the first lines of the difference between a page and what the code makes; empty if there is none."""
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    name = path.relative_to(ROOT).as_posix()
    lines = unified_diff(there.splitlines(), made.splitlines(), name, f"{name}, as the code makes it", lineterm="")
    return "\n".join(islice(lines, _SHOWN))


def main(words: list[str]) -> int:
    """Write the pages, or compare them. Return 1 if one of them differs."""
    if words != ["--check"]:
        for maker in MAKERS:
            maker.PAGE.write_text(maker.page(), encoding="utf-8")
        return 0
    different = differences()
    for each in different:
        print(each, "\nto write the page again: python -m tests.docs.generated\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
