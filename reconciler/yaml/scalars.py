"""The meaning of a plain scalar in YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2)."""

from __future__ import annotations

import re

from reconciler.pattern import pattern

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = pattern(
    r"""(?P<decimal>[-+]?[0-9]+)
      | 0o(?P<octal>[0-7]+)
      | 0x(?P<hex>[0-9a-fA-F]+)
      | (?P<float>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)
      | (?P<special>[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))""",
    re.VERBOSE,
)
_MAY_BEGIN_A_NUMBER = frozenset("0123456789+-.")
_LONGEST_NUMBER = 400


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar. `no` and `on` are text, and `010` is the number ten."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in _MAY_BEGIN_A_NUMBER or len(text) > _LONGEST_NUMBER:
        return text
    if text.isascii() and text.isdigit():
        return int(text)
    match = _NUMBER.fullmatch(text)
    return _number(match) if match else text


def _number(match: re.Match[str]) -> int | float:
    if match["decimal"]:
        return int(match["decimal"])
    if match["octal"]:
        return int(match["octal"], 8)
    if match["hex"]:
        return int(match["hex"], 16)
    return float(match[0].replace(".", "", 1) if match["special"] else match[0])
