"""The CPU time of each stage of a plan of 10,000 models, in one process, and the functions in which it is spent."""

from __future__ import annotations

import cProfile
import gc
import pstats
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.inputs import gwctl_templates
from reconciler.config.build.gateway import build, digest_of
from reconciler.config.checks.literals import without_credentials
from reconciler.config.checks.validate import check
from reconciler.diagnostics import collect
from reconciler.plan.build import make_plan
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide
from reconciler.render.formats.text import to_text
from reconciler.render.views.plan import plan_view
from reconciler.resources.observation import skipped
from reconciler.resources.resource import Recorded
from reconciler.state.codec import decode, encode_checked
from reconciler.yaml.parse import parse
from reconciler.yaml.tree import MappingNode, plain, without_own

MODELS = 10_000
_ROUNDS = 3
_TOP = 3  # functions of each stage


def figures(folder: Path) -> list[tuple[str, float, list[str]]]:
    """Return (stage, least milliseconds of CPU, the functions with the largest share) for each stage."""
    work = gwctl_templates(folder, MODELS, cases=("same",))["same"] / "work"
    text = (work / "gateway.yaml").read_text()
    data = (work / ".gwctl" / "state.json").read_bytes()
    root = parse(text, "gateway.yaml").root
    assert isinstance(root, MappingNode)
    gateway = collect(build(root, "", work))[0]
    state = decode(data, "state.json", "many")
    seen = {name: skipped("OFFLINE", "not contacted") for name in gateway.endpoints}

    def planned(recorded: Recorded) -> object:
        division = divide(gateway, "all", own=frozenset(), state=recorded, ledger={})
        return make_plan(Inputs(division=division, observations=seen))

    first, same = planned({}), planned(state.resources)
    stages: dict[str, Callable[[], object]] = {
        "parse the YAML": lambda: parse(text, "gateway.yaml"),
        "check the schema": lambda: check(root, plain(without_own(root))),
        "look for credentials": lambda: without_credentials(root, []),
        "build the gateway": lambda: collect(build(root, digest_of(plain(without_own(root))), work)),
        "read the state": lambda: decode(data, "state.json", "many"),
        "plan without changes": lambda: planned(state.resources),
        "plan, all to create": lambda: planned({}),
        "text of a plan without changes": lambda: to_text(plan_view(same)),
        "text, all to create": lambda: to_text(plan_view(first)),
        "write the state, and read it back": lambda: encode_checked(state, "state.json"),
    }
    gc.set_threshold(1_000_000)
    return [(title, _least(stage), _top(stage)) for title, stage in stages.items()]


def _least(stage: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        stage()
        times.append(time.process_time() - began)
    return min(times) * 1000


def _top(stage: Callable[[], object]) -> list[str]:
    profile = cProfile.Profile()
    profile.runcall(stage)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(each[2] for each in stats.values()) or 1.0
    largest = sorted(stats.items(), key=lambda item: -item[1][2])[:_TOP]
    return [f"{_name(place)} {each[2] / total:.0%}" for place, each in largest]


def _name(place: tuple[str, int, str]) -> str:
    path, _line, function = place
    module = path.partition("reconciler/")[2].removesuffix(".py").replace("/", ".")
    return f"{module}.{function}" if module else function.strip("<>").removeprefix("built-in method ")
