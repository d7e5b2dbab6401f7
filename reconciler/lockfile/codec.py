"""The reading and writing of the lock file. All faults of the file are reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler import __version__, codes
from reconciler.config.read_file import decoded
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.errors import Failed
from reconciler.files.read_back import not_recordable
from reconciler.installation import upgrade_hint
from reconciler.lockfile.document import LockFile, Pin
from reconciler.lockfile.locate import LockBytes
from reconciler.lockfile.validate import broken, check
from reconciler.resources.attributes import DETAILS, NO_DETAILS
from reconciler.resources.observation import ListedModel
from reconciler.resources.resource import details_from, known
from reconciler.text import printable
from reconciler.yaml.parse import parse
from reconciler.yaml.tree import MappingNode, Scalar, place, plain

_MOST = 4_000_000  # values: enough for ten lists of the greatest length
_CONFLICT = re.compile(r"^<{7}( |$)", re.MULTILINE)
VERSION = 2
_HEAD = "# Made by `gwctl lock`: what each endpoint listed. Review it and commit it; do not edit it by hand.\n"
_WORD = re.compile(r"[a-z][a-z0-9_.-]*")
# Words that YAML 1.1 or 1.2 does not read as text.
_MEANING = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_LONGEST_KEY = 1000  # YAML 1.2, 7.4.2: a key of more than 1024 characters must follow a `?`


def read_lock(lock_bytes: LockBytes, name: str) -> LockFile | None:
    """Return the lock file. Return None if there is no file.

    Raise `Failed` if the file is not valid or belongs to another gateway.
    """
    if lock_bytes.data is None:
        return None
    root = _root(lock_bytes.data, lock_bytes.place)
    _refuse_newer(root)
    diagnostics = check(root)
    if diagnostics:
        raise Failed(*diagnostics)
    lock = _lock(root)
    if lock.name != name:
        raise Failed(_other_name(lock.name, name, place(root, ("name",))))
    return lock


def encode_checked(lock: LockFile, lock_bytes: LockBytes) -> bytes:
    """Return the bytes of the lock file. Raise `Failed` if decoding the bytes does not give the same lock file."""
    try:
        data = encode(lock)
        back = read_lock(replace(lock_bytes, data=data), lock.name)
    except Failed as fault:
        raise Failed(*(not_recordable(diagnostic.summary) for diagnostic in fault.diagnostics)) from None
    if back is None or encode(back) != data or not all(pin.intact for pin in back.pins.values()):
        raise Failed(not_recordable("the data that was read back differs from the data to be written"))
    return data


def _root(data: bytes, shown: str) -> MappingNode:
    text = decoded(data, shown)
    if isinstance(text, Diagnostic):
        raise Failed(broken(text.summary, text.source))
    conflict = _CONFLICT.search(text)
    if conflict:
        raise Failed(_conflict(Source(shown, text.count("\n", 0, conflict.start()) + 1, 1)))
    parsed = parse(text, shown, most=_MOST)
    if parsed.diagnostics:
        raise Failed(*(broken(diagnostic.summary, diagnostic.source) for diagnostic in parsed.diagnostics))
    if not isinstance(parsed.root, MappingNode):
        what = "the file is empty" if parsed.root is None else "the file is not a mapping"
        raise Failed(broken(what, Source(shown, 1, 1)))
    return parsed.root


def _refuse_newer(root: MappingNode) -> None:
    version = root.nodes.get("version")
    written = version.value if isinstance(version, Scalar) else None
    if version is not None and type(written) is int and written > VERSION:
        raise Failed(
            error(
                codes.LOCK_TOO_NEW,
                "The lock file was written by a newer gwctl",
                detail=f"The file has format version {written}, but gwctl {__version__} reads version {VERSION}. "
                "Nothing was done.",
                hint=upgrade_hint(),
                source=version.source,
            )
        )


def _lock(root: MappingNode) -> LockFile:
    document = plain(root)
    version = document["version"]
    pins = {name: _pin(root, name, entry, version) for name, entry in document["endpoints"].items()}
    return LockFile(document["name"], pins, version)


def _pin(root: MappingNode, name: str, entry: dict[str, Any], version: int) -> Pin:
    entries = sorted(entry["models"].items())
    models = tuple(_read(model_id, fields, version) for model_id, fields in entries)
    pin = Pin(
        name=name,
        base_url=entry["base_url"],
        dialect=entry["dialect"],
        models=models,
        source=place(root, ("endpoints", name)),
    )
    return replace(pin, intact=pin.digest == entry["digest"])


def _read(model_id: str, fields: dict[str, Any], version: int) -> ListedModel:
    """Return a model of a pinned list. Version 1 of the lock file has no details of models."""
    details = details_from({name: fields[name] for name in DETAILS if name in fields}) if version > 1 else None
    return ListedModel(model_id, fields["purpose"], fields["from"], details)


def _conflict(source: Source) -> Diagnostic:
    return error(
        codes.LOCK_CONFLICT,
        "The lock file contains git conflict markers",
        detail="No manual merge is needed: `gwctl lock` fetches the lists again. Nothing was done.",
        hint=f"run `git checkout --ours {source.file}`, then `gwctl lock`",
        source=source,
    )


def _other_name(theirs: str, ours: str, source: Source) -> Diagnostic:
    return error(
        codes.LOCK_OF_ANOTHER_NAME,
        f"The lock file belongs to `{printable(theirs)}`, but the gateway file is `{printable(ours)}`",
        detail="The pinned lists are for a different gateway. Nothing was done.",
        hint="if the file belongs to another stage, set `lock:` in this stage, as in lock: gateway.lock.prod.yaml; "
        f"if the gateway was renamed, write `name: {printable(ours)}` in the lock file",
        source=source,
    )


def encode(lock: LockFile) -> bytes:
    """Return the bytes of the lock file. The same lists always give the same bytes.

    The lists are sorted, and no time is written.
    """
    return "".join(_lines(lock)).encode("ascii")


def quoted(text: str) -> str:
    """Return the text as a double-quoted YAML scalar.

    All characters except ASCII are escaped, so that look-alike and invisible characters are visible.
    """
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _lines(lock: LockFile) -> Iterator[str]:
    yield _HEAD
    yield f"version: {lock.version}\nname: {_word(lock.name)}\n"
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
    details = "".join(f", {name}: {_value(value)}" for name, value in known(model.details or NO_DETAILS).items())
    key, value = quoted(model.id), f"{{purpose: {model.purpose}, from: {_word(model.purpose_source)}{details}}}"
    return f"      {key}: {value}\n" if len(key) <= _LONGEST_KEY else f"      ? {key}\n      : {value}\n"


def _value(value: int | list[str]) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def _word(text: str) -> str:
    """Return the text without quotes if every YAML parser reads the text as text.

    Otherwise return the text with quotes.
    """
    return text if _WORD.fullmatch(text) and text not in _MEANING else quoted(text)


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isascii() and character.isprintable():
        return character
    number = ord(character)
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"
