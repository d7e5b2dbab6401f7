"""The runner's reading of a step's output: its workflow commands, and the rest as the log.

After https://github.com/actions/runner: ActionCommand.cs, ActionCommandManager.cs. A line that begins with `::`, white
space aside, is a command, and so is `##[` anywhere in a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KNOWN = [
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice"),
    *("remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning"),
]
_ESCAPES = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


@dataclass
class Log:
    """The commands that were obeyed, what is masked, and the lines as they are shown."""

    commands: list[tuple[str, str]] = field(default_factory=list)
    masked: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    _token: str | None = None

    @property
    def text(self) -> str:
        """All that a reader of the log sees."""
        return "\n".join(self.lines)

    def feed(self, output: str) -> None:
        """The output of one step; commands are obeyed anew in each."""
        self._token = None
        for line in output.splitlines():
            if not self._obeyed(line):
                self.lines.append(self._shown(line))

    def _obeyed(self, line: str) -> bool:
        result = _command(line, [*_KNOWN, self._token] if self._token else _KNOWN)
        if result is None:
            return False
        name, data = result
        if self._token:
            if name != self._token:
                return False
            self._token = None
            return True
        self.commands.append((name, data))
        if name == "stop-commands":
            self._token = data.lower()
        if name == "add-mask":
            self.masked.add(data)
        return True

    def _shown(self, line: str) -> str:
        for secret in sorted(self.masked, key=len, reverse=True):
            line = line.replace(secret, "***")
        return line


def _command(line: str, known: list[str]) -> tuple[str, str] | None:
    for pattern in (r"^\s*::([^ :]*)(?: .*?)?::(.*)$", r"##\[([^\] ]*)(?: [^\]]*)?\](.*)$"):
        match = re.search(pattern, line)
        if match and match[1].lower() in known:
            return match[1].lower(), _unescaped(match[2])
    return None


def _unescaped(data: str) -> str:
    for written, meant in _ESCAPES:
        data = data.replace(written, meant)
    return data
