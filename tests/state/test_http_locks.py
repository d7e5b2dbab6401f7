"""The lock of a state server: its holder, its age, and who may break it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.state.stores.http import store as http_store
from reconciler.state.stores.http.lock_info import fresh
from tests.state.http_client import GITLAB, PATH, Serve, asked, store
from tests.state.places.actions import enter, failure
from tests.support.state_rules import Answered, GitLabRules, Kept, TerraformRules, saying
from tests.support.state_server import Instead, StateServer


def terraforms(created: datetime) -> dict[str, str]:
    """The lock info that Terraform 1.11 sends."""
    text = {"ID": "e3c1f0d8-e975-bf77-8bc9-af31ba47504f", "Operation": "OperationTypeApply", "Who": "ben@desk"}
    return text | {"Info": "", "Version": "1.11.4", "Created": f"{created:%Y-%m-%dT%H:%M:%S}.263396559Z", "Path": ""}


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def left_behind(server: StateServer, created: datetime) -> Kept:
    """The lock of a gwctl that was killed."""
    result = server.rules.kept.setdefault(PATH, Kept())
    result.lock = dict(fresh("job 16 of acme/gateway", created).fields)
    return result


def test_another_tool_s_lock_is_not_broken_however_old(state_servers: Serve) -> None:
    for rules, path in ((TerraformRules(), PATH), (GitLabRules(), GITLAB)):
        server = state_servers(rules)
        server.rules.kept[path] = Kept(lock=terraforms(long_ago()))
        diagnostic = failure(lambda: enter(store(server, path)))  # noqa: B023
        assert diagnostic.code == "STATE_LOCKED"
        assert "ben@desk, not by gwctl since " in diagnostic.summary
        assert "gwctl state unlock" in diagnostic.hint
        assert failure(lambda: store(server, path).write(b'{"serial": 1}', None)).code == "STATE_LOCKED"  # noqa: B023
        assert server.kept(path).lock
        assert "ben@desk" in str(store(server, path).unlock())
        assert not server.kept(path).lock
        enter(store(server, path))


def test_gitlab_repeats_our_own_words_which_do_not_make_a_lock_ours(state_servers: Serve) -> None:
    server = state_servers(GitLabRules())
    server.rules.kept[GITLAB] = Kept(lock=terraforms(long_ago()))
    failure(lambda: enter(store(server, GITLAB)))
    answer = server.rules.answer("lock", GITLAB, {}, server.asked[-1].body, "", "")
    assert json.loads(answer.body)["Operation"] == "gwctl", "which it is not"


def test_a_dead_lock_of_gwctl_s_is_taken_over_after_a_minute_and_not_before(state_servers: Serve) -> None:
    server = state_servers()
    left_behind(server, datetime.now(UTC) - timedelta(seconds=55))
    assert "the lock of a killed run expires within a minute" in failure(lambda: enter(store(server))).hint
    left_behind(server, datetime.now(UTC) - timedelta(seconds=65))
    asked(server)
    enter(store(server))
    assert asked(server) == [f"LOCK {PATH} 423", f"UNLOCK {PATH} 200", f"LOCK {PATH} 200", f"UNLOCK {PATH} 200"]


def test_two_who_break_the_same_dead_lock_do_not_both_have_it(state_servers: Serve) -> None:
    server = state_servers()
    dead = left_behind(server, long_ago()).lock
    with store(server).lock():
        server.answers("LOCK", Instead(saying(423, dead)))  # what the second one was told before the first came
        assert failure(lambda: enter(store(server))).code == "STATE_LOCKED"


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_lock_s_age_is_told_by_the_server_s_clock(state_servers: Serve, ahead: int) -> None:
    """A machine whose clock is wrong neither breaks a living lock nor leaves one that stands for ever."""
    server = state_servers()
    server.ahead = ahead
    with store(server).lock():
        created = datetime.fromisoformat(server.kept(PATH).lock["Created"])
        assert abs(created - datetime.now(UTC) - timedelta(seconds=ahead)) < timedelta(seconds=5)
        assert failure(lambda: enter(store(server))).code == "STATE_LOCKED"
    left_behind(server, created - timedelta(seconds=65))
    enter(store(server))


def test_a_lock_whose_time_is_not_told_is_not_broken(state_servers: Serve) -> None:
    server = state_servers()
    left_behind(server, long_ago())
    for created in ("", "yesterday", "9" * 400, "0001-01-01T00:00:00+23:59"):
        server.kept(PATH).lock["Created"] = created
        assert failure(lambda: enter(store(server))).code == "STATE_LOCKED"


def test_what_a_server_says_of_a_holder_drives_no_terminal(state_servers: Serve) -> None:
    server = state_servers()
    server.answers("LOCK", Instead(saying(423, {"ID": "\x1b[2J", "Who": "\x1b]0;x\x07 " * 99, "Created": [7]})))
    diagnostic = failure(lambda: enter(store(server)))
    assert diagnostic.summary.isprintable()
    assert len(diagnostic.summary) < 300


@pytest.mark.parametrize("body", [b"", b"locked", b"[]", b'{"ID": ""}', b'{"ID": 7}', b"[" * 100_000])
def test_a_server_that_does_not_say_whose_lock_it_is(state_servers: Serve, body: bytes) -> None:
    server = state_servers()
    server.answers("LOCK", *[Instead(Answered(423, body))] * 2)
    assert "somebody" in failure(lambda: enter(store(server))).summary
    assert "does not report the holder" in failure(store(server).unlock).summary


def test_an_answer_to_lock_that_was_lost_is_recognised_the_second_time(state_servers: Serve) -> None:
    for rules, path in ((TerraformRules(), PATH), (GitLabRules(), GITLAB)):
        server = state_servers(rules)
        method = "LOCK" if path == PATH else "POST"
        server.answers(method, Instead(Answered(503), after=True))
        with store(server, path).lock():
            assert [each.status for each in server.asked] == [503, rules.locked]
            assert failure(lambda: enter(store(server, path))).code == "STATE_LOCKED"  # noqa: B023
        assert not server.kept(path).lock


def test_a_lock_that_was_held_for_long_is_taken_anew_before_a_write(state_servers: Serve, monkeypatch) -> None:
    monkeypatch.setattr(http_store, "_OLDEST", 0)
    server = state_servers()
    one = store(server)
    with one.lock():
        first = server.kept(PATH).lock["ID"]
        one.write(b"1", None)
        assert server.kept(PATH).lock["ID"] != first
    assert not server.kept(PATH).lock


def test_a_lock_that_somebody_else_has_meanwhile_writes_nothing(state_servers: Serve, monkeypatch) -> None:
    server = state_servers()
    one, two = store(server), store(server, environ={"CI_JOB_ID": "18"})
    with one.lock():
        two.unlock()
        with two.lock():
            diagnostic = failure(lambda: one.write(b"1", None))
            assert (diagnostic.code, "job 18" in diagnostic.summary) == ("STATE_LOCKED", True)
            monkeypatch.setattr(http_store, "_OLDEST", 0)
            assert failure(lambda: one.write(b"1", None)).code == "STATE_LOCKED"
    assert not server.kept(PATH).versions
    assert not server.kept(PATH).lock


def test_a_lock_that_somebody_broke_meanwhile_writes_nothing(state_servers: Serve) -> None:
    server = state_servers()
    one = store(server)
    with one.lock():
        store(server).unlock()
        assert failure(lambda: one.write(b"1", None)).code == "STATE_CHANGED"
    assert not server.kept(PATH).versions


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_a_lock(state_servers: Serve, status: int) -> None:
    server = state_servers()
    server.answers("LOCK", Instead(Answered(status)))
    enter(store(server))


@pytest.mark.parametrize("status", [207, 300, 400, 500])
def test_nothing_else_is_one(state_servers: Serve, status: int) -> None:
    server = state_servers()
    server.answers("LOCK", Instead(Answered(status)))
    assert failure(lambda: enter(store(server))).code in ("STATE_UNWRITABLE", "STORE_REFUSED")
