"""The gateway file of a test with a real server: one endpoint, whose key is in the variable GATEWAY_KEY."""

from __future__ import annotations

GATEWAY = """
    version: 1
    name: acme
    endpoints:
      gateway:
        preset: {preset}
        base_url: {url}
        key: {{env: GATEWAY_KEY}}{models}
        timeout: 20s
    defaults:
      chat: gateway/{chat}
    """


def declared(*, preset: str, url: str) -> str:
    """A file that declares the one model which both real servers serve."""
    return GATEWAY.format(preset=preset, url=url, models="\n        models: [gpt-4o-mini]", chat="gpt-4o-mini")


def listed(*, preset: str, url: str, chat: str) -> str:
    """A file whose models come from the server's list."""
    return GATEWAY.format(preset=preset, url=url, models="", chat=chat)
