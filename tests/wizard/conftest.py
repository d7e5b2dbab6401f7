"""Somebody at a terminal of 80 × 24 who answers the questions of a command, one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

DOWN, CLEAR, ENTER, CTRL_C = "\x1b[B", "\x15", "\r", "\x03"
Answers = Iterable[tuple[str, str]]  # (a part of the question, what is typed once it is on the screen)
GATEWAY = """\
# Owner: team acme
version: 1
name: acme

endpoints:
    own:   # declared, so that no server is needed
        base_url: 'http://localhost:9'
        models: [ m ]   # one

defaults: {chat: own/m}
"""


class Person:
    """Starts `gwctl` at a terminal and answers."""

    def __init__(self, start: Callable[..., Terminal], gwctl) -> None:
        self._start = start
        self.gwctl = gwctl
        self.at: Terminal | None = None

    def runs(self, *words: str, columns: int = 80, **environ: str) -> Terminal:
        """Start that command line at a terminal that wide."""
        environ = {**self.gwctl.environ, "HOME": self.gwctl.environ["HOME"], **environ}
        self.at = self._start(self.gwctl.command(*words), self.gwctl.folder, environ, columns)
        return self.at

    def answers(self, answers: Answers) -> None:
        """Answer each question when it is on the screen, below the question before it."""
        assert self.at
        seen = 0
        for question, typed in answers:
            self.at.until(lambda wanted=question, before=seen: wanted in self.at.screen.text[before:])
            seen = self.at.screen.text.rindex(question) + len(question)
            self.at.types(typed)

    @property
    def files(self) -> dict[str, bytes]:
        """What is in the folder of the gateway file."""
        return contents(self.gwctl.folder)


def contents(folder: Path) -> dict[str, bytes]:
    """{path: content} of every file below."""
    return {os.path.relpath(path, folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def person(terminal, gwctl) -> Person:
    """A person in an empty folder."""
    return Person(terminal, gwctl)


@pytest.fixture
def acme(person) -> Person:
    """A person in a folder with a gateway file."""
    (person.gwctl.folder / "gateway.yaml").write_text(GATEWAY)
    return person
