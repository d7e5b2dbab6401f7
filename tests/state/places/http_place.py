"""A state on an HTTP state server, Terraform's kind and GitLab's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import pytest

from reconciler.state.stores.http.store import HttpStore
from tests.state.places.actions import enter
from tests.state.places.place import Place
from tests.support.bindings import agreed_store
from tests.support.cut_proxy import Cutting
from tests.support.state_rules import GitLabRules, TerraformRules
from tests.support.state_server import Knows, StateServer

SERVERS: dict[int, StateServer] = {}  # by port, of this process


@dataclass(frozen=True)
class HttpPlace(Place):
    """Its lock stands until it is dead: not long here, and a minute for gwctl."""

    variable: str = "GWCTL_HTTP_PASSWORD"
    patience: float = 10
    lease: float = 3.0
    renews: bool = False
    path: str = ""

    def opened(self, environ: dict[str, str]) -> HttpStore:
        from reconciler.live.http.store_exchange import exchange

        return HttpStore(
            self.url,
            environ,
            exchange=exchange,
            lease=self.lease,
            longest=self.patience,
            binding=agreed_store(self.url, environ),
        )

    def fresh(self) -> Self:
        other = self.path[:-8] + secrets.token_hex(4)
        return replace(self, url=self.url.replace(self.path, other), path=other)

    def refused(self) -> Self:
        wrong = secrets.token_urlsafe(18)
        return replace(self, environ=self.environ | {"GWCTL_HTTP_PASSWORD": wrong}, secrets=(*self.secrets, wrong))

    def contents(self) -> list[str]:
        kept = SERVERS[self.port].rules.kept
        return sorted(path for path, stored in kept.items() if stored.versions or stored.lock)

    def good_bye(self) -> int:
        """Letting the lock go is a request as long as taking it."""
        with Cutting(self.port) as watched:
            enter(self.at(watched.port).client())
            return watched.all_sent() // 2 + 16


@dataclass(frozen=True)
class GitLabPlace(HttpPlace):
    """A GitLab store, which tells locks apart by user: each job has its own user and token."""

    def opened(self, environ: dict[str, str]) -> HttpStore:
        job, password = environ.get("CI_JOB_ID", "1"), environ["GWCTL_HTTP_PASSWORD"]
        return super().opened(environ | {"GWCTL_HTTP_PASSWORD": f"{password}~job{job}"})

    def named(self, job: str) -> str:
        return f"job{job}"


def knows(password: str) -> Knows:
    """One password for everybody."""
    return lambda user, given: user if given == password else None


def knows_tokens(secret: str) -> Knows:
    """GitLab goes by the token; the user's name may be anything."""

    def owner(user: str, token: str) -> str | None:
        begin, _, name = token.partition("~")
        return (name or user) if user and begin == secret else None

    return owner


def _served(server: StateServer, kind: type[HttpPlace], path: str, secret: str) -> Iterator[HttpPlace]:
    SERVERS[server.port] = server
    environ = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": secret, "GWCTL_HTTP_ADDRESS": server.url}
    yield kind(server.url + path, environ, port=server.port, secrets=(secret,), path=path)
    del SERVERS[server.port]
    server.close()


@pytest.fixture
def http_place() -> Iterator[HttpPlace]:
    """A server of its own; it gives ETags."""
    secret = secrets.token_urlsafe(18)
    server = StateServer(TerraformRules(etags=True), knows(secret))
    yield from _served(server, HttpPlace, "/states/acme-00000000", secret)


@pytest.fixture
def gitlab_place() -> Iterator[HttpPlace]:
    """A server of its own; it takes any bytes, since those of the contract have no serial."""
    secret = secrets.token_urlsafe(18)
    server = StateServer(GitLabRules(any_bytes=True), knows_tokens(secret))
    yield from _served(server, GitLabPlace, f"{GitLabRules.prefix}acme-00000000", secret)
