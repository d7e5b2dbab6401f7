"""The lock file's bytes: sorted, a line a model, the same for the same lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.lockfile.document import LockFile, Pin
from reconciler.resources.observation import ListedModel

VERSION = 1
_HEAD = "# Made by `gwctl lock`: what each endpoint listed. Review it and commit it; do not edit it by hand.\n"
_WORD = re.compile(r"[a-z][a-z0-9_.-]*")
# What YAML, of 1.1 or 1.2, takes for something else than text.
_MEANING = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_LONGEST_KEY = 1000  # YAML 1.2, 7.4.2: a key of more than 1024 characters is written after a `?`


def encode(lock: LockFile) -> bytes:
    """The file: no time, no order of a server's, nothing that a look at the same lists would change."""
    return "".join(_lines(lock)).encode("ascii")


def quoted(text: str) -> str:
    """A double-quoted scalar: all but ASCII is escaped, so that a reviewer sees the look-alike and the invisible."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _lines(lock: LockFile) -> Iterator[str]:
    yield _HEAD
    yield f"version: {VERSION}\nname: {_word(lock.name)}\n"
    yield "endpoints:\n" if lock.pins else "endpoints: {}\n"
    for name in sorted(lock.pins):
        yield from _endpoint(name, lock.pins[name])


def _endpoint(name: str, pin: Pin) -> Iterator[str]:
    yield f"  {_word(name)}:\n"
    yield f"    base_url: {quoted(pin.base_url)}\n"
    yield f"    dialect: {_word(pin.dialect)}\n"
    yield f"    digest: {pin.digest}\n"
    yield "    models:\n" if pin.models else "    models: {}\n"
    yield from map(_model, pin.models)


def _model(model: ListedModel) -> str:
    key, value = quoted(model.id), f"{{purpose: {model.purpose}, from: {_word(model.purpose_source)}}}"
    return f"      {key}: {value}\n" if len(key) <= _LONGEST_KEY else f"      ? {key}\n      : {value}\n"


def _word(text: str) -> str:
    """Text that is plain where every reader of YAML takes it for text."""
    return text if _WORD.fullmatch(text) and text not in _MEANING else quoted(text)


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isascii() and character.isprintable():
        return character
    number = ord(character)
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"
