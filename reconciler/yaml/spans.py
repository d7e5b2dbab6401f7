"""A YAML text as a tree of spans. A span is the start and end of a value. An edit can keep all text outside a span."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import yaml

from reconciler.errors import GatewayError
from reconciler.values import dataclass
from reconciler.yaml.parse import DEEPEST
from reconciler.yaml.scalars import resolve

_SHORT = 80  # characters of a collection in one line
_FAST: Any = getattr(yaml, "CSafeLoader", None)  # libyaml's parser, where PyYAML has it
# With one of these characters, or with a comment directly after `|` or `>`, the parsers differ.
_UNUSUAL = re.compile("[\t\x85\u2028\u2029\ud800-\udfff\ufeff]|[|>][-+0-9]*#")


class NoSpans(GatewayError):
    """The text cannot be divided into spans. `index` is the position of the cause in the text."""

    def __init__(self, reason: str, index: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.index = index


@dataclass(frozen=True, kw_only=True)
class YamlSpan:
    """One value in a YAML text. The span excludes the comments and blank lines after the value."""

    start: int
    end: int
    kind: str  # `{` a mapping, `[` a sequence, `"` a scalar, `*` an alias
    is_flow: bool = False
    entries: tuple[YamlEntry, ...] = ()
    value: Any = None  # of a scalar


@dataclass(frozen=True, kw_only=True)
class YamlEntry:
    """One field of a mapping or one item of a sequence in a YAML text."""

    key: str  # "" in a sequence, or if the key is not a scalar
    start: int  # of the key, or of the item's value
    key_end: int  # where the text of the key ends
    value: YamlSpan


@lru_cache(maxsize=8)  # a few edits and their checks look at the same texts: those before, and those after
def spans_of(text: str) -> YamlSpan | None:
    """Return the tree of spans of a text with one document. Return None if the document is empty.

    Raise `NoSpans` if the text is not one valid document.
    """
    if _FAST is not None and not _UNUSUAL.search(text):
        with suppress(yaml.YAMLError, NoSpans):  # the slow parser has the words and the position of every error
            tree = _Tree(text)
            root = tree.document(iter(list(yaml.parse(text, Loader=_FAST))))
            if tree.is_certain:
                return root
    return _slowly(text)


def _slowly(text: str) -> YamlSpan | None:
    """Return the tree of spans by PyYAML's own parser. It defines the spans, and is ten times as slow as libyaml."""
    try:
        events = iter(list(yaml.parse(text, Loader=yaml.SafeLoader)))
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise NoSpans(str(fault.problem or fault.context or "it cannot be parsed"), mark.index if mark else 0) from None
    except yaml.YAMLError as fault:
        raise NoSpans("the text has a character that YAML does not allow", getattr(fault, "position", 0)) from None
    return _Tree(text).document(events)


class _Tree:
    def __init__(self, text: str) -> None:
        self.text = text
        self.is_certain = True  # whether both parsers read the text in the same way

    def document(self, events: Iterator[Any]) -> YamlSpan | None:
        root, count = None, 0
        for event in events:
            count += isinstance(event, yaml.DocumentStartEvent)
            if count > 1:
                raise NoSpans("the text has more than one document", event.start_mark.index)
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, events, 0)
        is_empty = root is not None and root.kind == '"' and root.start == root.end
        return None if is_empty else root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> YamlSpan:
        start, end = event.start_mark.index, event.end_mark.index
        if depth > DEEPEST:
            raise NoSpans(f"the text is nested more than {DEEPEST} levels deep", start)
        if isinstance(event, yaml.AliasEvent):
            return YamlSpan(start=start, end=end, kind="*")
        if event.tag is not None:
            self.is_certain = False  # libyaml allows more characters in a tag
        if isinstance(event, yaml.ScalarEvent):
            end = start + len(self.text[start:end].rstrip()) if event.style in ("|", ">") else end
            value = resolve(event.value) if not event.style else event.value
            return YamlSpan(start=start, end=end, kind='"', value=value)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        entries, close = self.entries(events, depth + 1, is_mapping)
        is_flow = bool(event.flow_style)
        end = close.end_mark.index if is_flow else max([start, *(entry.value.end for entry in entries)])
        if is_flow and ("?" in self.text[start:end] or any(map(_has_no_text, entries))):
            self.is_certain = False  # `[a?b]` is no error to libyaml, which also puts an empty value at another place
        return YamlSpan(start=start, end=end, kind="{" if is_mapping else "[", is_flow=is_flow, entries=entries)

    def entries(self, events: Iterator[Any], depth: int, is_mapping: bool) -> tuple[tuple[YamlEntry, ...], Any]:
        entries: list[YamlEntry] = []
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                return tuple(entries), event
            first = self.node(event, events, depth)
            value = self.node(next(events), events, depth) if is_mapping else first
            is_named = is_mapping and first.kind == '"'
            key = event.value if is_named else ""
            entries.append(YamlEntry(key=key, start=first.start, key_end=first.end, value=value))
        raise AssertionError("the parser ends every collection")


def _has_no_text(entry: YamlEntry) -> bool:
    return entry.start == entry.key_end or entry.value.start == entry.value.end


class _Dumper(yaml.SafeDumper):
    """A dumper of YAML that quotes text which YAML 1.1 or 1.2 would not read as text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, value: str) -> Any:
        style = None if value and resolve(value) == value else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _Dumper.text)


def inline(value: Any) -> str:
    """Return the value as YAML on one line."""
    if isinstance(value, str):
        return _name(value) if len(value) <= _SHORT else _dumped(value)
    return _in_flow(value) if _is_usual(value) else _dumped(value)


@lru_cache(maxsize=512)  # the same names are written again and again, and a dumper is slow to make
def _name(text: str) -> str:
    return _dumped(text)


def _is_usual(value: Any) -> bool:
    """Return whether `_in_flow` writes the value as the dumper does."""
    if isinstance(value, str):
        return 0 < len(value) <= _SHORT and value.isprintable()
    if isinstance(value, dict):
        return all(map(_is_usual, value)) and all(map(_is_usual, value.values()))
    if isinstance(value, list):
        return all(map(_is_usual, value))
    return value is None or type(value) in (bool, int)


def _in_flow(value: Any) -> str:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_in_flow(name)}: {_in_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_in_flow, value)) + "]"
    return json.dumps(value)


@lru_cache(maxsize=512)
def _word(text: str) -> str:
    """Return the text as the dumper writes it inside of a list."""
    return _dumped([text])[1:-1]


def _dumped(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text.removesuffix("\n").removesuffix("\n...")


def block(value: Any) -> list[str]:
    """Return the lines of a mapping or a sequence in block style. A short inner collection gets one line."""
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _under(inline(key) + ":", item)]
    return [line for item in value for line in _item(item)]


def _under(name: str, value: Any) -> list[str]:
    short = _short(value)
    if short is not None:
        return [f"{name} {short}"]
    return [name, *("  " + line for line in block(value))]


def _item(value: Any) -> list[str]:
    short = _short(value)
    first, *rest = block(value) if short is None else [short]
    return ["- " + first, *("  " + line for line in rest)]


def _short(value: Any) -> str | None:
    """Return the value on one line. If the value needs several lines, return None."""
    if not isinstance(value, dict | list):
        return inline(value)
    items = value.values() if isinstance(value, dict) else value
    if any(isinstance(item, dict | list) and item for item in items):
        return None
    text = inline(value)
    return text if len(text) <= _SHORT else None
