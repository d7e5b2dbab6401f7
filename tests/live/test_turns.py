"""The turns: a limit on parallel requests, timeouts from the own turn, and no answer that delays others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler.live import observe as observing
from reconciler.live.lists.fair_share import ReadingPace
from reconciler.live.observe import observe
from reconciler.live.outcome import unasked
from reconciler.live.target import Target
from reconciler.presets.preset import Preset
from tests.support.scripted import Reply


class Asked:
    """Stands in for the exchange; counts how many are in it at once, of one origin and in all."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.inside: list[str] = []
        self.most = self.most_of_one = 0
        self.deadlines: list[float] = []

    async def __call__(self, _door: Any, target: Target, deadline: float) -> Any:
        self.inside.append(target.base_url)
        self.deadlines.append(deadline)
        self.most = max(self.most, len(self.inside))
        self.most_of_one = max(self.most_of_one, self.inside.count(target.base_url))
        for _ in range(5):
            await asyncio.sleep(self.seconds / 5)
        self.inside.remove(target.base_url)
        return unasked(observing.Fault("UNREACHABLE", "asked"))


def ask(count: int, origins: int) -> list[str]:
    def target(number: int) -> Target:
        return Target(
            name="it",
            base_url=f"http://127.0.0.1:{1 + number % origins}",
            preset=Preset(id=""),
            headers=(),
            timeout=30.0,
            key=None,
        )

    seen = observe([(str(each), lambda each=each: target(each)) for each in range(count)])
    return [item.detail for item in seen.values()]


@pytest.mark.parametrize(("origins", "most", "most_of_one"), [(300, 7, 1), (2, 6, 3), (1, 3, 3)])
def test_so_many_are_asked_at_once_and_fewer_of_one_origin(
    monkeypatch, origins: int, most: int, most_of_one: int
) -> None:
    asked = Asked()
    monkeypatch.setattr(observing, "list_models", asked)
    monkeypatch.setattr(observing, "AT_ONCE", 7)
    monkeypatch.setattr(observing, "AT_ONCE_PER_ORIGIN", 3)
    assert ask(300, origins) == ["asked"] * 300
    assert (asked.most, asked.most_of_one) == (most, most_of_one)


def test_probes_take_turns_as_well(monkeypatch) -> None:
    from reconciler.live.http.proxy import Route
    from reconciler.live.probe import host

    inside, most = [0], [0]

    async def ask(*_: Any) -> Any:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        await asyncio.sleep(0)
        inside[0] -= 1
        return host.Probe()

    monkeypatch.setattr(host, "_probe", ask)
    monkeypatch.setattr(host, "AT_ONCE", 7)
    questions = {(f"http://h{n}", Route()): host.ProbeRequest(f"http://h{n}", 1.0) for n in range(100)}
    assert len(host.probe_all(questions)) == 100
    assert most == [7]


def test_a_timeout_begins_with_the_endpoint_s_own_turn(monkeypatch) -> None:
    asked = Asked(seconds=0.1)
    monkeypatch.setattr(observing, "list_models", asked)
    monkeypatch.setattr(observing, "AT_ONCE", 1)
    assert ask(5, 5) == ["asked"] * 5
    later = [after - before for before, after in zip(asked.deadlines, asked.deadlines[1:], strict=False)]
    assert min(later) >= 0.09


def test_a_key_command_that_hangs_takes_no_turn_from_those_that_are_asked(monkeypatch, server) -> None:
    """A hundred references that are slow to follow: keys are read beside the asking, not in its turns."""
    monkeypatch.setattr(observing, "AT_ONCE", 2)
    server.lists("a")

    def target() -> Target:
        return Target(
            name="it", base_url=server.url, preset=Preset(id="", key="optional"), headers=(), timeout=30.0, key=None
        )

    seen = observe([(str(each), target) for each in range(20)])
    assert {each.status for each in seen.values()} == {"listed"}


def test_one_reader_of_a_large_answer_at_a_time_and_all_get_on() -> None:
    """Readers take turns by the slice: none waits until another is done, and others run between any two slices."""
    order: list[str] = []
    turns = 0

    def heavy(name: str) -> Any:
        for _ in range(40):
            order.append(name)
            until = asyncio.get_running_loop().time() + 0.002
            while asyncio.get_running_loop().time() < until:
                pass
            yield

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def run() -> None:
        reading = asyncio.Lock()
        beside = asyncio.create_task(others())
        await asyncio.gather(*(ReadingPace(reading).through(heavy(name)) for name in "abc"))
        beside.cancel()

    asyncio.run(run())
    assert sorted(order) == ["a"] * 40 + ["b"] * 40 + ["c"] * 40
    assert turns >= 10
    ends = {name: len(order) - order[::-1].index(name) for name in "abc"}
    assert min(ends.values()) > 80


def test_a_large_honest_list_beside_a_hostile_one_is_whole(servers) -> None:
    good, bad = servers(), servers()
    good.lists(*(f"vendor/model-{number}" for number in range(20_000)))
    bad.routes["/models"] = Reply(body=b'{"data": [' + b"{}," * 3_000_000 + b"{}]}")

    def target(url: str) -> Target:
        return Target(name="it", base_url=url, preset=Preset(id="", key="optional"), headers=(), timeout=60.0, key=None)

    requests = [(name, lambda url=url: target(url)) for name, url in (("bad", bad.url), ("good", good.url))]
    seen = observe(requests)
    assert len(seen["good"].catalog.models) == 20_000
    assert "more than 100000 entries" in seen["bad"].detail
