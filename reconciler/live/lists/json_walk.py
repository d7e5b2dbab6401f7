"""The reader of a JSON page. It parses each entry when the entry arrives, so that limits apply before the page ends."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Collection, Generator, Iterator
from typing import Any, Literal

from reconciler import codes
from reconciler.errors import GatewayError
from reconciler.live.fault import Fault

ROOT = ""  # the name of the array if the page itself is an array
LARGEST_ENTRY = 512 * 1024  # characters
DEEPEST_ENTRY = 500  # levels of nested brackets
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_MOST_NAMES = 1000  # fields of a page that is an object
_BLANKS = " \t\n\r"
_BLANK = re.compile(f"[{_BLANKS}]*")
_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]  # the parser that is written in C

Signal = Literal["more", "turn"]  # more text is needed; other endpoints may have their turn
Steps = Generator[Signal, None, None]


class NotJson(GatewayError):
    """The page is not a JSON array or object."""


class JsonWalk:
    """The reader of one page.

    The reader calls `begin(name)` for each array whose name is in `streams`, and `entry(name, value)` for each entry of
    such an array. If the page is an object, `envelope` has its other fields at the end.
    """

    def __init__(
        self, streams: Collection[str], begin: Callable[[str], None], entry: Callable[[str, Any], None]
    ) -> None:
        self.envelope: dict[str, Any] = {}
        self._streams, self._begin, self._entry = streams, begin, entry
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._parts: list[str] = []
        self._pending, self._wanted = 0, 1
        self._text, self._at, self._ended = "", 0, False
        self._length = self._enveloped = 0  # characters: of the last value; of all values in the envelope
        self._steps = self._page()

    def feed(self, data: bytes, ended: bool = False) -> Iterator[None]:
        """Parse the data and yield after each short step. `ended` is true for the last data.

        Raise `NotJson` if the page is not a JSON array or object.
        """
        self._keep(data, ended)
        if self._pending < self._wanted and not ended:
            return
        self._text, self._at = "".join((self._text[self._at :], *self._parts)), 0
        self._parts.clear()
        self._ended = ended
        for signal in self._steps:
            if signal == "more":
                break
            yield
        self._pending = len(self._text) - self._at

    def _keep(self, data: bytes, ended: bool) -> None:
        try:
            text = self._decode.decode(data, ended)
        except UnicodeDecodeError:
            raise NotJson from None
        self._parts.append(text)
        self._pending += len(text)

    def _page(self) -> Steps:
        opening = self._character() or (yield from self._next())
        if opening == "[":
            yield from self._entries(ROOT)
        elif opening == "{":
            yield from self._object()
        else:
            raise NotJson
        while not (self._ended and self._at == len(self._text)):
            self._at = _end_of_blank(self._text, self._at)
            if self._at < len(self._text):
                raise NotJson
            if not self._ended:
                yield from self._more(1)

    def _object(self) -> Steps:
        self._at += 1
        if (self._character() or (yield from self._next())) == "}":
            self._at += 1
            return
        while True:
            name = yield from self._value()
            if not isinstance(name, str):
                raise NotJson
            yield from self._colon()
            yield from self._named(name)
            yield "turn"
            if (yield from self._is_last("}")):
                return

    def _named(self, name: str) -> Steps:
        if (self._character() or (yield from self._next())) == "[" and name in self._streams:
            self.envelope.pop(name, None)
            yield from self._entries(name)
            return
        self.envelope[name] = yield from self._value()
        self._enveloped += self._length
        if self._enveloped > LARGEST_ENTRY or len(self.envelope) > _MOST_NAMES:
            raise Fault(codes.NONSTANDARD_LIST, "The list has too much data besides its entries.")

    def _entries(self, name: str) -> Steps:
        self._begin(name)
        self._at += 1
        if (self._character() or (yield from self._next())) == "]":
            self._at += 1
            return
        while True:
            self._entry(name, (yield from self._value()))
            yield "turn"
            if (yield from self._is_last("]")):
                return

    def _value(self) -> Generator[Signal, None, Any]:
        """Return one complete JSON value. An incomplete value is parsed again when twice as much text has arrived."""
        if not self._character():
            yield from self._next()
        while True:
            value, end = _scanned(self._text, self._at)
            if end and end - self._at > LARGEST_ENTRY:
                raise _too_large()
            if end and (self._ended or _is_whole(value, self._text[end : end + 1])):
                self._length, self._at = end - self._at, end
                return value
            there = len(self._text) - self._at
            if there > LARGEST_ENTRY:
                raise _too_large()
            yield from self._more(2 * there)

    def _colon(self) -> Steps:
        if (self._character() or (yield from self._next())) != ":":
            raise NotJson
        self._at += 1

    def _is_last(self, closing: str) -> Generator[Signal, None, bool]:
        character = self._character() or (yield from self._next())
        self._at += 1
        if character not in (closing, ","):
            raise NotJson
        return character == closing

    def _next(self) -> Generator[Signal, None, str]:
        """Return the next character of the page that is not white space, when it has arrived."""
        while not (character := self._character()):
            yield from self._more(1)
        return character

    def _character(self) -> str:
        """Return the next character that is not white space. Return "" if it has not arrived."""
        character = self._text[self._at : self._at + 1]
        if character in _BLANKS:
            self._at = _end_of_blank(self._text, self._at)
            character = self._text[self._at : self._at + 1]
        return character

    def _more(self, wanted: int) -> Steps:
        if self._ended:
            raise NotJson
        self._wanted = wanted
        yield "more"


def _scanned(text: str, at: int) -> tuple[Any, int]:
    """Return the JSON value that begins at `at`, and its end.

    The end is 0 if the value is malformed or incomplete.
    """
    try:
        value, end = _scan(text, at)
    except (ValueError, StopIteration):
        return None, 0
    except RecursionError:
        raise _too_deep() from None
    if _depth(text, at, end) > DEEPEST_ENTRY:
        raise _too_deep()
    return value, end


def _depth(text: str, at: int, end: int) -> int:
    """Return the depth of the JSON value. Return 0 if the value has so few brackets that it cannot be too deep.

    Python's own limit is not used, because it differs between versions, and a library may have raised it.
    """
    if text.count("[", at, end) + text.count("{", at, end) <= DEEPEST_ENTRY:
        return 0
    depth = deepest = 0
    for match in _BRACKET.finditer(text, at, end):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _is_whole(value: Any, after: str) -> bool:
    """Return whether the JSON value is complete. A number at the end of the text may have further digits."""
    return isinstance(value, str | list | dict) or (after != "" and after not in "0123456789.eE+-")


def _end_of_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _too_deep() -> Fault:
    return Fault(codes.NONSTANDARD_LIST, "An entry of the list is nested too deeply.")


def _too_large() -> Fault:
    return Fault(codes.NONSTANDARD_LIST, f"An entry of the list is larger than {LARGEST_ENTRY // 1024} KiB.")
