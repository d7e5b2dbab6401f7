"""The changes of the files, the state and the plan since a plan was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher, ndiff
from pathlib import Path

from reconciler.plan.change import Plan
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Line, document, line, section

_SINCE = {"- ": "no longer", "+ ": "now"}
_DONE = {"insert": "{} added", "delete": "lines removed before this line", "replace": "{} changed"}
Files = Mapping[Path, bytes | None]


def stale_view(before: Plan | None, after: Plan | None, files_before: Files, files_after: Files) -> Document:
    """Return the differences between the two plans, and between the two versions of the files.

    `before` is None if the earlier plan is no longer in memory. `after` is None if there is no plan now.
    """
    edited = [line(text) for path in files_after for text in _edited(path, files_before.get(path), files_after[path])]
    both = (before, after) if before and after else None
    marked = _marked(*both) if both else []
    return document(
        section(*edited, title="Gateway file"),
        section(*(_serials(*both) if both else ()), title="State"),
        section(*map(line, marked), title="Plan"),
    )


def _marked(before: Plan, after: Plan) -> list[str]:
    differing = (each for each in ndiff(_lines(before), _lines(after)) if each[:2] in _SINCE)
    return [f"{_SINCE[each[:2]]}: {each[2:]}" for each in differing]


def _edited(path: Path, before: bytes | None, after: bytes | None) -> Iterator[str]:
    """Yield a text for each change of a file, with line numbers. A line itself is not shown, because of credentials."""
    if before is None and after is not None:
        yield f"{path} is new"
    elif after is None and before is not None:
        yield f"{path} no longer exists, or cannot be read"
    old, new = ((data or b"").splitlines() for data in (before, after))
    if before is not None and after is not None:
        for action, _, _, first, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if action != "equal":
                yield f"{path}, line {first + 1}: {_DONE[action].format(counted(max(end - first, 1), 'line'))}"


def _serials(before: Plan, after: Plan) -> Iterator[Line]:
    if before.serial != after.serial:
        yield line(f"The state was at serial {before.serial or 0}, and is at serial {after.serial or 0}.")


def _lines(plan: Plan) -> list[str]:
    changes = [f"{change.action} {change.address}" for change in plan.effective]
    return [*changes, *(f"{each.severity}: {each.summary}" for each in plan.diagnostics if each.severity != "note")]
