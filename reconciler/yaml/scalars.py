"""What a plain scalar means in YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2)."""

from __future__ import annotations

import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(
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
    """The value of a plain scalar: `no` and `on` are text, `010` is ten."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in _MAY_BEGIN_A_NUMBER or len(text) > _LONGEST_NUMBER:
        return text
    found = _NUMBER.fullmatch(text)
    return _number(found) if found else text


def _number(found: re.Match[str]) -> int | float:
    if found["decimal"]:
        return int(found["decimal"])
    if found["octal"]:
        return int(found["octal"], 8)
    if found["hex"]:
        return int(found["hex"], 16)
    return float(found[0].replace(".", "", 1) if found["special"] else found[0])
