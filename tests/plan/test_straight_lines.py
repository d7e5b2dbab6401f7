"""Work grows in a straight line in models and in endpoints: steps are counted, nothing is timed."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.config.gateway import Gateway
from reconciler.config.load import load
from reconciler.plan.file.codec import decode_plan, encode_plan
from reconciler.render.formats.html.page import to_html
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.formats.text import to_text
from reconciler.render.views.plan import plan_view
from reconciler.render.views.review.document import review_view
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Recorded
from reconciler.state.codec import decode, encode
from reconciler.state.document import State
from tests.plan.world import after, listed, not_asked, plan

pytestmark = pytest.mark.large

MOST = 2.2  # times as many steps for twice as much
LINEAGE = "6f0c1c3e-0000-4000-8000-000000000000"
# (models, endpoints), and one of the two doubled.
SIZES = {"models": ((600, 30), (1200, 30)), "endpoints": ((600, 60), (600, 120)), "both": ((300, 30), (600, 60))}


class World:
    """A gateway file of so many models on so many endpoints, and what comes of it."""

    def __init__(self, folder: Path, models: int, endpoints: int) -> None:
        self.each, self.endpoints = models // endpoints, endpoints
        self.path = folder / f"gateway-{models}-{endpoints}.yaml"
        self.path.write_text(self.text("e", "m"), encoding="utf-8")
        self.gateway = self.load(self.path)
        self.recorded: Recorded = after(plan(self.gateway, self.lists("m"), {}))
        self.state = State(name="acme", lineage=LINEAGE, serial=1, resources=self.recorded)
        self.data = encode(self.state)
        renamed = folder / f"renamed-{models}-{endpoints}.yaml"
        renamed.write_text(self.text("f", "m"), encoding="utf-8")
        self.renamed = self.load(renamed)
        self.paths = {case: folder / f"{case}-{models}-{endpoints}.yaml" for case in ("moved", "models", "removed")}
        for case, path in self.paths.items():
            path.write_text(self.lifecycle(case), encoding="utf-8")
        self.much = replace(plan(self.gateway, self.lists("n"), self.recorded), lineage=LINEAGE, serial=1)
        self.saved = encode_plan(self.much, "ana@laptop", "2026-01-01T00:00:00Z")

    def text(self, prefix: str, model: str) -> str:
        lines = ["version: 1", "name: acme", "endpoints:"]
        for number in range(self.endpoints):
            lines += [f"  {prefix}{number}:", f"    base_url: https://h{number}.example", "    models:"]
            lines += [f"      - {model}-{each}" for each in range(self.each)]
        return "\n".join(lines) + "\n"

    def lifecycle(self, case: str) -> str:
        """The file in which every endpoint is moved, every model is moved, or every model is removed."""
        ids = [(f"e{number}", each) for number in range(self.endpoints) for each in range(self.each)]
        if case == "moved":
            moves = [f"  - {{from: endpoint.e{number}, to: endpoint.f{number}}}" for number in range(self.endpoints)]
            return self.text("f", "m") + "\n".join(["moved:", *moves, ""])
        if case == "models":
            moves = [f"  - {{from: model.{name}/m-{each}, to: model.{name}/n-{each}}}" for name, each in ids]
            return self.text("e", "n") + "\n".join(["moved:", *moves, ""])
        removals = [f"  - {{address: model.{name}/m-{each}, keep: true}}" for name, each in ids]
        return self.text("e", "n") + "\n".join(["removed:", *removals, ""])

    def load(self, path: Path) -> Gateway:
        gateway = load([path], {}, {}).gateway
        assert gateway is not None
        return gateway

    def lists(self, model: str, prefix: str = "e") -> dict[str, Observation]:
        ids = [f"{model}-{each}" for each in range(self.each)]
        return {f"{prefix}{number}": listed(*ids) for number in range(self.endpoints)}

    def unseen(self, prefix: str = "e") -> dict[str, Observation]:
        return {f"{prefix}{number}": not_asked("OFFLINE") for number in range(self.endpoints)}


WORK: dict[str, Callable[[World], Any]] = {
    "validate": lambda world: world.load(world.path),
    "plan, all new": lambda world: plan(world.gateway, world.lists("m"), {}),
    "plan, no changes": lambda world: plan(world.gateway, world.lists("m"), world.recorded),
    "plan, offline": lambda world: plan(world.gateway, world.unseen(), world.recorded),
    "plan, nothing declared is listed": lambda world: plan(world.gateway, world.lists("n"), world.recorded),
    "plan, all renamed": lambda world: plan(world.renamed, world.lists("m", "f"), world.recorded),
    "plan, all renamed, offline": lambda world: plan(world.renamed, world.unseen("f"), world.recorded),
    "all endpoints moved": lambda world: plan(world.load(world.paths["moved"]), world.lists("m", "f"), world.recorded),
    "all models moved": lambda world: plan(world.load(world.paths["models"]), world.lists("n"), world.recorded),
    "all models removed": lambda world: plan(world.load(world.paths["removed"]), world.lists("n"), world.recorded),
    "state, written": lambda world: encode(world.state),
    "state, read": lambda world: decode(world.data, "state.json", "acme"),
    "saved plan, written": lambda world: encode_plan(world.much, "ana@laptop", "2026-01-01T00:00:00Z"),
    "saved plan, read": lambda world: decode_plan(world.saved, "p.plan"),
    "text": lambda world: to_text(plan_view(world.much)),
    "Markdown": lambda world: to_markdown(review_view(world.much)),
    "HTML": lambda world: to_html(review_view(world.much), "acme"),
}


def steps(work: Callable[[World], Any], world: World) -> int:
    """Calls of functions, of Python's and of C's, and of generators each time they go on."""
    work(world)  # imports, caches
    profile = Profile()
    profile.runcall(work, world)
    return sum(each.callcount for each in profile.getstats())


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int, int], int]:
    world = cache(lambda models, endpoints: World(tmp_path_factory.mktemp("world"), models, endpoints))
    return cache(lambda work, models, endpoints: steps(WORK[work], world(models, endpoints)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("work", WORK)
def test_twice_as_much_takes_twice_as_many_steps(work: str, size: str, counted: Callable[[str, int, int], int]) -> None:
    """Half of a plan that changes nothing went over all models once for each endpoint."""
    once, twice = (counted(work, *each) for each in SIZES[size])
    assert twice <= MOST * once, (once, twice)


def test_the_counting_would_see_a_square(tmp_path: Path) -> None:
    def square(world: World) -> int:
        return sum(len(name) for name in world.gateway.endpoints for at in world.recorded if at.endpoint == name)

    once, twice = (steps(square, World(tmp_path, *each)) for each in SIZES["both"])
    assert twice > MOST * once
