"""The settings that a tool needs in its own configuration. No environment variable can provide these settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reconciler import codes
from reconciler.diagnostics import Diagnostic, note
from reconciler.text import printable

_OWN_TO_LLM = re.compile(r"(gpt|o\d|chatgpt)[\w.:-]*")  # models that llm knows without a plugin or configuration


def advice(words: Sequence[str], model: str | None) -> Iterator[Diagnostic]:
    """Yield notes about the tool that is about to run. `words` are the tool's command line."""
    name = re.split(r"[/\\]", words[0])[-1].removesuffix(".exe") if words else ""
    if name == "gemini":
        summary = "Gemini CLI reads the variables only if its settings select an API key"
        hint = 'add to ~/.gemini/settings.json: {"security": {"auth": {"selectedType": "gemini-api-key"}}}'
        yield note(
            codes.TOOL_NEEDS_MORE,
            summary,
            detail="Without this setting, Gemini CLI fails with `Invalid auth method selected`.",
            hint=hint,
        )
    if name == "llm" and model and not _OWN_TO_LLM.fullmatch(model):
        summary = f"llm does not know the model `{printable(model, 80)}` by itself"
        detail = "llm reads base URL and key from the environment only for the OpenAI models that it knows."
        hint = "add the model to extra-openai-models.yaml in the directory that `llm logs path` prints"
        yield note(codes.TOOL_NEEDS_MORE, summary, detail=detail, hint=hint)
