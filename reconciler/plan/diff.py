"""The door to deepdiff: what differs between two sets of attributes, as dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from reconciler.plan.change import Difference


def explain(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every attribute that differs, sorted by path; a list is one value, since its order may count."""
    from deepdiff import DeepDiff

    difference = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_numeric_type_changes=True)
    paths = {_shown(entry.path(output_format="list")) for kind in difference.values() for entry in kind}
    return tuple(Difference(".".join(path), _value(before, path), _value(after, path)) for path in sorted(paths))


def _shown(path: list[Any]) -> tuple[str, ...]:
    """As far as the first list; what is recorded of a header is one value, whatever its kind."""
    to_first_list = tuple(takewhile(lambda part: isinstance(part, str), path))
    return to_first_list[:2] if path[:1] == ["headers"] else to_first_list


def _value(tree: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(tree, Mapping) or part not in tree:
            return None
        tree = tree[part]
    return tree
