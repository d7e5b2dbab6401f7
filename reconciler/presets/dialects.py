"""The one list of the dialects. Each is a module of `reconciler.live.dialects`, loaded where an endpoint speaks it."""

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
