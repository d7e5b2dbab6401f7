"""The walk along a path through a tree of spans, for every format whose documents are such trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from reconciler.documents.edit import DocumentFault, Path, Selector, place_in, shown


class AnyEntry(Protocol):
    """A named value of a mapping, or an element of a list."""

    @property
    def key(self) -> str:
        """The name; "" in a list."""
        ...

    @property
    def start(self) -> int:
        """The position of the entry in the text."""
        ...

    @property
    def value(self) -> Any:
        """The span of the value."""
        ...


E = TypeVar("E", bound=AnyEntry)
E_co = TypeVar("E_co", bound=AnyEntry, covariant=True)


class AnySpan(Protocol[E_co]):
    """One value in a text."""

    @property
    def start(self) -> int:
        """The position of the value in the text."""
        ...

    @property
    def kind(self) -> str:
        """Return `{` for a mapping, `[` for a list, `*` for an alias, `"` for a scalar."""
        ...

    @property
    def entries(self) -> Sequence[E_co]:
        """The entries of a mapping or of a list, in their order."""
        ...


def walk(
    text: str, root: AnySpan[E] | None, path: Path, *, mapping: str, stop: Callable[[Any], bool] = lambda _: False
) -> list[E]:
    """Return the entries along the path, as far as the document has them and no span on the way stops the walk.

    `mapping` is the format's word for a mapping, such as `an object`. Raise `DocumentFault` if two entries fit a
    part of the path, or a value has another shape.
    """
    entries: list[E] = []
    span = root
    while span and len(entries) < len(path) and not stop(span):
        entry = _find(text, span, path[len(entries)], mapping)
        if entry is None:
            break
        entries.append(entry)
        span = entry.value
    return entries


def is_named(entry: AnyEntry, part: str | Selector) -> bool:
    """Return whether a part of a path names the entry: by its name, or by fields of the element of a list."""
    if isinstance(part, str):
        return entry.key == part
    inner = {each.key: each.value for each in entry.value.entries} if entry.value.kind == "{" else {}
    return all(name in inner and inner[name].value == value for name, value in part)


def _find(text: str, span: AnySpan[E], part: str | Selector, mapping: str) -> E | None:
    """Return the entry that a part of a path names.

    Raise `DocumentFault` if two entries fit, or the value has another shape.
    """
    wanted = "{" if isinstance(part, str) else "["
    if span.kind != wanted:
        what = mapping if wanted == "{" else "a list"
        found = "an alias" if span.kind == "*" else "another value"
        reason = f"{shown(part)} is expected inside {what}, but the file has {found} at this position"
        raise DocumentFault(
            reason, "correct the file, or remove the value at this position", **place_in(text, span.start)
        )
    matching = [entry for entry in span.entries if is_named(entry, part)]
    if len(matching) > 1:
        reason = f"the file contains {shown(part)} twice"
        raise DocumentFault(reason, "remove one of the two", **place_in(text, matching[1].start))
    return matching[0] if matching else None
