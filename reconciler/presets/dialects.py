"""The names of all dialects.

Each dialect is a module of `reconciler.live.dialects`. The module is imported when an endpoint uses the dialect.
"""

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
