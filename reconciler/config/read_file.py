"""Reading the text of a gateway file. The path names either a file, or an open pipe such as /dev/stdin."""

from __future__ import annotations

import shlex
from pathlib import Path

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.files.fault import FileFault
from reconciler.files.piped import descriptor_of, read_piped
from reconciler.files.read_file import is_file, read_file
from reconciler.pattern import pattern
from reconciler.text import printable

# All characters except those that YAML allows (YAML 1.2.2, 5.1). As one set they take ten times as long to compile.
_UNPRINTABLE = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|[\ufffe\uffff]")
_OTHER_ENDING = {".yaml": ".yml", ".yml": ".yaml"}
_LEVELS = 20  # parent directories to search
LARGEST = 64 * 1024 * 1024  # bytes


def read_text(path: Path, shown: str) -> str | Diagnostic:
    """Return the text of the file, or a diagnostic. A named pipe is refused. The size of the file is limited."""
    descriptor = descriptor_of(path)
    try:
        data = read_file(path, LARGEST) if descriptor is None else read_piped(descriptor, LARGEST)
        return decoded(data, shown)
    except FileNotFoundError:
        return _wrong(shown, codes.NO_FILE, "does not exist", _elsewhere(path))
    except FileFault as fault:
        return _no_file(fault, shown)
    except OSError as fault:
        hint = "check the path and its permissions"
        return _wrong(shown, codes.FILE_UNREADABLE, f"cannot be read: {fault.strerror}", hint)


def _elsewhere(path: Path) -> str:
    """Return a hint that a gateway file may be elsewhere: with the other extension, or in a parent directory."""
    other = path.with_suffix(_OTHER_ENDING.get(path.suffix, path.suffix))
    if other != path and is_file(other):
        return f"did you mean {printable(str(other))}? Name the file with -f"
    above = (Path(*[".."] * number) for number in range(1, _LEVELS))
    folder = next((parent for parent in above if path.parent == Path() and is_file(parent / path)), None)
    if folder is not None:
        return f"to use the gateway file in a parent directory, add -C {printable(shlex.quote(str(folder.resolve())))}"
    return "write a gateway file with `gwctl init`, or name an existing file with -f FILE or its directory with -C DIR"


def _no_file(fault: FileFault, shown: str) -> Diagnostic:
    if fault.kind == "large":
        hint = f"a gateway file has at most {LARGEST // 1024 // 1024} MiB; check that this is the right file"
        return _wrong(shown, codes.FILE_TOO_LARGE, "is too large for a gateway file", hint)
    if fault.kind == "name":
        return _wrong(shown, codes.FILE_UNREADABLE, f"cannot be read: {fault.strerror}", "check the path")
    hint = "give the file: -f DIR/gateway.yaml"
    return _wrong(shown, codes.NOT_A_FILE, fault.why.removeprefix("it "), hint)


def decoded(data: bytes, shown: str) -> str | Diagnostic:
    """Return the bytes as text. If the bytes are not text, return a diagnostic."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        return _wrong(shown, codes.NOT_TEXT, what="is not UTF-8 text", hint="save the file as UTF-8", line=line)
    # Python's printable characters are fewer than YAML's. Most files have nothing else, apart from line breaks.
    control = None if text.replace("\n", " ").isprintable() else _UNPRINTABLE.search(text)
    if control is None:
        return text
    line = text.count("\n", 0, control.start()) + 1
    column = control.start() - text.rfind("\n", 0, control.start())
    what = "contains a control character: it is not a text file"
    return _wrong(shown, codes.NOT_TEXT, what=what, hint="check that this is the right file", line=line, column=column)


def _wrong(shown: str, code: Code, what: str, hint: str, line: int = 0, column: int = 1) -> Diagnostic:
    detail = "Nothing was changed."
    return error(
        code, f"{printable(shown)} {what}", detail=detail, hint=hint, source=Source(shown, line, column if line else 0)
    )
