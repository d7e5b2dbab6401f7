"""The line of the gateway file at a fault. A part of the line that may be a secret is replaced with `…`.

The excerpt shows only field names, the values of fields in the schema, and the punctuation of YAML. The excerpt never
shows values below `key` and `headers`, defaults in `${NAME:-…}`, comments, or a text that may be a credential.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from reconciler.config.checks.literals import known
from reconciler.config.checks.types_at import every_field, has_fields_at, has_scalar_at
from reconciler.config.schema import GatewayFile, HeaderFields
from reconciler.diagnostics import Diagnostic, Excerpt, QuotedSource
from reconciler.secrets.literal import is_credential_name, looks_random, why_credential
from reconciler.yaml.pieces import Piece, Pieces, lines_of, pieces_of

_HIDDEN = "…"
_SECRET = ("key", "headers")
_DEFAULT = re.compile(r"\$\{[^}]*:-")
_BETWEEN = re.compile(r"(?P<shown>\s+|[{}\[\],:]+|[-?](?=\s|$))|(?P<comment>#.*)|(?P<other>[^\s{}\[\],:]+)")
_NAME = re.compile(r"(?P<quote>[\"']?)(?P<name>[^\s\"'{}\[\],:]+)(?P=quote)\s*:(?=\s|$)")
_NEAR = 200  # columns before and after a fault: a line can have thousands of faults
_Range = tuple[int, int, bool]  # from a column to before another, and whether the text between may be shown


def with_excerpts(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics. A diagnostic with a position in one of the texts gets an excerpt of the line.

    `texts` is {name of the file: text of the file}.
    """
    files = {name: _File(text, _lines(diagnostics, name)) for name, text in texts.items()}
    return tuple(_quoted(diagnostic, files) for diagnostic in diagnostics)


def _quoted(diagnostic: Diagnostic, files: Mapping[str, _File]) -> Diagnostic:
    source = diagnostic.source
    excerpt = files[source.file].excerpt(source.line, source.column) if source and source.file in files else None
    return replace(diagnostic, source=QuotedSource(source, excerpt)) if source and excerpt else diagnostic


def _lines(diagnostics: Sequence[Diagnostic], file: str) -> frozenset[int]:
    sources = (diagnostic.source for diagnostic in diagnostics)
    return frozenset(source.line for source in sources if source and source.file == file and source.line)


class _File:
    """The wanted lines of one gateway file, and the scalars on these lines."""

    def __init__(self, text: str, wanted: frozenset[int]) -> None:
        texts = lines_of(text) if wanted else []
        self._pieces = pieces_of(text, wanted) if wanted else Pieces(by_line={})
        self._lines = {line: self._line(line, texts[line - 1]) for line in wanted if line <= len(texts)}

    def excerpt(self, line: int, column: int) -> Excerpt | None:
        """Return the text around the column, without secrets. If no part of the text may be shown, return None."""
        return self._lines[line].excerpt(column - 1) if line in self._lines and column > 0 else None

    def _line(self, line: int, text: str) -> _Line:
        stopped = self._pieces.stopped
        rest = None
        if stopped is not None and line >= stopped[0]:
            rest = stopped[1] if line == stopped[0] else 0
        return _Line(text, self._pieces.by_line[line], rest, self._pieces.path)


class _Line:
    """One line, and the scalars on the line. A line can be long, so only the scalars near a fault are judged."""

    def __init__(self, text: str, pieces: Sequence[Piece], rest: int | None, path: Sequence[str | int]) -> None:
        self._text, self._pieces, self._rest, self._path = text, pieces, rest, path
        self._starts = [piece.start for piece in pieces]
        self._judged: dict[int, bool] = {}  # {number of the piece: whether it may be shown}

    def excerpt(self, column: int) -> Excerpt | None:
        """Return the text around the column, or None if no part of the text may be shown. Columns count from 0."""
        at = bisect_left(self._starts, column)
        until = column + 1
        if at < len(self._pieces) and self._starts[at] == column:
            until = min(self._pieces[at].end, len(self._text), column + _NEAR)
        start, end = max(column - _NEAR, 0), min(column + _NEAR, len(self._text))
        shown = list(_shown(self._text, [*self._ranges(start, end)], start, end))
        if not any(kept.strip(" \t{}[],:-?") for _, _, kept in shown if kept != _HIDDEN):
            return None
        begun = _moved(shown, column)
        text = "".join(kept for _, _, kept in shown)
        return Excerpt(text=text, start=begun, end=max(_moved(shown, until), begun + 1))

    def _ranges(self, start: int, end: int) -> Iterator[_Range]:
        """Yield the range of each scalar between two columns, then the rest of the line that could not be parsed."""
        text = self._text
        first = max(bisect_left(self._starts, start) - 1, 0)
        for at in range(first, bisect_left(self._starts, end)):
            yield self._starts[at], min(self._pieces[at].end, len(text)), self._is_harmless(at)
        if self._rest is None:
            return
        last = len(self._pieces) - 1
        begun = max(min(self._pieces[last].end, len(text)) if self._pieces else 0, self._rest)
        shown = begun
        if (last < 0 or self._is_harmless(last)) and _is_known(self._path) and _is_harmless_text(text):
            shown = begun + _shown_of_rest(text, begun)
        yield from ((begun, shown, True), (shown, len(text), False))

    def _is_harmless(self, at: int) -> bool:
        if at not in self._judged:
            self._judged[at] = _is_harmless(self._pieces[at], self._text)
        return self._judged[at]


def _shown(text: str, ranges: Sequence[_Range], first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, shown text) for each part of the line between two columns."""
    if first:
        yield 0, first, _HIDDEN
    at = first
    for start, end, is_shown in [*ranges, (last, last, False)]:
        for found in _BETWEEN.finditer(text, at, max(min(start, last), at)):
            if found["comment"]:
                return
            yield found.start(), found.end(), found[0] if found["shown"] else _HIDDEN
        at, until = max(min(start, last), at), min(end, last)
        if at < until:
            yield at, until, text[at:until] if is_shown else _HIDDEN
        at = max(at, until)
    if last < len(text):
        yield last, len(text), _HIDDEN


def _moved(shown: Sequence[tuple[int, int, str]], column: int) -> int:
    """Convert a column of the line into a column of the shown text."""
    at = 0
    for start, end, kept in shown:
        if column < end:
            return at + (column - start if len(kept) == end - start else 0)
        at += len(kept)
    return at


def _is_harmless(piece: Piece, line: str) -> bool:
    if piece.is_block or not (_is_harmless_text(piece.value) and _is_harmless_text(line[piece.start : piece.end])):
        return False
    path = tuple(0 if isinstance(part, int) else part for part in piece.path)
    if piece.is_name:
        return _is_open(path[:-1]) or piece.value in _reference_fields()
    return _has_scalar(path) and not _is_secret(path)


@lru_cache(maxsize=1024)
def _has_scalar(path: tuple[str | int, ...]) -> bool:
    return has_scalar_at(GatewayFile, path)


@lru_cache(maxsize=1024)
def _has_fields(path: tuple[str | int, ...]) -> bool:
    return has_fields_at(GatewayFile, path)


def _is_open(path: Sequence[str | int]) -> bool:
    """Return whether the schema has fields at the path, and the path does not lead to a secret."""
    return _has_fields(tuple(path)) and not _is_secret(path)


def _is_known(path: Sequence[str | int]) -> bool:
    """Return whether the schema has fields or a value at the path, and the path does not lead to a secret."""
    return _is_open(path) or (_has_scalar(tuple(path)) and not _is_secret(path))


def _is_secret(path: Sequence[str | int]) -> bool:
    """Return whether `key` or `headers` is a part of the path.

    The second part does not count, because an endpoint may have the name `key`.
    """
    return any(part in _SECRET for at, part in enumerate(path) if at != 1)


def _is_harmless_text(text: str) -> bool:
    return not (_DEFAULT.search(text) or why_credential(text, known()) or looks_random(text))


def _shown_of_rest(text: str, start: int) -> int:
    """Return how many characters after `start` may be shown. From `start` on, the line could not be parsed.

    The field names on the line decide.
    """
    end = _before_comment(text)
    names = list(_NAME.finditer(text, 0, end))
    if not names:
        return 0
    for found in names:
        if found["name"] not in _plain_fields():
            return max(0, min(end, found.end()) - start) if not is_credential_name(found["name"]) else 0
    return max(0, end - start)


def _before_comment(text: str) -> int:
    found = re.search(r"(?:^|\s)#", text)
    return found.start() if found else len(text)


@cache
def _plain_fields() -> frozenset[str]:
    """Return the names of the gateway file's fields whose values are never secrets."""
    return every_field(GatewayFile) - {*_SECRET} - _reference_fields()


@cache
def _reference_fields() -> frozenset[str]:
    return every_field(HeaderFields)
