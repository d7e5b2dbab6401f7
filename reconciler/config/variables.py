"""`${NAME}` in values: read from --var or GWCTL_VAR_NAME, never from the whole environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.config.tree import Fields, Items, Node, Scalar
from reconciler.diagnostics import Diagnostic, error, warning
from reconciler.text import did_you_mean, printable

PREFIX = "GWCTL_VAR_"
_REFERENCE = re.compile(
    r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-(?:(?!\$\{)[^}])*)?\}|(?P<broken>\$\{)"
)


def _in_reference(path: tuple[str, ...]) -> bool:
    """`endpoints.NAME.key…`, or what is below a header's name: a literal value is no deeper than that."""
    return path[:1] == ("endpoints",) and (path[2:3] == ("key",) or (path[2:3] == ("headers",) and len(path) > 4))


class Variables:
    """The values that a gateway file may ask for, and what is wrong with how it asks."""

    def __init__(self, given: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._given = given
        self._environ = environ
        self.found: list[Diagnostic] = []
        self.used: set[str] = set()

    def fill(self, root: Fields) -> Fields:
        """The same tree with every reference replaced; a key reference takes none."""
        return self._fields(root, ())

    def _fields(self, node: Fields, path: tuple[str, ...]) -> Fields:
        nodes = {key: self._node(each, (*path, key)) for key, each in node.nodes.items()}
        return Fields(node.source, nodes, node.places, node.size)

    def _node(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, Fields):
            return self._fields(node, path)
        if isinstance(node, Items):
            return Items(node.source, [self._node(each, path) for each in node.nodes], node.size)
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        if _in_reference(path):
            self._wrong("VARIABLE_IN_KEY", "a key reference takes no ${…}", "write the reference out", node)
            return node
        return Scalar(self._filled(node), node.text, True, node.source)

    def unused(self) -> list[Diagnostic]:
        """A warning for each --var that no value of the files asks for."""
        return [
            warning(
                "UNUSED_VARIABLE", f"--var {printable(name, 60)} is used nowhere", "", did_you_mean(name, self.used)
            )
            for name in sorted(self._given.keys() - self.used)
        ]

    def _filled(self, node: Scalar) -> str:
        return _REFERENCE.sub(lambda found: self._value(found, node), str(node.value))

    def _value(self, found: re.Match[str], node: Scalar) -> str:
        if found[0] == "$${":
            return "${"
        name, default = found["name"], found["default"]
        if name is None:
            hint = "write ${NAME} or ${NAME:-default}; $${ stands for the text ${"
            self._wrong("BAD_VARIABLE", "`${` without a name and a closing brace", hint, node)
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
        if name in self._environ:
            hint = f"the variable {name} is set, but only {PREFIX}{name} is read; {hint}"
        self._wrong("UNSET_VARIABLE", f"${{{name}}} is not set", hint, node)

    def _wrong(self, code: str, summary: str, hint: str, node: Scalar) -> None:
        self.found.append(error(code, summary, "", hint, source=node.source))
