"""The faults that pydantic finds in a gateway file. Every fault gets a message with the position of the fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from reconciler import __version__, codes
from reconciler.config.checks.synonyms import PURPOSES_MEANT, variable_in
from reconciler.config.checks.types_at import fields_at, names_at, values_at
from reconciler.config.schema import KIND_ERROR, TAG, GatewayFile, PresetFields
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.text import did_you_mean, printable
from reconciler.yaml.tree import MappingNode, Scalar, at, place, value_place

_KINDS = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be more than 0",
    "less_than_equal": "is too large",
    "too_short": "is empty",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
}
_MEANT = {
    **dict.fromkeys(("url", "api_base", "baseurl", "baseURL", "host", "endpoint"), "base_url"),
    **dict.fromkeys(("api_key", "apikey", "apiKey", "token", "secret", "password"), "key"),
}
_HINTS = {
    "int_type": (codes.WRONG_KIND, "write a number without a unit: 128000"),
    **dict.fromkeys(
        ("greater_than_equal", "less_than_equal", "too_short"),
        (codes.BAD_VALUE, "correct the value, or remove the line"),
    ),
}
_NO_KEY_HERE = "a key must be a reference"
_KEY_HINT = (
    "use {env: NAME}, {file: PATH}, {command: […]} or {keyring: SERVICE/USER}; "
    "rotate this key if anyone else has seen it"
)


def schema_faults(root: MappingNode, data: object) -> list[Diagnostic]:
    """Return a diagnostic for each fault in `data`, which is the gateway file without the user's own fields."""
    try:
        GatewayFile.model_validate(data)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=True, include_input=False)
        return [_finding(root, dict(fields)) for fields in errors if not _follows(root, fields["loc"], fields["type"])]
    return []


def _follows(root: MappingNode, loc: tuple[Any, ...], kind: str) -> bool:
    """Return whether `endpoints` is missing only because of a typing error.

    In this case a field with a similar name already has an error.
    """
    near = [str(name) for name in root.nodes if name not in GatewayFile.model_fields]
    return kind == "missing" and loc == ("endpoints",) and bool(did_you_mean("endpoints", near))


def sound_preset_fields(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a custom preset that the schema accepts."""
    try:
        PresetFields.model_validate(data)
    except ValidationError as fault:
        wrong = {
            details["loc"][0] for details in fault.errors(include_url=False, include_input=False) if details["loc"]
        }
        return {name: value for name, value in data.items() if name not in wrong}
    return data


def _finding(root: MappingNode, fault: dict[str, Any]) -> Diagnostic:
    kind = fault["type"]
    path, is_name = _path(list(fault["loc"]), kind)
    if _is_key(path, kind):
        name = variable_in(at(root, path))
        if name:
            summary = f"`{path[-1]}` must be only the name of a variable, not a reference"
            return error(codes.BAD_KEY, summary, hint=f"did you mean {{env: {name}}}?", source=value_place(root, path))
        return error(codes.LITERAL_KEY, _NO_KEY_HERE, hint=_KEY_HINT, source=value_place(root, path))
    if kind == "extra_forbidden":
        return _unknown(root, path)
    if kind == "missing":
        return _missing(root, path)
    if is_name:
        return _bad_name(root, path, fault)
    return _bad_value(root, path, fault)


def _path(loc: list[Any], kind: str) -> tuple[list[Any], bool]:
    """Return the path of the fault in the file, and whether the last name of the path is wrong.

    pydantic's own parts of the path are left out.
    """
    own = [part for part in loc if not (isinstance(part, str) and part.startswith(TAG))]
    if kind == "extra_forbidden":  # the last part comes from the file, even if it looks like a tag
        return [*own[: len(own) - (own[-1:] == loc[-1:])], loc[-1]], False
    is_name = len(loc) == 3 and loc[-1] == "[key]"
    return (own[:-1] if is_name else own), is_name


def _is_key(path: list[Any], kind: str) -> bool:
    """Return whether the fault is in a key reference.

    Either the value is a scalar instead of a key reference, or the name of the variable under `env` is wrong.
    """
    if path[:1] != ["endpoints"] or path[2:3] not in (["key"], ["headers"]):
        return False
    is_env = path[-1] == "env" and len(path) == (4 if path[2] == "key" else 5)
    return path[2:] == ["key"] or (is_env and kind == "string_pattern_mismatch")


def _unknown(root: MappingNode, path: list[Any]) -> Diagnostic:
    if path[:1] == ["endpoints"] and path[2:3] in (["key"], ["headers"]):
        # The field may be the key itself: `key: {sk-…}` is a mapping. A header may have any name, so an unknown field
        # below `headers` is in a reference.
        summary = "unknown field in a key reference"
        return error(
            codes.UNKNOWN_FIELD,
            summary,
            detail=_NO_KEY_HERE.capitalize() + ".",
            hint=_KEY_HINT,
            source=place(root, path),
        )
    known = fields_at(GatewayFile, path[:-1])
    meant = _MEANT.get(str(path[-1]))
    hint = f"did you mean `{meant}`?" if meant in known else did_you_mean(str(path[-1]), known)
    return error(
        codes.UNKNOWN_FIELD,
        f"unknown field `{_name(path)}`",
        detail=_for_whom(path),
        hint=hint,
        source=place(root, path),
    )


def _for_whom(path: list[Any]) -> str:
    return "" if len(path) > 1 else f"gwctl {__version__} does not have this field."


def _as_name(written: str) -> str:
    """Return the end of a hint with a valid name that is similar to `written`.

    If no valid name can be made, return "".
    """
    name = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")
    return f"; as in `{name[:60]}`" if name else ""


def _missing(root: MappingNode, path: list[Any]) -> Diagnostic:
    owner = f" of `{_name(path[:-1])}`" if len(path) > 1 else ""
    source = place(root, path[:-1]) if len(path) > 1 else Source(root.source.file, 1, 1)
    hints = {
        ("version",): "write `version: 1`",
        ("name",): "write `name: my-team`; the state belongs to this name",
        ("endpoints",): "write three lines, each indented further: `endpoints:`, a name, and `preset: litellm`",
    }
    return error(codes.MISSING_FIELD, f"`{path[-1]}`{owner} is missing", hint=hints.get(tuple(path), ""), source=source)


def _bad_name(root: MappingNode, path: list[Any], fault: dict[str, Any]) -> Diagnostic:
    if fault["type"] == "literal_error":
        summary = f"`{_name(path)}` is not a purpose"
        meant = PURPOSES_MEANT.get(str(path[-1]).lower(), "")
        hint = f"did you mean `{meant}`?" if meant else did_you_mean(str(path[-1]), names_at(GatewayFile, path[:-1]))
        return error(codes.UNKNOWN_PURPOSE, summary, hint=hint, source=place(root, path))
    hint = "use lower-case letters, digits and -, starting with a letter or digit"
    hint += _as_name(str(path[-1]))
    return error(codes.BAD_NAME, f"`{_name(path)}` is not a valid name", hint=hint, source=place(root, path))


def _bad_value(root: MappingNode, path: list[Any], fault: dict[str, Any]) -> Diagnostic:
    node = at(root, path)
    where = value_place(root, path)
    what = _name(path) if path else "the gateway file"
    if isinstance(node, Scalar) and node.value is None:
        return error(codes.NO_VALUE, f"`{what}` has no value", hint="add a value, or remove the line", source=where)
    if what == "version":
        hint = "write `version: 1`, or upgrade gwctl if the file needs a later version"
        hint = "write 1 without quotes: `version: 1`" if isinstance(node, Scalar) and node.value == "1" else hint
        summary = f"gwctl {__version__} reads version 1 of the gateway file"
        return error(codes.UNKNOWN_VERSION, summary, hint=hint, source=where)
    if path[-1] == "timeout":
        return error(
            codes.BAD_VALUE,
            f"`{what}` must be a duration such as 500ms, 10s or 1m, at most 10m",
            hint="write the unit: 10s",
            source=where,
        )
    if fault["type"] == "literal_error":
        return _no_choice(node, what, values_at(GatewayFile, path), where)
    if fault["type"] == "string_pattern_mismatch" or path[-1:] == ["timeout"]:
        words = "must be lower-case letters, digits and -, starting with a letter or digit"
        hint = _as_name(node.text).lstrip("; ") if isinstance(node, Scalar) else ""
        return error(codes.BAD_VALUE, f"`{what}` {words}", hint=hint, source=where)
    wanted = fault["msg"] if fault["type"] == KIND_ERROR else _KINDS.get(fault["type"], "has the wrong type")
    hint = "quote the value to make it text" if isinstance(node, Scalar) and not isinstance(node.value, str) else ""
    takes_text = fault["type"] in ("string_type", KIND_ERROR)
    code, hint = _HINTS.get(fault["type"], (codes.WRONG_KIND, hint if takes_text else ""))
    return error(code, f"`{what}` {wanted}", hint=hint, source=where)


def _no_choice(node: object, what: str, choices: Sequence[str], where: Source) -> Diagnostic:
    written = node.text if isinstance(node, Scalar) else ""
    meant = PURPOSES_MEANT.get(written.lower(), "")
    hint = f"did you mean `{meant}`?" if meant in choices else did_you_mean(written, choices)
    hint = hint or f"known: {', '.join(choices)}"
    return error(codes.BAD_VALUE, f"`{what}` must be one of {', '.join(choices)}", hint=hint, source=where)


def _name(path: list[Any]) -> str:
    """Return the path in the form `endpoints.litellm.models[2]`. Unprintable characters in keys are replaced."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{printable(part, 60)}" for part in path)
    return shown.removeprefix(".")
