"""The set-up that a tool needs beside its environment, which no variable can provide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reconciler import codes
from reconciler.diagnostics import Diagnostic, note
from reconciler.text import printable

_OWN_TO_LLM = re.compile(r"(gpt|o\d|chatgpt)[\w.:-]*")  # what llm speaks to without a plugin or an entry of the user's


def advice(words: Sequence[str], model: str | None) -> Iterator[Diagnostic]:
    """Yield notes on the tool about to run, by its name."""
    name = re.split(r"[/\\]", words[0])[-1].removesuffix(".exe") if words else ""
    if name == "gemini":
        summary = "Gemini CLI reads the variables only if its settings select an API key"
        hint = 'add to ~/.gemini/settings.json: {"security": {"auth": {"selectedType": "gemini-api-key"}}}'
        yield note(
            codes.TOOL_NEEDS_MORE,
            summary,
            detail="Without this setting, it fails with `Invalid auth method selected`.",
            hint=hint,
        )
    if name == "llm" and model and not _OWN_TO_LLM.fullmatch(model):
        summary = f"llm does not know the model `{printable(model, 80)}` by itself"
        detail = "It reads base URL and key from the environment only for the OpenAI models that it knows."
        hint = "add it to extra-openai-models.yaml in the directory that `llm logs path` prints"
        yield note(codes.TOOL_NEEDS_MORE, summary, detail=detail, hint=hint)
