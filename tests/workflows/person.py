"""Somebody at a terminal, with a home, a keychain and an environment of their own, who types what a document says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.keychain import FakeKeychain
from tests.support.terminal import Terminal
from tests.workflows.jobs import Environ

_AFTER = "\npwd > ~/.directory\ndeclare -px > ~/.environment\n"


class Person:
    """Types block after block; directory and environment stay as the last one left them."""

    def __init__(self, home: Path, programs: Path, environ: Environ) -> None:
        home.mkdir()
        self.home = home
        self.keychain = FakeKeychain(home / "keychain.json")
        base = {"HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin", "TERM": "dumb", "COLUMNS": "200"}
        self._environ = base | self.keychain.environ | environ
        (home / ".directory").write_text(f"{home}\n")
        (home / ".environment").write_text("")

    def types(self, text: str, answers: Mapping[str, str] | None = None) -> str:
        """Return the terminal's output. Each question is answered as `answers` says, and with yes without them."""
        script = self.home / ".typed"
        script.write_text(f'. ~/.environment; cd "$(cat ~/.directory)"\n{text}{_AFTER}')
        terminal = Terminal(
            ["bash", "--noprofile", "--norc", "-euo", "pipefail", str(script)], self.home, self._environ, columns=200
        )
        try:
            code = terminal.answers(answers) if answers else terminal.ends(answer="y")
            shown = terminal.text
        finally:
            terminal.close()
        print(shown)  # pytest shows it where the test fails
        assert code == 0
        assert "Traceback" not in shown
        return shown
