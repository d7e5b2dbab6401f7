"""The scalars on some lines of a YAML text, with their paths. The paths decide which parts of a line may be shown.

If the text has a syntax error, only the scalars before the error are found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import field
from typing import Any

import yaml

from reconciler.values import dataclass

_FASTEST: Any = getattr(yaml, "CLoader", yaml.Loader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # the ends of lines that PyYAML counts


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The part of a scalar on one line, from the column `start` to before `end`. Columns count from 0.

    `path` leads to the scalar. If the scalar is the name of a field, `path` leads to the field's value.
    """

    path: tuple[str | int, ...]
    start: int
    end: int
    value: str
    is_name: bool
    is_block: bool


@dataclass(kw_only=True)
class Pieces:
    """The pieces on the wanted lines, and the place where the parser stopped. Lines count from 1, columns from 0."""

    by_line: dict[int, list[Piece]]
    stopped: tuple[int, int] | None = None  # None: the wanted lines are parsed
    path: tuple[str | int, ...] = ()  # of the value that was expected where the parser stopped


def lines_of(text: str) -> list[str]:
    """Return the lines of a YAML text without their ends."""
    return _BREAK.split(text)


def pieces_of(text: str, wanted: Collection[int]) -> Pieces:
    """Return the scalars on the wanted lines."""
    pieces = Pieces(by_line={line: [] for line in wanted})
    walk = _Walk(pieces, max(wanted, default=0))
    try:
        walk.through(yaml.parse(text, Loader=_FASTEST))
    except yaml.YAMLError:
        pieces.stopped, pieces.path = walk.end, walk.path
    return pieces


@dataclass
class _Level:
    """A mapping or sequence around the current event. `part` is the field or the index of the current value."""

    is_mapping: bool
    part: str | int | None = None
    is_at_name: bool = True  # in a mapping: the next value is the name of a field


@dataclass
class _Walk:
    pieces: Pieces
    last: int
    levels: list[_Level] = field(default_factory=list)
    end: tuple[int, int] = (1, 0)

    @property
    def path(self) -> tuple[str | int, ...]:
        return tuple(level.part for level in self.levels if level.part is not None)

    def through(self, events: Iterator[Any]) -> None:
        for event in events:
            if event.start_mark.line >= self.last and not isinstance(event, yaml.CollectionEndEvent):
                return
            self._enter(event)
            self.end = max(self.end, (event.end_mark.line + 1, event.end_mark.column))

    def _enter(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            self.levels.pop()
            self._passed()
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
            self.levels.append(_Level(isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.NodeEvent):
            is_name = self._begin(event)
            if isinstance(event, yaml.ScalarEvent):
                self._add(event, is_name)
            if not is_name:
                self._passed()

    def _begin(self, event: Any) -> bool:
        """Set the part of the path for this event. Return whether the event is the name of a field."""
        level = self.levels[-1] if self.levels else None
        if level is None:
            return False
        if not level.is_mapping:
            level.part = 0 if level.part is None else int(level.part) + 1
            return False
        if level.is_at_name:
            level.part = event.value if isinstance(event, yaml.ScalarEvent) else ""
            level.is_at_name = isinstance(event, yaml.CollectionStartEvent)  # a collection is passed at its end
            return not level.is_at_name
        return False

    def _passed(self) -> None:
        """Note the end of a value or a collection. In a mapping, a value follows a name, and a name follows a value."""
        if self.levels and self.levels[-1].is_mapping:
            level = self.levels[-1]
            level.is_at_name = not level.is_at_name
            level.part = None if level.is_at_name else level.part

    def _add(self, event: Any, is_name: bool) -> None:
        first, last = event.start_mark, event.end_mark
        for line in range(first.line + 1, last.line + 2):
            if line in self.pieces.by_line:
                piece = Piece(
                    path=self.path,
                    start=first.column if line == first.line + 1 else 0,
                    end=last.column if line == last.line + 1 else 1 << 30,
                    value=event.value,
                    is_name=is_name,
                    is_block=event.style in ("|", ">"),
                )
                self.pieces.by_line[line].append(piece)
