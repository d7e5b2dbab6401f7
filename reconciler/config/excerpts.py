"""The line of the gateway file at a fault. A part of the line that may be a secret is replaced with `…`.

Shown are only the field names, the values of fields that the schema has, and the punctuation of YAML. Not shown are
values below `key` and `headers`, defaults in `${NAME:-…}`, comments, and every text that may be a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

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
_Range = tuple[int, int, bool]  # from a column to before another, and whether the text between may be shown


def with_excerpts(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics. Those with a position in a text get the line there. `texts` is {file: its text}."""
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
    """The wanted lines of one gateway file, and the scalars on them."""

    def __init__(self, text: str, wanted: frozenset[int]) -> None:
        self._lines = lines_of(text) if wanted else []
        self._pieces = pieces_of(text, wanted) if wanted else Pieces(by_line={})

    def excerpt(self, line: int, column: int) -> Excerpt | None:
        """Return the line as far as it may be shown. Return None if nothing of it may be shown."""
        if not 0 < line <= len(self._lines) or column < 1:
            return None
        text, pieces = self._lines[line - 1], self._pieces.by_line.get(line, [])
        fault = next((piece for piece in pieces if piece.start == column - 1), None)
        until = min(fault.end, len(text)) if fault else column
        shown = list(_shown(text, [*self._ranges(text, line, pieces)]))
        if not any(kept.strip(" \t{}[],:-?") for _, _, kept in shown if kept != _HIDDEN):
            return None
        whole = "".join(kept for _, _, kept in shown)
        start = _moved(shown, column - 1)
        return Excerpt(text=whole, start=start, end=max(_moved(shown, until), start + 1))

    def _ranges(self, text: str, line: int, pieces: Sequence[Piece]) -> Iterator[_Range]:
        """Yield the scalars of the line, and the rest of the line that could not be parsed."""
        judged = [(piece.start, min(piece.end, len(text)), _is_harmless(piece, text)) for piece in pieces]
        yield from judged
        stopped = self._pieces.stopped
        if stopped is None or line < stopped[0]:
            return
        start = max(judged[-1][1] if judged else 0, stopped[1] if line == stopped[0] else 0)
        end = start + _shown_of_rest(text, start)
        if not (judged and not judged[-1][2]) and _is_known(self._pieces.path) and _is_harmless_text(text):
            yield start, end, True
            start = end
        yield start, len(text), False


def _shown(text: str, ranges: Sequence[_Range]) -> Iterator[tuple[int, int, str]]:
    """Yield each part of the line: where it begins and ends, and what is shown of it."""
    at = 0
    for start, end, is_shown in [*ranges, (len(text), len(text), False)]:
        for found in _BETWEEN.finditer(text, at, max(start, at)):
            if found["comment"]:
                return
            yield found.start(), found.end(), found[0] if found["shown"] else _HIDDEN
        at = max(start, at)
        if at < end:
            yield at, end, text[at:end] if is_shown else _HIDDEN
        at = max(at, end)


def _moved(shown: Sequence[tuple[int, int, str]], column: int) -> int:
    """Return where a column of the line is in the shown text."""
    at = 0
    for start, end, kept in shown:
        if column < end:
            return at + (column - start if len(kept) == end - start else 0)
        at += len(kept)
    return at


def _is_harmless(piece: Piece, line: str) -> bool:
    if piece.is_block or not (_is_harmless_text(piece.value) and _is_harmless_text(line[piece.start : piece.end])):
        return False
    if piece.is_name:
        return _is_open(piece.path[:-1]) or piece.value in _reference_fields()
    return has_scalar_at(GatewayFile, piece.path) and not _is_secret(piece.path)


def _is_open(path: Sequence[str | int]) -> bool:
    """Return whether the schema has fields at the path, and none of them has a secret."""
    return has_fields_at(GatewayFile, path) and not _is_secret(path)


def _is_known(path: Sequence[str | int]) -> bool:
    """Return whether the schema has a value at the path that is never a secret."""
    return _is_open(path) or (has_scalar_at(GatewayFile, path) and not _is_secret(path))


def _is_secret(path: Sequence[str | int]) -> bool:
    """Return whether the path leads to a key or a header, or below one. An endpoint may have the name `key`."""
    return any(part in _SECRET for at, part in enumerate(path) if at != 1)


def _is_harmless_text(text: str) -> bool:
    return not (_DEFAULT.search(text) or why_credential(text, known()) or looks_random(text))


def _shown_of_rest(text: str, start: int) -> int:
    """Return how many characters of an unparsed rest of a line may be shown, by the field names on the line."""
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
    """Return the names of all fields of the gateway file whose values are never secrets."""
    return every_field(GatewayFile) - {*_SECRET} - _reference_fields()


@cache
def _reference_fields() -> frozenset[str]:
    return every_field(HeaderFields)
