"""The registry {name: module} of the tools that gwctl can configure, and of the tools for which gwctl prints a text."""

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
    "librechat": "librechat",
    "continue": "continue_",
    "goose": "goose",
    "zed": "zed",
    "pi": "pi",
    "crush": "crush",
    "qwen": "qwen",
}
PRINTED = {  # {what `gwctl export` prints besides the files of tools: (module in `printed`, value)}
    "claude-managed": ("claude_managed", "TOOL"),
    "open-webui": ("open_webui", "SHELL"),
    "open-webui-compose": ("open_webui", "COMPOSE"),
    "cursor": ("steps", "CURSOR"),
    "jetbrains": ("steps", "JETBRAINS"),
    "cline": ("steps", "CLINE"),
}
RUN = {  # {a tool that `gwctl run` starts, without a file: (title, its command, the version that was tried)}
    "gemini-cli": ("Gemini CLI", "gemini", "0.61.0"),
    "llm": ("llm", "llm", "0.36"),
    "aider": ("aider", "aider", "0.86.2"),
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


def printed_named(name: str) -> Tool | None:
    """Return the tool whose file or text `gwctl export` prints under this name, or None if the name is unknown."""
    if name not in PRINTED:
        return tool_named(name)
    module, value = PRINTED[name]
    tool: Tool = getattr(import_module(f"reconciler.clients.printed.{module}"), value)
    return tool


def other_way(name: str) -> str:
    """Return the command for a tool that gwctl does not configure with a file, or "" for an unknown name."""
    if name in PRINTED:
        return f"gwctl export {name}"
    return f"gwctl run -- {RUN[name][1]}" if name in RUN else ""
