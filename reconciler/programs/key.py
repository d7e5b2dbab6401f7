"""The key of a model. The key is read when a program asks for the key, and is not shown by accident."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never, final

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.programs.document import ResolvedModel
from reconciler.programs.find import AppliedHere

_PATIENCE = 60  # seconds; a keychain may ask its user
_LARGEST = 64 * 1024  # characters of a key


@final
class KeyText(str):
    """A key as a str, for SDKs. `repr` does not show the key, and a key cannot be pickled.

    `str` and `format` return the key.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"

    def __copy__(self) -> KeyText:
        return self

    def __deepcopy__(self, _memo: object) -> KeyText:
        return self

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a key cannot be pickled")


@final
class Keywords(dict[str, Any]):
    """Keyword arguments that may contain a key. `repr` hides the values, and the arguments cannot be pickled."""

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name!r}: …' for name in self)}}}"

    __str__ = __repr__

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a key cannot be pickled")


def read_key(model: ResolvedModel, applied: AppliedHere | None, environ: Mapping[str, str]) -> KeyText | None:
    """Return the key of the endpoint. Return None if no key is found and the endpoint may need none.

    Raise `Failed` in every other case without a key.
    """
    if applied is not None:
        return _along_binding(model, applied, environ)
    if model.key.command:
        return _of_command(model)
    value = environ.get(model.key.variable, "").strip() if model.key.variable else ""
    if not value and model.key_required:
        raise _without_key(model)
    return _checked(value, model) if value else None


def _along_binding(model: ResolvedModel, applied: AppliedHere, environ: Mapping[str, str]) -> KeyText | None:
    from reconciler.engine.keys.print_key import key_of_applied

    try:
        return KeyText(key_of_applied(applied.ledger, applied.stack, model.endpoint, environ).reveal())
    except Failed as fault:
        is_missing = all(each.code == codes.MISSING_API_KEY for each in fault.diagnostics)
        if is_missing and not model.key_required:
            return None
        raise


def _of_command(model: ResolvedModel) -> KeyText:
    """Return the key that the command prints. The user who gave this file to the program has agreed to the command."""
    if not Path(model.key.command[0]).is_absolute():
        summary = f"The key command of the endpoint {model.endpoint} has no absolute path"
        raise _failed(codes.RESOLVED_FILE_BROKEN, summary, "write the file again: gwctl export resolved --key helper")
    hint = "run `gwctl key check HANDLE` to see why; `gwctl key list` lists the handles"
    try:
        done = subprocess.run(
            model.key.command, capture_output=True, text=True, timeout=_PATIENCE, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as fault:
        summary = f"The key command of the endpoint {model.endpoint} failed: {type(fault).__name__}"
        raise _failed(codes.KEY_UNREADABLE, summary, hint) from None
    key = done.stdout.strip()
    if done.returncode or not key:
        summary = f"The key command of the endpoint {model.endpoint} printed no key (exit code {done.returncode})"
        raise _failed(codes.KEY_UNREADABLE, summary, hint)
    return _checked(key, model)


def _checked(key: str, model: ResolvedModel) -> KeyText:
    if len(key) > _LARGEST or not key.isascii() or not key.isprintable() or " " in key:
        summary = f"The key of the endpoint {model.endpoint} contains a forbidden character, or is too long"
        raise _failed(codes.KEY_MALFORMED, summary, "check that the key was copied completely, on one line")
    return KeyText(key)


def _without_key(model: ResolvedModel) -> Failed:
    if model.key.variable:
        summary = f"The variable {model.key.variable} with the key of the endpoint {model.endpoint} is not set"
        hint = f"set {model.key.variable}, or start the program with `gwctl run`"
        return _failed(codes.MISSING_API_KEY, summary, hint)
    summary = f"The resolved file does not name a key for the endpoint {model.endpoint}"
    return _failed(codes.MISSING_API_KEY, summary, "make a file that names the key: gwctl export resolved --key env")


def _failed(code: Code, summary: str, hint: str) -> Failed:
    return Failed(error(code, summary, hint=hint))
