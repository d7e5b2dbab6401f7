"""The tools that gwctl can configure: the name of each, and the module that knows it."""

from __future__ import annotations

from importlib import import_module

from reconciler.clients.tool import Tool

TOOLS = {  # the name in the gateway file → the module in this room
    "claude-code": "claude_code",
    "codex": "codex",
    "opencode": "opencode",
    "kilo": "kilo",
    "vscode": "vscode",
    "litellm": "litellm",
    "dotenv": "dotenv",
    "direnv": "direnv",
}


def tool_named(name: str) -> Tool | None:
    """Return the tool of that name; None where gwctl knows none."""
    if name not in TOOLS:
        return None
    tool: Tool = import_module(f"reconciler.clients.{TOOLS[name]}").TOOL
    return tool


def all_tools() -> tuple[Tool, ...]:
    """Return every tool, in the order of the registry."""
    return tuple(tool for tool in map(tool_named, TOOLS) if tool)
