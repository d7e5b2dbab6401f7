"""gwctl's own client of a state server, with all its times, and what a test wants to know of both."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.live.http.store_exchange import exchange
from reconciler.state.stores.http.store import HttpStore
from tests.support.bindings import agreed_store
from tests.support.state_rules import GitLabRules
from tests.support.state_server import StateServer

PATH, GITLAB = "/states/acme", f"{GitLabRules.prefix}acme"
PASSWORD = "quokka-7351-zebra-fjord"
ANA = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": PASSWORD}
JOB = {"CI_JOB_ID": "17", "CI_PROJECT_PATH": "acme/gateway"}
Serve = Callable[..., StateServer]


def store(server: StateServer, path: str = PATH, environ: dict[str, str] | None = None) -> HttpStore:
    """gwctl's own client, with all its times."""
    url, environ = server.url + path, JOB | (environ or {})
    return HttpStore(url, environ, exchange, binding=agreed_store(url, environ))


def asked(server: StateServer) -> list[str]:
    """The requests, without those that the test has looked at before."""
    result = [f"{each.method} {each.path}{' ID' if 'ID' in each.query else ''} {each.status}" for each in server.asked]
    server.asked.clear()
    return result
