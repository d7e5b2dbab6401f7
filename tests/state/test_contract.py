"""The promises of every store, with two clients at once: each test runs on each store."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.state.stores.store import Stored
from tests.state.places.actions import enter, enter_within, failure, killed_while_holding
from tests.state.places.place import Place
from tests.support.bindings import agreed_store
from tests.support.cut_proxy import Cutting, Silent
from tests.support.process import free_port

TIME = re.compile(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
OLD, NEW = b"old " * 50_000, b"new " * 50_000


def test_nothing_there_is_nothing_and_reading_creates_nothing(place: Place) -> None:
    before = place.contents()
    store = place.client()
    assert store.read() is None
    assert store.holder() is None
    assert place.contents() == before


def test_the_first_write_and_the_next(place: Place) -> None:
    one, two = place.client("1"), place.client("2")
    first = one.write(b"1", None)
    stored = two.read()
    assert stored
    assert (stored.data, stored.version) == (b"1", first)
    second = two.write(b"2", first)
    assert second != first
    seen = one.read()
    assert seen
    assert (seen.data, seen.version) == (b"2", second)
    third = one.write(b"3", second)  # a client that has written before
    assert two.read().version == third


def test_a_read_that_knows_the_bytes_gives_them_or_those_that_replaced_them(place: Place) -> None:
    one, two = place.client("1"), place.client("2")
    one.write(OLD, None)
    known = one.read()
    assert known
    again = two.read(known=known)
    assert again == known
    two.write(NEW, known.version)
    seen = place.client("3").read(known=known)
    assert seen
    assert seen.data == NEW
    assert one.read(known=known).data == NEW
    assert one.read(known=seen) == seen


def test_a_read_that_knows_what_was_never_there_gives_what_is_there(place: Place) -> None:
    assert place.client().read(known=Stored(OLD, "never", '"never"')) is None
    place.client("1").write(NEW, None)
    stored = place.client("2").read(known=Stored(OLD, "never", '"never"'))
    assert stored
    assert stored.data == NEW
    assert place.client("3").read(known=Stored(OLD, "no tag")).data == NEW


def test_a_write_over_known_bytes_replaces_them(place: Place) -> None:
    first = place.client("1").write(OLD, None)
    known = place.client("1").read()
    two = place.client("2")
    assert two.read(known=known).version == first
    two.write(NEW, first)
    assert place.client("3").read(known=known).data == NEW


def test_a_stale_write_is_refused_and_changes_nothing(place: Place) -> None:
    one, two = place.client("1"), place.client("2")
    first = one.write(b"1", None)
    two.write(b"2", first)
    assert failure(lambda: one.write(b"3", first)).code == "STATE_CHANGED"
    assert failure(lambda: one.write(b"3", None)).code == "STATE_CHANGED"
    assert one.read().data == b"2"


def test_a_write_over_what_is_not_there_is_refused(place: Place) -> None:
    version = place.fresh().client().write(b"1", None)
    assert failure(lambda: place.client().write(b"2", version)).code == "STATE_CHANGED"
    assert place.client().read() is None


def test_of_two_who_write_the_first_state_one_is_refused(place: Place) -> None:
    """Also when both write the same: one of them did not."""
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def create(job: str) -> None:
        store = place.client(job)
        together.wait()
        try:
            outcomes.append(store.write(b"the same", None))
        except Failed as fault:
            outcomes.append(fault.diagnostics[0].code)

    both = [threading.Thread(target=create, args=(job,)) for job in ("1", "2")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    stored = place.client().read()
    assert stored.data == b"the same"
    assert sorted(outcomes) == sorted(["STATE_CHANGED", stored.version])


def test_a_lock_holds_off_the_other_who_is_told_who_and_since_when(place: Place) -> None:
    one, two = place.client("17"), place.client("18")
    with one.lock():
        diagnostic = failure(lambda: enter(two))
        version = one.write(b"1", None)  # the lock is no hindrance to its holder
        assert two.read().data == b"1"  # nor to a reader
    assert diagnostic.code == "STATE_LOCKED"
    assert place.named("17") in diagnostic.summary
    assert TIME.search(diagnostic.summary)
    enter(two)
    with two.lock():
        two.write(b"2", version)


def test_a_lock_is_let_go_when_its_holder_fails(place: Place) -> None:
    def fail() -> None:
        with place.client("1").lock():
            raise RuntimeError("the work went wrong")

    with pytest.raises(RuntimeError, match="the work went wrong"):
        fail()
    enter(place.client("2"))


def test_a_lock_holds_for_as_long_as_its_holder_lives(place: Place) -> None:
    one, two = place.client("1"), place.client("2")
    with one.lock():
        until = time.monotonic() + (1.3 if place.renews else 0.5) * place.lease
        while True:
            assert failure(lambda: enter(two)).code == "STATE_LOCKED"
            if time.monotonic() > until:
                break
            time.sleep(0.1)
    enter(two)


def test_a_killed_holder_s_lock_needs_no_human(place: Place) -> None:
    """A lock left by a killed pipeline needs a human: terraform#25776, #24643."""
    with killed_while_holding(place, "17"):
        if place.lease:
            assert place.named("17") in failure(lambda: enter(place.client("18"))).summary
        enter_within(place.client("18"), place.lease + 5)
    place.client("18").write(b"1", None)


def test_who_holds_the_lock(place: Place) -> None:
    one, two = place.client("17"), place.client("18")
    assert two.holder() is None
    with one.lock():
        text = str(two.holder())
        assert place.named("17") in text
        assert TIME.search(text)
    assert two.holder() is None
    assert one.holder() is None


def test_a_lock_that_nobody_holds_is_not_broken(place: Place) -> None:
    assert place.client().unlock() is None
    enter(place.client())
    assert place.client().unlock() is None


def test_a_killed_holder_s_lock_can_be_broken_at_once(place: Place) -> None:
    with killed_while_holding(place, "17"):
        text = place.client("18").unlock()
        assert text is None or place.named("17") in text
        enter_within(place.client("18"), 1)


def test_a_living_holder_s_lock_is_broken_or_kept(place: Place) -> None:
    """Broken, the next one has it, and the first one's end does not take it from him."""
    one, two, three = place.client("17"), place.client("18"), place.client("19")
    with one.lock():
        try:
            text = two.unlock()
        except Failed as fault:
            assert fault.diagnostics[0].code == "STATE_LOCKED"
            assert failure(lambda: enter(three)).code == "STATE_LOCKED"
            return
        assert place.named("17") in str(text)
        held = two.lock()
        held.__enter__()
    assert place.named("18") in failure(lambda: enter(three)).summary
    held.__exit__(None, None, None)
    enter(three)


def test_fifty_megabytes(place: Place) -> None:
    data = os.urandom(1024) * 50 * 1024
    version = place.client("1").write(data, None)
    stored = place.client("2").read()
    assert stored.data == data
    assert stored.version == version


def test_what_may_be_shown_opens_it_again_and_holds_no_secret(place: Place) -> None:
    store = place.client()
    version = store.write(b"1", None)
    shown = f"{store.place} {store.url} {store!r} {store}"
    assert not [secret for secret in place.secrets if secret in shown]
    assert (
        open_store(store.url, Path("elsewhere"), place.environ, agreed_store(store.url, place.environ)).read().version
        == version
    )


def _length_of_a_write(remote: Place) -> int:
    """Return the number of bytes that a write sends, without a good-bye."""
    other = remote.fresh()
    first = other.client().write(OLD, None)
    with Cutting(remote.port) as watched:
        other.at(watched.port).client().write(NEW, first)
        return watched.all_sent() - other.good_bye()


@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.95, 1.0])
def test_a_write_that_is_cut_off_is_there_whole_or_not_at_all(remote: Place, part: float) -> None:
    first = remote.client().write(OLD, None)
    with Cutting(remote.port, int(_length_of_a_write(remote) * part)) as cutting:
        cut_off = remote.at(cutting.port).client()
        diagnostic = failure(lambda: cut_off.write(NEW, first), *remote.secrets)
        assert cutting.was_cut
    assert diagnostic.code == "STATE_UNWRITABLE"
    assert f"127.0.0.1:{cutting.port}" in diagnostic.summary
    there = remote.client().read()
    assert there.data in (OLD, NEW)
    if there.data == OLD:
        remote.client().write(NEW, first)  # whatever was begun is in nobody's way


def test_a_write_whose_answer_is_lost_is_not_called_undone(remote: Place) -> None:
    first = remote.client().write(OLD, None)
    with Cutting(remote.port, _length_of_a_write(remote), "answer") as cutting:
        cut_off = remote.at(cutting.port).client()
        diagnostic = failure(lambda: cut_off.write(NEW, first), *remote.secrets)
        assert cutting.was_cut
    assert diagnostic.code == "STATE_UNWRITABLE"
    assert "may or may not have succeeded" in diagnostic.detail
    assert remote.client().read().data == NEW
    assert failure(lambda: remote.client().write(b"", first)).code == "STATE_CHANGED"


def test_a_write_whose_answer_is_lost_is_looked_after(remote: Place) -> None:
    """The store can be asked again: what became of it is told as it is, and never that another one was faster."""
    first = remote.client().write(OLD, None)
    with Cutting(remote.port, _length_of_a_write(remote), "answer", again=True) as cutting:
        second = remote.at(cutting.port).client().write(NEW, first)
        assert cutting.was_cut
    there = remote.client().read()
    assert (there.data, there.version) == (NEW, second)


def test_a_first_write_whose_answer_is_lost_is_looked_after(remote: Place) -> None:
    other = remote.fresh()
    with Cutting(remote.port) as watched:
        other.at(watched.port).client().write(NEW, None)
        length = watched.all_sent() - other.good_bye()
    with Cutting(remote.port, length, "answer", again=True) as cutting:
        version = remote.at(cutting.port).client().write(NEW, None)
        assert cutting.was_cut
    assert remote.client().read().version == version


def test_a_lock_that_is_cut_off_does_not_spoil_what_was_done(remote: Place) -> None:
    with Cutting(remote.port) as cutting, remote.at(cutting.port).client().lock():
        cutting.cut()
    remote.client("2").unlock()
    enter_within(remote.client("2"), 5)


def test_credentials_that_are_not_good(remote: Place) -> None:
    remote.client().write(b"1", None)
    wrong = remote.refused()
    store = wrong.client()
    for doing in (store.read, lambda: store.write(b"2", "1"), lambda: enter(store), store.unlock):
        diagnostic = failure(doing, *wrong.secrets)
        assert diagnostic.code == "STORE_REFUSED"
        assert store.place in diagnostic.summary
        assert wrong.variable in diagnostic.hint
    assert remote.client().read().data == b"1"


def test_a_server_that_is_not_there(remote: Place) -> None:
    port = free_port()
    store = remote.at(port).client()
    begun = time.monotonic()
    assert _unreachable(remote, port, store.read) == "STATE_UNREADABLE"
    assert _unreachable(remote, port, lambda: store.write(b"1", None)) == "STATE_UNWRITABLE"
    assert _unreachable(remote, port, lambda: enter(store)) == "STATE_UNWRITABLE"
    assert time.monotonic() - begun < 10


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(remote: Place) -> None:
    with Silent() as silent:
        store = replace(remote.at(silent.port), patience=1).client()
        begun = time.monotonic()
        assert _unreachable(remote, silent.port, store.read) == "STATE_UNREADABLE"
        assert time.monotonic() - begun < 10


def test_a_server_that_falls_silent_in_the_middle_is_not_waited_for_for_ever(remote: Place) -> None:
    first = remote.client().write(OLD, None)
    with Cutting(remote.port, _length_of_a_write(remote) // 2, "touch") as cutting:
        store = replace(remote.at(cutting.port), patience=1).client()
        begun = time.monotonic()
        assert _unreachable(remote, cutting.port, lambda: store.write(NEW, first)) == "STATE_UNWRITABLE"
        assert cutting.was_cut
        assert time.monotonic() - begun < 10
    assert remote.client().read().data == OLD


def _unreachable(place: Place, port: int, doing: Callable[[], object]) -> str:
    diagnostic = failure(doing, *place.secrets)
    assert f"127.0.0.1:{port}" in diagnostic.summary
    return diagnostic.code
