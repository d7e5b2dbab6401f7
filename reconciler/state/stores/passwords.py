"""The check of a store's passwords before they are sent. No message contains any part of a password."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.secrets.lint import is_unexpanded


def check_passwords(variables: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raise `Failed` with a diagnostic for each variable whose value is probably wrong."""
    diagnostics = [_malformed(name, *why) for name in variables for why in _faults(environ.get(name, ""))]
    if diagnostics:
        raise Failed(*diagnostics)


def _faults(value: str) -> Iterator[tuple[str, str]]:
    if value.endswith(("\n", "\r")):
        hint = 'set the variable without the line break, for example: `export NAME="$(cat FILE)"`'
        yield "ends with a line break", hint
    elif any(ord(character) < 32 or ord(character) == 127 for character in value):
        yield (
            "contains a line break or another control character",
            "check whether two values are pasted together in the variable's source",
        )
    elif value.startswith("\ufeff"):
        yield "starts with a byte order mark", "save the variable's source as UTF-8 without a byte order mark"
    elif is_unexpanded(value):
        yield "is a reference that was not expanded", "set the variable to the value itself"


def _malformed(name: str, what: str, hint: str) -> Diagnostic:
    summary = f"The environment variable {name} {what}"
    detail = "The variable is a credential of the state store. It was not sent. Nothing was done."
    return error(codes.PASSWORD_MALFORMED, summary, detail=detail, hint=hint.replace("NAME", name))
