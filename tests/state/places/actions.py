"""The actions of the contract on a store: fail in its own way; hold a lock in another process until killed."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import pytest

from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed
from reconciler.state.stores.store import Store
from tests.state.places.place import Place


def failure(doing: Callable[[], object], *secrets: str) -> Diagnostic:
    """The finding that it fails with, none of whose causes holds a secret."""
    with pytest.raises(Failed) as caught:
        doing()
    for link in chain(caught.value):
        text = f"{link} {link!r} {link.args!r}"
        assert not [secret for secret in secrets if secret in text], type(link)
    text = repr(caught.value.diagnostics)
    assert not [secret for secret in secrets if secret in text]
    return caught.value.diagnostics[0]


def chain(fault: BaseException | None) -> Iterator[BaseException]:
    """The exception and everything that it came from, shown or not."""
    if fault is not None:
        yield fault
        yield from chain(fault.__cause__)
        yield from chain(fault.__context__)


def enter(store: Store) -> None:
    """Take the lock, and let it go."""
    with store.lock():
        pass


def enter_within(store: Store, seconds: float) -> float:
    """Try until the lock is to be had; how long that took."""
    begun = time.monotonic()
    while True:
        try:
            enter(store)
        except Failed:
            if time.monotonic() > begun + seconds:
                raise
            time.sleep(0.05)
        else:
            return time.monotonic() - begun


@contextmanager
def killed_while_holding(place: Place, job: str) -> Iterator[None]:
    """Another process takes the lock, and is killed with -9; it is gone when this begins."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_hold, args=(place, job, there))
    process.start()
    there.close()
    assert here.recv() == "held"
    process.kill()
    process.join()
    yield


def _hold(place: Place, job: str, said: Connection) -> None:
    with place.client(job).lock():
        said.send("held")
        time.sleep(600)
