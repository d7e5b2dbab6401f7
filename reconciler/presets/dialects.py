"""The names of all dialects.

Each dialect is a module of `reconciler.live.dialects`. gwctl imports the module when an endpoint uses the dialect.
"""

from __future__ import annotations

from reconciler.address import Api

DIALECTS = (
    "openai",
    "anthropic",
    "gemini",
    "ollama",
    "cohere",
    "cloudflare",
    "deepgram",
    "elevenlabs",
    "bedrock",
    "vertex",
)

# The APIs of a server whose preset names none. Dialects that are not named here speak none of the three.
APIS_OF_DIALECTS: dict[str, tuple[Api, ...]] = {
    "openai": ("chat",),
    "ollama": ("chat",),
    "cloudflare": ("chat",),
    "anthropic": ("messages",),
}
