"""Threads for calls that block: no call is in the way of another, and no thread stays."""

from __future__ import annotations

import threading
import time

import pytest

from reconciler.live.http.threads import DaemonThreads


def test_a_call_waits_for_no_other_and_threads_end() -> None:
    before, go = set(threading.enumerate()), threading.Event()  # some may end meanwhile: they are another test's
    pool = DaemonThreads()
    held = [pool.submit(go.wait) for _ in range(5)]
    assert pool.submit(lambda: 3).result(timeout=60) == 3
    assert [pool.submit(threading.get_ident).result(timeout=60) for _ in range(50)].count(0) == 0
    started = set(threading.enumerate()) - before
    assert 6 <= len(started) <= 7  # the five that are held, and those that are free
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(timeout=60)
    pool.shutdown()
    go.set()
    assert [each.result(timeout=60) for each in held] == [True] * 5
    until = time.monotonic() + 60
    while any(each.is_alive() for each in started) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(each.is_alive() for each in started)
