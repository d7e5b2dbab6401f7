"""The differences between the attributes of a resource before and after a change. Only this module uses deepdiff."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from reconciler.plan.change import Difference


def explain(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return every attribute that differs, sorted by path. A list counts as one value, because its order may matter."""
    from deepdiff import DeepDiff

    difference = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_numeric_type_changes=True)
    paths = {_shown(entry.path(output_format="list")) for kind in difference.values() for entry in kind}
    return tuple(Difference(".".join(path), _value(before, path), _value(after, path)) for path in sorted(paths))


def _shown(path: list[Any]) -> tuple[str, ...]:
    """Return the path to the value that a difference shows.

    A list counts as one value, so the path ends at the first list. A recorded header also counts as one value, so the
    path ends at the header's name.
    """
    to_first_list = tuple(takewhile(lambda part: isinstance(part, str), path))
    return to_first_list[:2] if path[:1] == ["headers"] else to_first_list


def _value(tree: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(tree, Mapping) or part not in tree:
            return None
        tree = tree[part]
    return tree
