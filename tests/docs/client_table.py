"""The table of all tools in docs/clients/README.md, made from their modules: python -m tests.docs.client_table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reconciler.clients.registry import PRINTED, RUN, TOOLS, printed_named
from reconciler.clients.tool import Tool

PAGE = Path(__file__).parents[2] / "docs" / "clients" / "README.md"
_PAGES = {  # {tool: its page, where that has another name}
    "kilo": "opencode", "copilot": "copilot-cli", "dotenv": "direnv", "open-webui-compose": "open-webui",
    "cursor": "steps", "jetbrains": "steps", "cline": "steps", "llm": "run", "aider": "run",
}  # fmt: skip
_KEYS = {"helper": "a command that prints the key", "env": "a variable", "none": ""}
_IN_PART = {"dotenv": "python-dotenv 1.2.4", "librechat": "its schema 0.8.524", "goose": "goose-sdk 0.1.0a13"}
_OF_EACH_USER = ("claude-managed",)
_TABLE = re.compile(r"(?<=<!-- tools: made by `python -m tests.docs.client_table` -->\n\n).*?(?=\n\n)", re.DOTALL)
_COLUMNS = ("tool", "in `clients:`", "`file: own`", "`file: shared`", "how it gets the key", "tried")


def page() -> str:
    """Return the whole page, with the table as the code has it."""
    return _TABLE.sub(lambda _: table(), PAGE.read_text(encoding="utf-8"), count=1)


def table() -> str:
    """Return the table: the tools with a file, those for which a text is printed, those that `gwctl run` starts."""
    head = [f"| {' | '.join(_COLUMNS)} |", "| --- " * len(_COLUMNS) + "|"]
    return "\n".join([*head, *_rows()])


def page_of(name: str) -> str:
    """Return the name of the page on a tool."""
    return f"{_PAGES.get(name, name)}.md"


def _rows() -> Iterator[str]:
    for name in TOOLS:
        tool = printed_named(name)
        assert tool
        yield _row(
            tool.title, name, f"`{name}`", _use(tool, "own"), _use(tool, "shared"), _key(tool), _tried(name, tool.tried)
        )
    for name in PRINTED:
        tool = printed_named(name)
        assert tool
        yield _row(
            tool.title, name, f"no: `gwctl export {name}`", "printed", "no", _key(tool), _tried(name, tool.tried)
        )
    for name, (title, command, tried) in RUN.items():
        yield _row(title, name, f"no: `gwctl run -- {command}`", "no", "no", "a variable", _tried(name, tried))


def _row(title: str, name: str, *cells: str) -> str:
    return f"| [{title}]({page_of(name)}) | {' | '.join(cells)} |"


def _tried(name: str, version: str) -> str:
    return version or _IN_PART.get(name, "not tried")


def _use(tool: Tool, use: str) -> str:
    if use not in tool.uses:
        return "no"
    return "yes (default)" if tool.uses[0] == use == "own" and not tool.needs_path else "yes"


def _key(tool: Tool) -> str:
    """Return the ways to a key; a tool without one keeps the key in its own store."""
    if tool.name in _OF_EACH_USER:
        return "a variable of each user"
    ways = [_KEYS[way] for way in tool.keys if _KEYS[way]]
    return ", or ".join(ways) if ways and tool.keys[0] != "none" else "you enter the key once"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
