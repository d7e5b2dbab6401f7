"""The dialects by name; `presets.preset.DIALECTS` lists the same names."""

from __future__ import annotations

from reconciler.live.dialects import (
    anthropic,
    bedrock,
    cloudflare,
    cohere,
    deepgram,
    elevenlabs,
    gemini,
    ollama,
    openai,
    vertex,
)
from reconciler.live.dialects.dialect import ChatDialect, Dialect

LISTS: dict[str, Dialect] = {
    "openai": openai,
    "anthropic": anthropic,
    "gemini": gemini,
    "ollama": ollama,
    "cohere": cohere,
    "cloudflare": cloudflare,
    "deepgram": deepgram,
    "elevenlabs": elevenlabs,
    "bedrock": bedrock,
    "vertex": vertex,
}
CHATS: dict[str, ChatDialect] = {"openai": openai, "anthropic": anthropic, "ollama": ollama, "cloudflare": openai}
