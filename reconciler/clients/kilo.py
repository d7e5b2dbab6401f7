"""Kilo Code: a fork of opencode with the same configuration.

Kilo's command line and its editor extension read the file.

https://kilo.ai/docs/cli
"""

from __future__ import annotations

from reconciler.clients.opencode import tool_like_opencode

TOOL = tool_like_opencode(
    name="kilo",
    title="Kilo Code",
    package="@kilocode/cli",
    tried="7.7.9",
    variable="KILO_CONFIG_DIR",
    files=("kilo.jsonc", "kilo.json", "opencode.jsonc", "opencode.json", "config.json"),
)
