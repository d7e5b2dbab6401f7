"""The lines by which two versions of a gateway file differ."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from reconciler.text import printable


def added_and_removed(before: bytes, after: bytes, hidden: Collection[str] = ()) -> Iterator[str]:
    """Yield the lines that differ, with + or -. Other lines are left out, because they may contain a credential.

    A line that contains one of the `hidden` texts is mentioned, but its content is not shown.
    """
    old, new = (data.decode("utf-8-sig", "replace").splitlines() for data in (before, after))
    for line in difflib.unified_diff(old, new, n=0, lineterm=""):
        if line.startswith(("---", "+++", "@@")):
            continue
        is_hidden = any(text.casefold() in line.casefold() for text in hidden)
        text = "(a line with the value of a header)" if is_hidden else line[1:]
        yield printable(f"{line[0]} {text}", len(text) + 2)
