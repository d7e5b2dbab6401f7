"""The words that other tools use for purposes and variables. Messages use these words to give hints."""

from __future__ import annotations

import re

from reconciler.pattern import pattern
from reconciler.yaml.tree import Node, Scalar

# The words of vendors' pages and of other tools.
PURPOSES_MEANT = {
    **dict.fromkeys(("audio", "speech", "tts", "stt", "transcription", "transcribe"), "voice"),
    **dict.fromkeys(("images", "image-generation", "picture", "video"), "image"),
    **dict.fromkeys(("embeddings", "embed", "vector"), "embedding"),
    **dict.fromkeys(("text", "llm", "completion", "completions", "responses", "instruct"), "chat"),
}
_VARIABLE = pattern(
    r"\$\{(?:env:)?(?P<braced>[A-Za-z_]\w*)(?::-[^}]*)?\}|\$(?:env:)?(?P<shell>[A-Za-z_]\w*)|%(?P<windows>[A-Za-z_]\w*)%"
    r"|(?:os\.environ/|process\.env\.|env:|env\.)(?P<other>[A-Za-z_]\w*)|\{\{\s*(?:env\.)?(?P<jinja>[A-Za-z_]\w*)\s*\}\}"
    r"|(?P<alone>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)",
    re.ASCII,
)
_LONGEST = 60


def variable_in(node: Node | None) -> str:
    """Return the variable's name if the value refers to a variable in another tool's syntax.

    If the value may be a key, return "".
    """
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or len(node.value) > _LONGEST:
        return ""
    match = _VARIABLE.fullmatch(node.value.strip())
    return next(filter(None, match.groups()), "") if match else ""
