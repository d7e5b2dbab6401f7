"""The parser of strict YAML, from PyYAML's parse events.

Every value has a position. Parts of YAML that often surprise users are errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any, NoReturn

import yaml

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.errors import GatewayError
from reconciler.pattern import pattern
from reconciler.text import printable
from reconciler.values import dataclass
from reconciler.yaml.scalars import resolve
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode

DEEPEST = 100  # levels
MOST = 5_000_000  # nodes; each alias counts as all the nodes that it expands to
EXPANSION = 10  # the aliases of a file may expand to this many times the characters of the file
_ALWAYS = 64 * 1024  # characters that the aliases of a small file may expand to
_FASTEST: Any = getattr(yaml, "CLoader", yaml.Loader)
_SCALAR, _SEQUENCE, _END_OF_SEQUENCE = yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.SequenceEndEvent
_END_OF_MAPPING, _ALIAS = yaml.MappingEndEvent, yaml.AliasEvent


@dataclass
class ParsedYaml:
    """The content of a YAML file as far as the file could be parsed, and the diagnostics."""

    root: Node | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Stop(GatewayError):
    """An error after which the rest of the file cannot be parsed."""


def parse(text: str, file: str, loader: Any = _FASTEST, most: int = MOST) -> ParsedYaml:
    """Return the tree and the diagnostics of a YAML text with one document and at most `most` nodes.

    Only the first syntax error is reported. All other errors are reported.
    """
    odd = list(_odd_spaces(text, file))
    if odd:  # odd spaces may be the cause of all other errors
        return ParsedYaml(None, odd)
    reader = _Reader(file, most, max(_ALWAYS, EXPANSION * len(text)))
    try:
        root = reader.document(iter(loader(text).get_event, None))  # `yaml.parse` costs a call more for each event
    except _Stop:
        root = None
    except yaml.YAMLError as fault:
        reader.diagnostics.append(_syntax_error(fault, file, text))
        root = None
    return ParsedYaml(root, reader.diagnostics)


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A complete value with an anchor, and what an alias of it adds to the file."""

    node: Node
    height: int  # number of levels below the value
    size: int  # number of values in it
    weight: int  # number of characters in all scalars of it, plus one for each value


class _Reader:
    """The reader of one document. It counts with each alias expanded, so that no alias can expand to too much."""

    def __init__(self, file: str, most: int, room: int) -> None:
        self.file = file
        self.most = most
        self.room = room  # characters that aliases may still stand for
        self.diagnostics: list[Diagnostic] = []
        self.hidden = 0  # number of `key:` fields around this value; names below `key:` may be a secret: never shown
        self.anchors: dict[str, _Anchored | None] = {}  # None: the value of the anchor is not complete yet
        self.size = 0  # number of values that were read
        self.weight = 0  # number of characters in the scalars that were read, plus one for each value
        self.bottom = 0  # the deepest level since the value with the innermost anchor began

    def document(self, events: Iterator[Any]) -> Node | None:
        next(events)  # the stream begins
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        root = self.node(next(events), events, 0)
        next(events)  # the document ends
        more = next(events)
        if not isinstance(more, yaml.StreamEndEvent):
            self._wrong(
                codes.SECOND_DOCUMENT, "a second document starts here", self._at(more), "keep at most one `---`"
            )
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if type(event) is _SCALAR and event.anchor is event.tag is None and depth <= DEEPEST:
            return self._scalar(event)  # as nearly every event: nothing else can be wrong with it
        if type(event) is _ALIAS:
            return self._alias(event, depth)
        if event.tag is not None:
            source = self._at(event)
            self._wrong(codes.TAG, "tags (`!…`) are not allowed", source, "write the value without the tag")
        if depth > DEEPEST:
            self._too_deep(self._at(event))
        if event.anchor is not None:
            return self._anchored(event, events, depth)
        return self._by_kind(event, events, depth)

    def _anchored(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self.anchors[event.anchor] = None
        size, weight, bottom = self.size, self.weight, self.bottom
        self.bottom = depth
        node = self._by_kind(event, events, depth)
        self.anchors[event.anchor] = _Anchored(node, self.bottom - depth, self.size - size, self.weight - weight)
        self.bottom = max(bottom, self.bottom)
        return node

    def _by_kind(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if type(event) is _SCALAR:
            return self._scalar(event)
        source, before = self._at(event), self.size
        self.size += 1
        self.weight += 1
        self.bottom = max(self.bottom, depth + 1)
        is_sequence = type(event) is _SEQUENCE
        node = self._items(events, depth, source) if is_sequence else self._fields(events, depth, source)
        if self.size - before > self.most:
            self._wrong(
                codes.TOO_MANY_NODES, f"the file has more than {self.most} values, with each alias expanded", source
            )
            raise _Stop
        return node

    def _scalar(self, event: Any) -> Scalar:
        text, quoted, mark = event.value, bool(event.style), event.start_mark
        source = Source(self.file, mark.line + 1, mark.column + 1)
        self.size += 1
        self.weight += len(text) + 1
        if not quoted and text[:1] in _CURLY:
            shown = f"a curly quote ({text[0]}) is not a quote in YAML: the character would be part of the text"
            self._wrong(codes.CURLY_QUOTE, shown, source, "use a straight quote: \" or '")
        return Scalar(text if quoted else resolve(text), text, quoted, source)

    def _items(self, events: Iterator[Any], depth: int, source: Source) -> SequenceNode:
        nodes: list[Node] = []
        for event in events:
            if type(event) is _END_OF_SEQUENCE:
                break
            nodes.append(self.node(event, events, depth + 1))
        return SequenceNode(source=source, nodes=nodes)

    def _fields(self, events: Iterator[Any], depth: int, source: Source) -> MappingNode:
        mapping = MappingNode(source=source)
        while type(event := next(events)) is not _END_OF_MAPPING:
            key = self._key(event, events, depth)
            self.hidden += (hides := key is not None and key.value == "key")
            node = self.node(next(events), events, depth + 1)
            self.hidden -= hides
            if key is not None:
                self._enter(mapping, key, node)
        return mapping

    def _key(self, event: Any, events: Iterator[Any], depth: int) -> Scalar | None:
        key = self.node(event, events, depth + 1)
        if not isinstance(key, Scalar):
            self._wrong(
                codes.KEY_NOT_TEXT,
                "a field name is a list or a mapping",
                key.source,
                "write the field name as plain text",
            )
            return None
        if key.text == "<<" and not key.quoted:
            self._wrong(
                codes.MERGE_KEY, "`<<` is not part of YAML 1.2", key.source, "repeat the fields, or use -f twice"
            )
            return None
        if not isinstance(key.value, str):
            hint = f'quote it: "{self._shown(key.text)}"' if key.text else "write `name: value`"
            self._wrong(codes.KEY_NOT_TEXT, "a field name is not text", key.source, hint)
            return None
        return key

    def _enter(self, mapping: MappingNode, key: Scalar, node: Node) -> None:
        name = str(key.value)
        if name in mapping.nodes:
            before = mapping.places[name]
            summary = f"`{self._shown(name)}` is written twice, first at {before.line}:{before.column}"
            self._wrong(codes.DUPLICATE_KEY, summary, key.source, "keep one of the two fields")
            return
        mapping.nodes[name] = node
        mapping.places[name] = key.source

    def _alias(self, event: Any, depth: int) -> Node:
        source = self._at(event)
        if event.anchor not in self.anchors:
            hint = "quote text that starts with *"
            self._wrong(codes.BAD_ALIAS, "an alias (`*…`) has no anchor (`&…`)", source, hint)
            raise _Stop
        anchor = self.anchors[event.anchor]
        if anchor is None:
            self._wrong(
                codes.BAD_ALIAS,
                "an alias refers to a value that contains the alias",
                source,
                "repeat the value instead",
            )
            raise _Stop
        if depth + anchor.height > DEEPEST:
            self._too_deep(source)
        self.room -= anchor.weight
        if self.room < 0:
            summary = f"the aliases (`*…`) expand to more than {EXPANSION} times the size of the file"
            self._wrong(codes.TOO_MANY_ALIASES, summary, source, "repeat the entries, or use -f twice")
            raise _Stop
        self.size += anchor.size
        self.weight += anchor.weight
        self.bottom = max(self.bottom, depth + anchor.height)
        return anchor.node

    def _too_deep(self, source: Source) -> NoReturn:
        self._wrong(
            codes.TOO_DEEP,
            f"the values are nested more than {DEEPEST} levels deep",
            source,
            "check that this is the right file",
        )
        raise _Stop

    def _shown(self, name: str) -> str:
        return "…" if self.hidden else printable(name, 80)

    def _wrong(self, code: Code, summary: str, source: Source, hint: str = "") -> None:
        self.diagnostics.append(error(code, summary, hint=hint, source=source))

    def _at(self, event: Any) -> Source:
        mark = event.start_mark
        return Source(self.file, mark.line + 1, mark.column + 1)


_CURLY = frozenset("\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb")
_ODD = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"
# Matches an odd space before the first quote or comment of a line: at the start of the line, or after : , { [ or -.
_ODD_SPACE = pattern(f"(?:[^\"'#]*?[:,{{\\[-])? *[{_ODD}]")


def _syntax_error(fault: yaml.YAMLError, file: str, text: str) -> Diagnostic:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    source = Source(file, mark.line + 1, mark.column + 1) if mark else Source(file)
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return error(
            codes.YAML_SYNTAX, "there is a tab, but YAML needs spaces", hint="indent with spaces", source=source
        )
    problem = _problem(fault)
    if "escape" in problem:
        hint = "either write '…' instead of double quotes, or write \\\\ for each backslash"
        return error(codes.YAML_SYNTAX, f"not YAML: {problem}", hint=hint, source=source)
    return error(codes.YAML_SYNTAX, f"not YAML: {problem}", hint=_syntax_hint(line), source=source)


def _problem(fault: yaml.YAMLError) -> str:
    """Return PyYAML's own message. It quotes at most one character of the file."""
    problem = getattr(fault, "problem", None) or getattr(fault, "reason", None) or "it cannot be read"
    context = getattr(fault, "context", None)
    return printable(f"{problem}, {context}" if context else str(problem))


def _odd_spaces(text: str, file: str) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each character that only looks like a space.

    Text from a web page may have such characters.
    """
    if text.isascii() or not any(odd in text for odd in _ODD):
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = _ODD_SPACE.match(line)
        if match:
            at = match.end() - 1
            summary = f"U+{ord(line[at]):04X} looks like a space but is not one in YAML"
            hint = "use plain spaces: text from web pages often has other spaces"
            yield error(codes.ODD_SPACE, summary, hint=hint, source=Source(file, number, at + 1))


def _syntax_hint(line: str) -> str:
    if line.lstrip().startswith(("@", "`", "%")) or ": @" in line:
        return "quote text that starts with @, ` or %"
    return "check the indentation, and look for unclosed quotes and brackets"
