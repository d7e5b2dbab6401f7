"""The walk along a path through a tree of spans. JSON and YAML documents use this walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from reconciler.documents.edit import DocumentFault, Path, Selector, place_in, shown


class AnyEntry(Protocol):
    """An entry of a container: a named value in a mapping, or an element of a list."""

    @property
    def key(self) -> str:
        """The name of the entry. An element of a list has the name ""."""
        ...

    @property
    def start(self) -> int:
        """The position of the entry in the text."""
        ...

    @property
    def value(self) -> Any:
        """The span of the entry's value."""
        ...


E = TypeVar("E", bound=AnyEntry)
E_co = TypeVar("E_co", bound=AnyEntry, covariant=True)


class AnySpan(Protocol[E_co]):
    """The span of a value in a document's text."""

    @property
    def start(self) -> int:
        """The position of the value in the text."""
        ...

    @property
    def kind(self) -> str:
        """The kind of the value: `{` for a mapping, `[` for a list, `*` for an alias, `"` for a scalar."""
        ...

    @property
    def entries(self) -> Sequence[E_co]:
        """The entries of a mapping or of a list, in order."""
        ...


def walk(
    text: str, root: AnySpan[E] | None, path: Path, *, mapping: str, stop: Callable[[Any], bool] = lambda _: False
) -> list[E]:
    """Return the entries along the path. The walk ends where the document has no entry, or where a span stops the walk.

    `mapping` is the format's word for a mapping, such as `an object`. Raise `DocumentFault` if two entries fit a part
    of the path. Also raise `DocumentFault` if a value on the path is not a container of the right kind.
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
    """Return whether a part of a path names this entry.

    The part is the entry's name or a selector. An element of a list must have all fields of the selector.
    """
    if isinstance(part, str):
        return entry.key == part
    inner = {each.key: each.value for each in entry.value.entries} if entry.value.kind == "{" else {}
    return all(name in inner and inner[name].value == value for name, value in part)


def _find(text: str, span: AnySpan[E], part: str | Selector, mapping: str) -> E | None:
    """Return the entry that a part of a path names. If the container has no such entry, return None.

    Raise `DocumentFault` if two entries fit, or if the value is not a container of the right kind.
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
