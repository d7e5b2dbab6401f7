"""The forms in which configurations name a variable or a file instead of a value.

LiteLLM uses `os.environ/NAME` (https://docs.litellm.ai/docs/proxy/configs). opencode uses `{env:NAME}` and
`{file:PATH}` (https://opencode.ai/docs/config/#variables). Shells and dotenv files use `$NAME` and `${NAME}`. Continue
uses `${{ secrets.NAME }}` (https://docs.continue.dev/reference).
"""

from __future__ import annotations

import re

from reconciler.imports.configuration import FoundKey
from reconciler.yaml.tree import Scalar

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_VARIABLE = re.compile(
    rf"os\.environ/({_NAME})|\{{env:({_NAME})\}}|\$({_NAME})|\$\{{({_NAME})\}}|\$\{{\{{\s*secrets\.({_NAME})\s*\}}\}}"
)
_IN_URL = re.compile(rf"^os\.environ/({_NAME})$|\{{env:({_NAME})\}}|^\$({_NAME})$|\$\{{({_NAME})\}}")
_FILE = re.compile(r"\{file:([^{}\x00-\x1f]+)\}")
# What people write where the client requires a key but the server needs none.
_NO_KEY = frozenset(
    {"none", "null", "empty", "dummy", "fake", "no-key", "not-needed", "not-required", "anything", "na"}
)


def is_variable(name: str) -> bool:
    """Return whether the text can be the name of an environment variable."""
    return bool(re.fullmatch(_NAME, name))


def key_at(node: Scalar | None, name: str) -> FoundKey | None:
    """Return the place of the key that the field `name` contains or names. If there is no key, return None."""
    text = str(node.value).strip() if node else ""
    if node is None or not text or text.lower().replace("_", "-") in _NO_KEY:
        return None
    if match := _VARIABLE.fullmatch(text):
        return FoundKey(variable=_first(match))
    if match := _FILE.fullmatch(text):
        return FoundKey(file=match[1].strip())
    return FoundKey(held=node.source, name=name)


def open_url(text: str) -> str:
    """Return a base URL in the syntax of gateway files, with each reference to a variable as `${NAME}`."""
    return _IN_URL.sub(lambda match: f"${{{_first(match)}}}", text)


def _first(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)
