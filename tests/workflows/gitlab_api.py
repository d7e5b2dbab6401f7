"""A GitLab for pipelines: its managed state, and the notes of merge requests. https://docs.gitlab.com/api/notes/"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.state_rules import Answered, GitLabRules, saying
from tests.support.state_server import StateServer

JOB_TOKEN, NOTE_TOKEN = "job-7f341d0", "note-22c81aa"
BOT, OTHER = 17, 4  # users


class _Rules(GitLabRules):
    prefix = "/api/v4/projects/1234/terraform/state/"


class GitLab(StateServer):
    """Project 1234; whoever has the job's token is a maintainer, whoever has the other one writes notes."""

    def __init__(self) -> None:
        super().__init__(_Rules(), lambda user, token: user if token == JOB_TOKEN else None)
        self.notes: list[dict[str, Any]] = []
        self.api = f"{self.url}/api/v4"

    def note(self, body: str, author: int) -> dict[str, Any]:
        """Somebody writes one."""
        self.notes.append({"id": 500 + len(self.notes), "body": body, "author": {"id": author}})
        return self.notes[-1]

    def answer_to(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answered:
        """Notes and the user here, all else is the state's."""
        parts = urlsplit(target)
        if "/terraform/state/" in parts.path:
            return super().answer_to(method, target, headers, body)
        if headers.get("private-token") != NOTE_TOKEN:
            return Answered(401)
        if (method, parts.path) == ("GET", "/api/v4/user"):
            return saying(200, {"id": BOT})
        match = re.fullmatch(r"/api/v4/projects/1234/merge_requests/3/notes(?:/(\d+))?", parts.path)
        return self._notes(method, match[1], parts.query, body) if match else Answered(404)

    def _notes(self, method: str, number: str | None, query: str, body: bytes) -> Answered:
        if method == "GET":
            given = {name: int(values[0]) for name, values in parse_qs(query).items() if name in ("page", "per_page")}
            begin = (given["page"] - 1) * given["per_page"]
            return saying(200, self.notes[begin : begin + given["per_page"]])
        text = json.loads(body)["body"]
        if method == "POST":
            return saying(201, self.note(text, BOT))
        row = next(note for note in self.notes if note["id"] == int(number or 0))
        row["body"] = text
        return saying(200, row)


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    """A GitLab on this machine."""
    gitlab = GitLab()
    yield gitlab
    gitlab.close()
