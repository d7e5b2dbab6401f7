"""The reaction to each answer of a state server, GitLab's too."""

from __future__ import annotations

import hashlib

import pytest

from tests.state.http_client import ANA, GITLAB, PASSWORD, PATH, Serve, store
from tests.state.places.actions import enter, failure
from tests.support.state_rules import Answered, GitLabRules, Kept, TerraformRules, saying
from tests.support.state_server import Instead


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_server_that_does_not_lock_is_read_and_not_written(state_servers: Serve, status: int) -> None:
    server = state_servers()
    store(server).write(b"1", None)
    server.answers("LOCK", *[Instead(Answered(status))] * 2)
    version = store(server).read().version
    for doing in (lambda: store(server).write(b"2", version), lambda: enter(store(server))):
        diagnostic = failure(doing)
        assert (diagnostic.code, "has no locks" in diagnostic.summary) == ("STATE_UNWRITABLE", True)
        assert "GWCTL_HTTP_LOCK_ADDRESS" in diagnostic.hint
    assert server.kept(PATH).latest == b"1"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_was_carried_out_all_the_same_is_known_as_such(state_servers: Serve, status: int) -> None:
    server = state_servers()
    server.answers("POST", Instead(Answered(status), after=True))
    assert store(server).write(b"1", None) == hashlib.sha256(b"1").hexdigest()
    assert (list(server.kept(PATH).versions.values()), server.kept(PATH).lock) == ([b"1"], None)


def test_a_write_is_sent_once(state_servers: Serve) -> None:
    for status in (429, 500, 502, 503, 504):
        server = state_servers()
        server.answers("POST", Instead(Answered(status, headers={"Retry-After": "0"})))
        assert failure(lambda: store(server).write(b"1", None)).code == "STATE_UNWRITABLE"  # noqa: B023
        assert [each.method for each in server.asked].count("POST") == 1
        # Behind a proxy that gave up the server may still be at work: nobody comes in until it must have ended.
        assert bool(server.kept(PATH).lock) == (status in (502, 504))


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (Answered(413), "STATE_UNWRITABLE", "too large for the server (HTTP 413)"),
        (Answered(412), "STATE_CHANGED", ""),
        (saying(422, {"message": "No serial\x1b[2J in payload"}), "STATE_UNWRITABLE", "HTTP 422: No serial\\e[2J in"),
        (Answered(400, b"<html>no</html>"), "STATE_UNWRITABLE", "HTTP 400"),
        (Answered(403), "STORE_REFUSED", "(HTTP 403)"),
        (Answered(308, headers={"Location": "https://u:p@other.test/x?token=y"}), "STORE_REFUSED", "other.test/x"),
    ],
)
def test_a_write_that_is_not_taken_is_said(state_servers: Serve, answer: Answered, code: str, said: str) -> None:
    server = state_servers()
    server.answers("POST", Instead(answer))
    diagnostic = failure(lambda: store(server).write(b"1", None), "u:p", "token=y")
    assert (diagnostic.code, said in diagnostic.summary) == (code, True), diagnostic
    assert diagnostic.summary.isprintable()
    assert (server.kept(PATH).versions, server.kept(PATH).lock) == ({}, None)


def test_a_write_over_somebody_s_who_does_not_lock_is_refused_by_the_etag(state_servers: Serve) -> None:
    class Unlocked(TerraformRules):
        def answer(self, action, path, query, body, user, match):
            if action == "write":
                self.kept[path].versions[99] = b"by somebody who does not lock"
            return super().answer(action, path, query, body, user, match)

    server = state_servers(Unlocked(etags=True))
    server.rules.kept[PATH] = Kept({1: b"1"})
    one = store(server)
    assert failure(lambda: one.write(b"2", one.read().version)).code == "STATE_CHANGED"
    assert b"2" not in server.kept(PATH).versions.values()


def test_an_etag_that_a_request_cannot_have_does_not_prevent_a_write(state_servers: Serve) -> None:
    server = state_servers()
    server.rules.kept[PATH] = Kept({1: b"1"})
    odd = Instead(Answered(200, b"1", {"ETag": '"\xe9"'}))
    server.answers("GET", odd, odd)
    one = store(server)
    one.write(b"2", one.read().version)
    assert b"2" in server.kept(PATH).versions.values()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answered(500), "HTTP 500"),
        (Answered(200, b"<html>", {"Content-Type": "text/html; charset=utf-8"}), "a web page"),
        (Answered(200, b"1", {"Content-MD5": "AAAA"}), "damaged"),
        (saying(400, {"error": "no\nway"}), "HTTP 400: no way"),
    ],
)
def test_what_is_not_surely_a_state_is_not_taken_for_one(state_servers: Serve, answer: Answered, said: str) -> None:
    server = state_servers()
    server.answers("GET", Instead(answer))
    diagnostic = failure(store(server).read)
    assert (diagnostic.code, said in diagnostic.summary) == ("STATE_UNREADABLE", True), diagnostic.summary


@pytest.mark.parametrize("answer", [Answered(204), Answered(404), Answered(200)])
def test_nothing_is_there(state_servers: Serve, answer: Answered) -> None:
    server = state_servers()
    server.answers("GET", Instead(answer))
    assert store(server).read() is None


def test_a_busy_server_is_asked_again_for_what_may_be_asked_twice(state_servers: Serve) -> None:
    server = state_servers()
    busy = Instead(Answered(429, headers={"Retry-After": "0"}))
    server.answers("GET", busy, busy)
    server.answers("LOCK", busy)
    store(server).write(b"1", None)
    assert server.kept(PATH).latest == b"1"


def test_a_redirect_is_not_followed(state_servers: Serve) -> None:
    server, other = state_servers(), state_servers()
    server.answers("GET", Instead(Answered(302, headers={"Location": f"{other.url}/x"})))
    diagnostic = failure(store(server, environ=ANA).read, PASSWORD)
    assert (diagnostic.code, f"{other.url}/x" in diagnostic.summary) == ("STORE_REFUSED", True)
    assert other.asked == []


def test_a_project_that_cannot_be_seen_is_not_an_empty_state(state_servers: Serve) -> None:
    server = state_servers(GitLabRules())
    one = store(server, GITLAB.replace("gateway", "secret"))
    for doing in (one.read, lambda: enter(one), lambda: one.write(b"1", None)):
        diagnostic = failure(doing)
        assert (diagnostic.code, "has no access to it" in diagnostic.summary) == ("STORE_REFUSED", True)
    assert store(server, GITLAB).read() is None


def test_a_developer_reads_and_does_not_write(state_servers: Serve) -> None:
    server = state_servers(GitLabRules(readers=("ben",)), lambda user, _: user)
    store(server, GITLAB, ANA).write(b'{"serial": 1}', None)
    ben = store(server, GITLAB, ANA | {"GWCTL_HTTP_USERNAME": "ben"})
    assert ben.read()
    diagnostic = failure(lambda: enter(ben), PASSWORD)
    assert diagnostic.code == "STORE_REFUSED"
    assert "the user ben is not allowed to do this (HTTP 403)" in diagnostic.summary
    assert "Maintainer" in diagnostic.hint


def test_gitlab_refuses_a_serial_that_it_has(state_servers: Serve) -> None:
    server = state_servers(GitLabRules())
    one = store(server, GITLAB)
    version = one.write(b'{"serial": 7}', None)
    diagnostic = failure(lambda: one.write(b'{"serial": 7, "x": 1}', version))
    assert (diagnostic.code, "HTTP 422" in diagnostic.summary) == ("STATE_UNWRITABLE", True)
    assert not server.kept(GITLAB).lock
