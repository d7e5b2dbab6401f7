"""The replacement of `${NAME}` in values. The value comes from --var or GWCTL_VAR_NAME, and from no other variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from reconciler import codes
from reconciler.codes import Code
from reconciler.config.checks.synonyms import variable_in
from reconciler.diagnostics import Diagnostic, Source, error, warning
from reconciler.pattern import pattern
from reconciler.text import did_you_mean, printable
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, texts

PREFIX = "GWCTL_VAR_"
_QUOTED = pattern(r"`([^`]*)`")
_A_PART = 6  # no message repeats six consecutive characters of a value
_REFERENCE = pattern(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-(?:(?!\$\{)[^}])*)?\}|(?P<broken>\$\{)")


def _unfilled(words: str, node: Scalar) -> str:
    """Return the words. A quoted part of the filled-in value is replaced with the value as written."""
    written, value = printable(node.text, 60), str(node.value)
    return _QUOTED.sub(lambda match: f"`{written}`" if _is_part(match[1].removesuffix("…"), value) else match[0], words)


def _is_part(quoted: str, value: str) -> bool:
    parts = (value[at : at + _A_PART] for at in range(max(1, len(value) - _A_PART + 1)))
    return bool(quoted) and (quoted in value or any(part and part in quoted for part in parts))


def _in_reference(path: tuple[str, ...]) -> bool:
    """Return whether the path leads into a key reference: `endpoints.NAME.key`, or the fields of a header."""
    return path[:1] == ("endpoints",) and (path[2:3] == ("key",) or (path[2:3] == ("headers",) and len(path) > 4))


def _is_plain(node: Node) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and not (isinstance(node.value, str) and "${" in node.value)


class Variables:
    """The values that replace `${NAME}` in gateway files, and the diagnostics about wrong references."""

    def __init__(self, values: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._given = values
        self._environ = environ
        self.diagnostics: list[Diagnostic] = []
        self.used: set[str] = set()
        self._filled_in: dict[Source, Scalar] = {}  # {position: the filled-in scalar}

    def fill(self, root: MappingNode) -> MappingNode:
        """Return the tree with every `${NAME}` replaced. In a key reference, `${NAME}` is an error."""
        if "${" not in "\n".join(texts(root)):
            return root
        return self._fields(root, ())

    def _fields(self, node: MappingNode, path: tuple[str, ...]) -> MappingNode:
        nodes = {
            key: child if _is_plain(child) else self._node(child, (*path, key)) for key, child in node.nodes.items()
        }
        return MappingNode(source=node.source, nodes=nodes, places=node.places)

    def _node(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, MappingNode):
            return self._fields(node, path)
        if isinstance(node, SequenceNode):
            nodes = [child if _is_plain(child) else self._node(child, path) for child in node.nodes]
            return SequenceNode(source=node.source, nodes=nodes)
        if _is_plain(node):
            return node
        if _in_reference(path):
            name = variable_in(node) if path[-1] in ("key", "env") else ""
            hint = f"did you mean {{env: {name}}}?" if name else "write the reference without ${…}"
            self._wrong(codes.VARIABLE_IN_KEY, "a key reference cannot contain ${…}", hint, node)
            return node
        scalar = Scalar(value=self._filled(node), text=node.text, quoted=True, source=node.source)
        self._filled_in[node.source] = scalar
        return scalar

    def as_written(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return the diagnostic with `${NAME}` in place of the value, because the value may be a secret."""
        node = self._filled_in.get(diagnostic.source) if diagnostic.source else None
        if node is None:
            return diagnostic
        summary, detail, hint = (
            _unfilled(words, node) for words in (diagnostic.summary, diagnostic.detail, diagnostic.hint)
        )
        return replace(diagnostic, summary=summary, detail=detail, hint=hint)

    def unused(self) -> list[Diagnostic]:
        """Return a warning for each variable of --var that is not used in the files."""
        return [
            warning(
                codes.UNUSED_VARIABLE,
                f"--var {printable(name, 60)} is not used in the gateway file",
                hint=did_you_mean(name, self.used),
            )
            for name in sorted(self._given.keys() - self.used)
        ]

    def _filled(self, node: Scalar) -> str:
        return _REFERENCE.sub(lambda match: self._value(match, node), str(node.value))

    def _value(self, match: re.Match[str], node: Scalar) -> str:
        if match[0] == "$${":
            return "${"
        name, default = match["name"], match["default"]
        if name is None:
            hint = "write ${NAME} or ${NAME:-default}; write $${ for a literal ${"
            self._wrong(codes.BAD_VARIABLE, "`${` needs a name and a closing brace", hint, node)
            return ""
        value = self._given.get(name, self._environ.get(PREFIX + name))
        self.used.add(name)
        if default is not None:
            return value or default[2:]
        if value is None:
            self._unset(name, node)
        return value or ""

    def _unset(self, name: str, node: Scalar) -> None:
        hint = f"set {PREFIX}{name}, pass --var {name}=…, or write ${{{name}:-default}}"
        near = [variable for variable in self._given if variable.lower() == name.lower()]
        if near:
            hint = f"--var {printable(near[0], 60)} is given, but names are case-sensitive: --var {name}=…"
        elif name in self._environ:
            hint = f"the variable {name} is set, but only {PREFIX}{name} is read; {hint}"
        self._wrong(codes.UNSET_VARIABLE, f"${{{name}}} is not set", hint, node)

    def _wrong(self, code: Code, summary: str, hint: str, node: Scalar) -> None:
        self.diagnostics.append(error(code, summary, hint=hint, source=node.source))
