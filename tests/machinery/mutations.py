"""Mutations: of bytes, and of the tree that JSON or YAML text stands for. The same seed gives the same ones."""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Sequence
from typing import Any

Place = tuple[Any, Any]  # a container, and a key or index in it

# What decoders stumble over: the ends of ranges, other types, text that some writer or terminal cannot take.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 0.5, math.inf,
    -math.inf, math.nan, "", " ", "a", "null", "true",
    "0", "1e999", "~", "a/b", "a.b", "\ud800", "x\udfffy", "\0",
    "\x1b[31m", "\n", "\r\n", "\u202e", "\u2028", "é", "🦙",
    "x" * 5000, "http://[", "http://", "https://h:99999999",
    "file:///etc/passwd", "${A}", "{env: A}", "../../x", "/", "=",
    "[", "]", "{", "*a", "&a", "<<", "!!python/object:os.system",
    "2026-01-01T00:00:00Z", [], {}, [[]], [None], {"": ""},
    {"a": None}, [1, "a", {}],
)  # fmt: skip
WORDS: tuple[bytes, ...] = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800",
    b"\\u0000", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":",
    b"\n", b"\r", b"\t", b" ", b"null", b"NaN", b"1e999", b"-",
    b"9" * 400, b"[" * 300, b"{" * 300, b'{"a":' * 300, b"&a ", b"*a",
    b"<<: *a", b"!!binary ", b"!x ", b"%YAML 9.9\n", b"---\n", b"...\n",
    b"? ", b"|", b">-", b"#", b"@", b"`", b"\xc2\x85",
    b"\xe2\x80\xa8", b"<<<<<<< ours\n",
)  # fmt: skip


def of_bytes(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Some small changes of it."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randint(0, len(data))
        to = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 100)))
        match chance.randrange(7):
            case 0:
                data = data[:at] + data[to:]
            case 1:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 2:
                data = data[:at] + chance.choice(WORDS) + data[at:]
            case 3:
                data = data[:at] + chance.choice(WORDS) + data[to:]
            case 4:
                data = data[:to] + data[at:]
            case 5:
                other = chance.choice(others)
                data = data[:at] + other[chance.randint(0, len(other)) :]
            case _:
                data = data[:at]
    return data


def of_tree(tree: Any, chance: random.Random) -> Any:
    """A tree that differs in a value, a key, an order, or in what is there."""
    root = [copy.deepcopy(tree)]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        _change(chance.choice(_places(root)), chance)
    return root[0]


def _places(tree: Any) -> list[Place]:
    """Every place of the tree that holds something."""
    places: list[Place] = []
    left = [tree]
    while left:
        node = left.pop()
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            places.append((node, key))
            if isinstance(value, dict | list):
                left.append(value)
    return places


def _change(place: Place, chance: random.Random) -> None:
    holder, key = place
    how = chance.randrange(6)
    if how == 0 and isinstance(holder, dict):
        del holder[key]
    elif how == 1 and isinstance(holder, dict):
        holder[chance.choice((f"{key}x", "", "version", "name", key.upper() if isinstance(key, str) else "a"))] = (
            holder[key]
        )
    elif how == 2 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif how == 3 and isinstance(holder[key], str):
        text, at = holder[key], chance.randint(0, len(holder[key]))
        holder[key] = text[:at] + str(chance.choice(VALUES)) + text[at:]
    elif how == 4 and isinstance(holder[key], dict | list):
        holder[key] = [holder[key]] if isinstance(holder[key], dict) else dict(enumerate(holder[key]))
    else:
        holder[key] = copy.deepcopy(chance.choice(VALUES))


def as_json(tree: Any, chance: random.Random) -> bytes:
    """Its text, spelled in one of the ways that JSON allows."""
    ascii_only, indent = chance.random() < 0.5, chance.choice((None, None, 2))
    return json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
