"""Two applies at once, 200 times on each store: one wins, the other says so, and no change is lost."""

from __future__ import annotations

import multiprocessing
import re
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

import pytest

from reconciler import address
from reconciler.errors import Failed
from reconciler.identity import now
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.resource import Resource
from reconciler.state.codec import decode, encode
from reconciler.state.document import State, Written
from reconciler.state.stores.store import Store
from tests.state.places.place import Place

RACES = 200
_SPAWN = multiprocessing.get_context("spawn")

Outcome = tuple[str, str]  # "done" and nothing, or why not: the code and the summary


@pytest.mark.long
def test_two_applies_at_once_lose_nothing(place: Place) -> None:
    outcomes = _race(place)
    won = {
        job: {race for race, outcome in enumerate(outcomes) if outcome[0] == "done"}
        for job, outcomes in outcomes.items()
    }
    store = place.client()
    state, _ = _recorded(store)
    assert won["17"] | won["18"] == set(range(RACES)), "each time somebody wins"
    assert not won["17"] & won["18"], "and only one"
    assert state.serial == RACES
    kept = {str(at) for at in state.resources}
    assert kept == {f"model.litellm/{job}-{race}" for job, races in won.items() for race in races}
    print(f"{type(place).__name__}: {RACES} races, won {len(won['17'])} : {len(won['18'])}")
    for job, other in (("17", "18"), ("18", "17")):
        for code, summary in (outcome for outcome in outcomes[job] if outcome[0] != "done"):
            assert code in ("STATE_CHANGED", "STATE_LOCKED"), summary
            who = f"job {other} of acme/gateway" if code == "STATE_CHANGED" else place.named(other)
            assert re.search(rf"{who}.* since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ", summary), summary


def _race(place: Place) -> dict[str, list[Outcome]]:
    together, pipes = _SPAWN.Barrier(2), {job: multiprocessing.Pipe(duplex=False) for job in ("17", "18")}
    processes = [_SPAWN.Process(target=_apply, args=(place, job, together, there)) for job, (_, there) in pipes.items()]
    for process, (_, there) in zip(processes, pipes.values(), strict=True):
        process.start()
        there.close()  # so that one that fails is the end, and not an endless wait
    outcomes = {job: here.recv() for job, (here, _) in pipes.items()}
    for process in processes:
        process.join()
    return outcomes


def _apply(place: Place, job: str, together: Barrier, said: Connection) -> None:
    """Repeat the store's part of `apply`: read, and after the other one has read too, write under the lock."""
    store, outcomes = place.client(job), []
    for race in range(RACES):
        state, version = _recorded(store)
        model = Resource(address.model("litellm", f"{job}-{race}"), ModelAttributes(purpose="chat"), _FACTS)
        together.wait(60)
        try:
            with store.lock():
                store.write(encode(state.following([*state.resources.values(), model], _written(job))), version)
            outcomes.append(("done", ""))
        except Failed as fault:
            outcomes.append((fault.diagnostics[0].code, fault.diagnostics[0].summary))
            lost = fault.diagnostics[0].code == "STATE_CHANGED"
        else:
            lost = False
        together.wait(60)
        if lost:  # as `write_state` tells it: the state itself says who was faster, and when
            winner = _recorded(store)[0].written
            outcomes[-1] = (outcomes[-1][0], f"{winner.by} since {winner.at}" if winner else "")
    said.send(outcomes)


def _written(job: str) -> Written:
    return Written(f"job {job} of acme/gateway", now())


_FACTS = {"origin": "declared", "purpose_source": "declared"}


def _recorded(store: Store) -> tuple[State, str | None]:
    stored = store.read()
    return (
        (decode(stored.data, store.place, "acme"), stored.version)
        if stored
        else (State(name="acme", lineage="races"), None)
    )
