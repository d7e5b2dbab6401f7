"""The time of a plan of very many models, as a ratio to reading and writing the same state as JSON.

Nothing is asserted: the floor is measured in the same run, turn by turn.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from reconciler.address import Address
from reconciler.config.gateway import Discover, Endpoint, Gateway
from reconciler.diagnostics import Source
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.plan.file.codec import decode_plan, encode_plan
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide
from reconciler.presets.preset import Preset
from reconciler.render.formats.html.page import to_html
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.formats.text import to_text
from reconciler.render.views.plan import plan_view
from reconciler.render.views.review.document import review_view
from reconciler.resources.observation import Listed, ListedModel, Observation
from reconciler.resources.resource import Resource
from reconciler.state.codec import decode, encode
from reconciler.state.document import State

HERE = Source("gateway.yaml", 1, 1)
Recorded = dict[Address, Resource]


def gateway() -> Gateway:
    """One endpoint, whose list says everything."""
    preset = Preset(id="litellm", key="optional")
    endpoint = Endpoint(
        name="gateway",
        base_url="http://gateway:4000",
        preset=preset,
        key=None,
        models=(),
        discover=Discover(True, (), ()),
        headers=(),
        timeout=10.0,
        source=HERE,
    )
    return Gateway(
        name="benchmark",
        directory=Path(),
        state="file:state.json",
        endpoints={"gateway": endpoint},
        defaults={},
        default_sources={},
        removed=(),
        moved=(),
        digest="sha256:0",
    )


def listed(count: int, first: int = 0) -> dict[str, Observation]:
    """A list of `count` models."""
    models = tuple(ListedModel(f"model-{number:06}", "chat", "mode") for number in range(first, first + count))
    return {
        "gateway": Observation(
            status="listed", catalog=Listed(models), http_status=200, url="http://gateway:4000/models"
        )
    }


def plan_of(seen: dict[str, Observation], recorded: Recorded) -> Plan:
    """The plan, every change of it."""
    division = divide(gateway(), "all", own=frozenset(), state=recorded, ledger={})
    return make_plan(Inputs(division=division, observations=seen))


def planned(seen: dict[str, Observation], recorded: Recorded) -> Recorded:
    """Return the records after the plan is applied."""
    plan = plan_of(seen, recorded)
    return {change.after.address: change.after for change in plan.changes if change.after}


def cases(count: int) -> dict[str, Callable[[], object]]:
    """The floor first; a tenth of the models is other ones in `a tenth replaced`."""
    recorded = planned(listed(count), {})
    state = State(name="benchmark", lineage="lineage", serial=1, resources=recorded)
    data = encode(state)
    document = json.loads(data)
    plan = plan_of(listed(count, count // 10), recorded)
    saved = encode_plan(plan, "ana@laptop", "2026-01-01T00:00:00Z")
    return {
        "floor: json.dumps + json.loads": lambda: json.loads(json.dumps(document)),
        "state: encode": lambda: encode(state),
        "state: decode": lambda: decode(data, "state.json", "benchmark"),
        "plan: all to create": lambda: planned(listed(count), {}),
        "plan: no changes": lambda: planned(listed(count), recorded),
        "plan: a tenth replaced": lambda: planned(listed(count, count // 10), recorded),
        "saved plan: encode": lambda: encode_plan(plan, "ana@laptop", "2026-01-01T00:00:00Z"),
        "saved plan: decode": lambda: decode_plan(saved, "p.plan"),
        "render: text": lambda: to_text(plan_view(plan)),
        "render: Markdown": lambda: to_markdown(review_view(plan)),
        "render: HTML": lambda: to_html(review_view(plan), "benchmark"),
    }


def once(work: Callable[[], object]) -> float:
    """The seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure turn by turn, and print a line for each case."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--models", type=int, default=10_000)
    flags.add_argument("--rounds", type=int, default=5)
    arguments = flags.parse_args()
    works = cases(arguments.models)
    times: dict[str, list[float]] = {title: [] for title in works}
    for _turn in range(arguments.rounds):
        for title, work in works.items():
            times[title].append(once(work))
    floor = min(next(iter(times.values())))
    print(f"{arguments.models} models{'':20}{'min ms':>8}{'median':>8}  ratio to the floor")
    for title, moment in times.items():
        print(f"{title:32}{min(moment) * 1000:8.0f}{median(moment) * 1000:8.0f}  {min(moment) / floor:.1f}")


if __name__ == "__main__":
    main()
