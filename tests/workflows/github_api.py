"""The part of GitHub's REST API that the workflows use, on a Unix socket: for the real `gh`.

Comments, issues and labels are kept as GitHub would keep them, and a token can do what its job's `permissions` say. A
request for anything else is remembered as unexpected. https://docs.github.com/en/rest/issues
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

BOT = "github-actions[bot]"
_DENIED = 403, {"message": "Resource not accessible by integration"}
Answer = tuple[int, Any]


class GitHub:
    """One repository's comments and issues; `rights` are those of the token of the job that runs now."""

    def __init__(self, repository: str = "acme/ai") -> None:
        self.repository = repository
        self.rights: dict[str, str] = {}
        self.comments: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.labels: list[str] = []
        self.secrets: list[tuple[str, str]] = []  # of which environment, and by which name
        self.calls: list[tuple[str, str]] = []
        self.unexpected: list[str] = []
        self._folder = Path(tempfile.mkdtemp(prefix="gh-"))  # a socket's path has to be short
        self._server = _Server(str(self._folder / "api"), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        (self._folder / "config.yml").write_text(f"http_unix_socket: {self._folder / 'api'}\n")

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead `gh` here instead of to api.github.com."""
        return {"GH_CONFIG_DIR": str(self._folder), "GH_NO_UPDATE_NOTIFIER": "1"}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._folder)

    def comment(self, number: int, body: str, author: str = BOT) -> dict[str, Any]:
        """Somebody comments on an issue or a pull request."""
        document = {"id": 1000 + len(self.comments), "issue": number, "body": body, "user": {"login": author}}
        self.comments.append(
            document | {"html_url": f"https://github.com/{self.repository}/pull/{number}#c{document['id']}"}
        )
        return self.comments[-1]

    def issue(self, body: str, author: str = BOT, **more: Any) -> dict[str, Any]:
        """Somebody opens an issue."""
        number = 1 + len(self.issues)
        document = {"number": number, "state": "open", "labels": [], "body": body, "user": {"login": author}}
        self.issues.append(document | {"html_url": f"https://github.com/{self.repository}/issues/{number}"} | more)
        return self.issues[-1]

    def answer(self, method: str, path: str, query: dict[str, str], given: dict[str, Any]) -> Answer:
        """Return GitHub's answer."""
        self.calls.append((method, path))
        root = f"/repos/{self.repository}"
        if match := re.fullmatch(rf"{root}/issues/(\d+)/comments", path):
            return self._comments(method, int(match[1]), given)
        if match := re.fullmatch(rf"{root}/issues/comments/(\d+)", path):
            return self._change(
                method, self.comments, key="id", value=int(match[1]), given=given, rights=("pull-requests", "issues")
            )
        if match := re.fullmatch(rf"{root}/issues/(\d+)", path):
            return self._change(method, self.issues, key="number", value=int(match[1]), given=given, rights=("issues",))
        if path == f"{root}/issues":
            return self._issues(method, query, given)
        if path == f"{root}/labels" and method == "POST":
            return self._label(given["name"])
        if match := re.fullmatch(rf"{root}/environments/([^/]+)/secrets/(\S+)", path):
            return self._secret(method, match[1], match[2])
        self.unexpected.append(f"{method} {path}")
        return 404, {"message": "Not Found"}

    def _may(self, level: str, *rights: str) -> bool:
        return any(self.rights.get(each) in (level, "write") for each in rights)

    def _comments(self, method: str, number: int, given: dict[str, Any]) -> Answer:
        if not self._may("read" if method == "GET" else "write", "pull-requests", "issues"):
            return _DENIED
        if method == "GET":
            return 200, [comment for comment in self.comments if comment["issue"] == number]
        return 201, self.comment(number, given["body"])

    def _issues(self, method: str, query: dict[str, str], given: dict[str, Any]) -> Answer:
        if not self._may("read" if method == "GET" else "write", "issues"):
            return _DENIED
        if method == "POST":
            return 201, self.issue(given["body"], title=given["title"], labels=given["labels"])
        assert query["sort"] == "created"
        wanted = [
            issue for issue in self.issues if issue["state"] == query["state"] and query["labels"] in issue["labels"]
        ]
        return 200, wanted if query["direction"] == "asc" else wanted[::-1]

    def _change(
        self,
        method: str,
        rows: list[dict[str, Any]],
        key: str,
        value: int,
        given: dict[str, Any],
        rights: tuple[str, ...],
    ) -> Answer:
        row = next((row for row in rows if row[key] == value), None)
        if method != "PATCH" or row is None:
            return 404, {"message": "Not Found"}
        if not self._may("write", *rights):
            return _DENIED
        row.update(given)
        return 200, row

    def _secret(self, method: str, environment: str, name: str) -> Answer:
        """It comes encrypted, and nobody here has the key: any 32 bytes are a public one."""
        if method == "GET":
            return 200, {"key_id": "1", "key": base64.b64encode(bytes(range(32))).decode()}
        self.secrets.append((environment, name))
        return 201, {}

    def _label(self, name: str) -> Answer:
        if not self._may("write", "issues", "pull-requests"):
            return _DENIED
        if name in self.labels:
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}
        self.labels.append(name)
        return 201, {"name": name}


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def _handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            length = int(self.headers.get("content-length") or 0)
            document = json.loads(self.rfile.read(length) or "{}")
            status, body = github.answer(self.command, parts.path, query, document)
            if isinstance(body, list):
                body, link = _page(body, query, parts.path)
            else:
                link = ""
            self._send(status, json.dumps(body).encode(), link)

        def _send(self, status: int, data: bytes, link: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer

        def address_string(self) -> str:
            return "gh"

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    return Handler


def _page(rows: list[Any], query: dict[str, str], path: str) -> tuple[list[Any], str]:
    """One page, and the header that names the next."""
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    more = len(rows) > number * size
    others = urlencode({name: value for name, value in query.items() if name != "page"})
    link = f'<https://api.github.com{path}?{others}&page={number + 1}>; rel="next"' if more else ""
    return rows[(number - 1) * size : number * size], link


@pytest.fixture
def github() -> Iterator[GitHub]:
    """GitHub's API for `gh`; skipped by name where there is no `gh`."""
    if not shutil.which("gh"):
        pytest.skip("gh: not installed (https://cli.github.com)")
    github = GitHub()
    yield github
    github.close()
    assert github.unexpected == []
