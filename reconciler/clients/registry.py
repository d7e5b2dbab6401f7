"""The registry of the tools that gwctl can configure: {name: module}."""

from __future__ import annotations

from importlib import import_module

from reconciler.clients.tool import Tool

TOOLS = {  # {name in the gateway file: module in this directory}
    "claude-code": "claude_code",
    "codex": "codex",
    "opencode": "opencode",
    "kilo": "kilo",
    "vscode": "vscode",
    "litellm": "litellm",
    "dotenv": "dotenv",
    "direnv": "direnv",
    "copilot": "copilot",
}


def tool_named(name: str) -> Tool | None:
    """Return the tool with that name. If gwctl does not know the name, return None."""
    if name not in TOOLS:
        return None
    tool: Tool = import_module(f"reconciler.clients.{TOOLS[name]}").TOOL
    return tool


def all_tools() -> tuple[Tool, ...]:
    """Return every tool, in the order of the registry."""
    return tuple(tool for tool in map(tool_named, TOOLS) if tool)
