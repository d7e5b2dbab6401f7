"""Whatever one endpoint answers costs only itself: CPU, memory and time have bounds, a healthy neighbour is listed."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.machinery.cost import Cost, measured
from tests.machinery.hostile import CASES, MIB, Case, gzipped, zipped
from tests.support.command import Gwctl
from tests.support.forks import Warm
from tests.support.scripted import Reply, ScriptedServer

TIMEOUT = 10  # seconds, of the hostile endpoint
PATIENCE = 20  # seconds, of its neighbour, on a machine that has other things to do as well
GATEWAY = """
    version: 1
    name: acme
    endpoints:
      hostile: {{base_url: '{hostile}', timeout: {timeout}s, key: {{env: CANARY}}{preset}}}
      healthy: {{base_url: '{healthy}', timeout: {patience}s}}
    """
SIDE_BY_SIDE = 6
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def cost_of(case: Case, gwctl, servers, *arguments: str) -> Cost:
    hostile, healthy = servers(), servers()
    hostile.default = case.answer
    healthy.routes["/models"] = Reply(status=200, body={"data": [{"id": "m"}, {"id": "n"}]}, wait=case.waits)
    preset = f", preset: {case.preset}" if case.preset else ""
    urls = {"hostile": hostile.url, "healthy": healthy.url}
    gwctl.write(GATEWAY.format(**urls, timeout=TIMEOUT, patience=PATIENCE, preset=preset))
    return measured(gwctl, *arguments, CANARY=case.key)


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Cost:
    """Return the cost of an honest list on this machine in this run, with the start of Python."""
    return _honest(tmp_path_factory, None)


@pytest.fixture(scope="session")
def calm_fork(tmp_path_factory: pytest.TempPathFactory, warm: Warm | None) -> Cost:
    """Return the cost of an honest list in a fork. The hostile lists run in forks too."""
    return _honest(tmp_path_factory, warm)


def _honest(tmp_path_factory: pytest.TempPathFactory, warm: Warm | None) -> Cost:
    honest = Case(name="honest", answer=lambda _: Reply(status=200, body={"data": [{"id": "a"}]}), waits=0)
    folder, servers = tmp_path_factory.mktemp("calm"), [ScriptedServer(), ScriptedServer()]
    for name in ("work", "home"):
        (folder / name).mkdir()
    left = iter(servers)
    cost = cost_of(
        honest, Gwctl(folder / "work", folder / "home", warm), lambda: next(left), "models", "--format", "json"
    )
    for server in servers:
        server.close()
    return cost


@pytest.fixture(scope="module")
def costs(
    request: pytest.FixtureRequest,
    warm: Warm | None,
    calm: Cost,
    calm_fork: Cost,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Future[Cost]]]:
    """The cost of each selected case, by its name: run side by side, since most of their time is waiting."""
    servers: list[ScriptedServer] = []
    selected = {item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")}

    def server() -> ScriptedServer:
        servers.append(ScriptedServer())
        return servers[-1]

    def run(case: Case, root: Path) -> Cost:
        for name in ("work", "home"):
            (root / name).mkdir()
        return cost_of(case, Gwctl(root / "work", root / "home", warm), server, "models", "--format", "json")

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {
            case.name: pool.submit(run, case, tmp_path_factory.mktemp("hostile")) for case in CASES if case in selected
        }
        pool.shutdown(cancel_futures=True)
    for each in servers:
        each.close()


@pytest.mark.xdist_group("hostile")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_server_costs_only_itself(
    case: Case, calm: Cost, calm_fork: Cost, costs: dict[str, Future[Cost]]
) -> None:
    cost = costs[case.name].result()
    cpu, memory = cost.cpu - calm_fork.cpu, cost.memory - calm_fork.memory  # what the hostile one added
    print(f"{case}: {cpu:.1f} s of CPU, {memory:.0f} MiB, {cost.wall:.1f} s")
    output = {endpoint["name"]: endpoint for endpoint in json.loads(cost.out)["endpoints"]}
    assert output["healthy"]["status"] == "listed"
    assert output["hostile"]["status"] in case.seen, output["hostile"]
    assert "internal error in gwctl" not in cost.out + cost.err
    assert not RAW.search(cost.err)
    assert case.key[:12] not in cost.out + cost.err
    assert calm.cpu + cpu < case.cpu * max(calm.cpu, 0.3), f"{cpu:.1f} s of CPU besides the {calm.cpu:.1f} s"
    assert memory < case.memory, f"{memory:.0f} MiB besides those when all is well"
    assert cost.wall < 2 * PATIENCE + 5 * max(calm.wall, 1), f"{cost.wall:.0f} s"


def test_a_bomb_is_what_it_says() -> None:
    """Or it would be refused as rubbish, before it costs anything."""
    assert gzip.decompress(gzipped(3)) == b" " * 3 * MIB
    assert zlib.decompress(zipped(3)) == b" " * 3 * MIB
