"""GitHub's expressions, as far as the workflows use them: `${{ a.b == 'c' && !cancelled() }}`.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w.-]*)|(?P<sign>==|!=|&&|\|\||[!(),]))")
_CONSTANTS = {"true": True, "false": False, "null": None}
Functions = Mapping[str, Callable[..., Any]]


def fill(template: Any, contexts: Mapping[str, Any], functions: Functions | None = None) -> Any:
    """The text with its expressions replaced by their values; anything but text as it is."""
    if not isinstance(template, str):
        return template
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: _shown(evaluate(match[1], contexts, functions or {})), template)


def condition(text: str | None, contexts: Mapping[str, Any], functions: Functions) -> bool:
    """Return whether a job or step runs: without a status function in it, only after success."""
    inner = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", text) if text else "success()"
    wanted = bool(evaluate(inner, contexts, functions))
    asks = re.search(r"\b(success|failure|cancelled|always)\(", inner)
    return wanted and (bool(asks) or bool(functions["success"]()))


def evaluate(text: str, contexts: Mapping[str, Any], functions: Functions) -> Any:
    """The value of one expression; a name that there is not is null, as on GitHub."""
    parser = _Parser(text, contexts, functions)
    value = parser.either()
    assert parser.at_end, f"not understood: {text}"
    return value


class _Parser:
    def __init__(self, text: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self._tokens = _tokens(text)
        self._contexts = contexts
        self._functions = functions

    @property
    def at_end(self) -> bool:
        return not self._tokens

    def either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._takes("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._single()
        if self._takes("=="):
            return _same(value, self._single())
        return not _same(value, self._single()) if self._takes("!=") else value

    def _single(self) -> Any:
        if self._takes("!"):
            return not self._single()
        if self._takes("("):
            value = self.either()
            assert self._takes(")")
            return value
        token = self._tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        return self._called(token) if self._takes("(") else self._named(token)

    def _called(self, name: str) -> Any:
        given = []
        while not self._takes(")"):
            given.append(self.either())
            self._takes(",")
        return self._functions[name](*given)

    def _named(self, path: str) -> Any:
        root, *rest = path.split(".")
        context = self._contexts[root]  # a context that is not there at all is a mistake of the workflow
        for each in rest:
            context = context.get(each) if isinstance(context, Mapping) else None
        return context

    def _takes(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == sign:
            self._tokens.pop(0)
            return True
        return False


def _tokens(text: str) -> list[str]:
    result, at = [], 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        assert token, f"not understood: {text[at:]}"
        result.append(token[0].strip())
        at = token.end()
    return result


def _same(one: Any, other: Any) -> bool:
    """As GitHub compares: text whatever its case, null as empty text."""
    return _shown(one).lower() == _shown(other).lower()


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
