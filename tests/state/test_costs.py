"""The cost of a command for its store, counted at a proxy.

The figures are exact. A higher one is a trip too many, and a lower one may be a lock or a comparison that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.state.places.place import Place
from tests.support.command import Gwctl
from tests.support.counting_proxy import Cost, CountingProxy
from tests.support.scripted import ScriptedServer

SHARED = ("--scope", "shared")
# (connections, requests) of a command line. On PostgreSQL, a login takes requests of its own, which are not counted.
PLAN = {"postgresql": (1, 1), "s3": (1, 1), "http": (1, 1), "gitlab": (1, 1)}
FIRST = {"postgresql": (1, 12), "s3": (8, 8), "http": (5, 5), "gitlab": (5, 5)}
APPLY = {"postgresql": (1, 7), "s3": (5, 5), "http": (5, 5), "gitlab": (5, 5)}

FILE = """\
version: 1
name: acme
state: '{}'
endpoints:
  team: {{base_url: '{}', scope: shared, models: [{}]}}
"""


class Counted:
    """A gateway whose store is behind a proxy that counts."""

    def __init__(self, gwctl: Gwctl, place: Place, team: ScriptedServer, proxy: CountingProxy) -> None:
        self.gwctl, self.proxy, self.place, self.team = gwctl, proxy, place.at(proxy.port), team
        gwctl.environ |= self.place.environ

    def write(self, *models: str) -> None:
        """Write the gateway file with these models."""
        self.gwctl.write(FILE.format(self.place.url, self.team.url, ", ".join(models)))

    def cost(self, *words: str) -> tuple[int, int]:
        """Return the connections and the requests of one command line. A login is not counted as requests."""
        before = self.proxy.cost()
        self.gwctl(*words)
        cost = self.proxy.cost() - before
        return cost.connections, cost.requests - cost.connections * self.login()

    def received(self, *words: str) -> int:
        """Return the bytes that the store sends during one command line, which asks it once."""
        before = self.proxy.cost()
        self.gwctl(*words)
        return (self.proxy.cost() - before).received

    def login_bytes(self) -> int:
        """Return the bytes that the store sends to a client that only logs in."""
        return self._login().received

    def login(self) -> int:
        """Return the requests of a connection to PostgreSQL that asks nothing, and 0 for other stores."""
        return self._login().requests

    def _login(self) -> Cost:
        if not self.place.url.startswith("postgresql"):
            return Cost()
        import psycopg

        before = self.proxy.cost()
        url = self.place.url.partition("?")[0]
        psycopg.connect(url, password=self.place.environ["PGPASSWORD"]).close()
        return self.proxy.cost() - before


def _stores() -> list[object]:
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"store-{name}")) for name in PLAN]


@pytest.fixture(params=_stores())
def store(request: pytest.FixtureRequest) -> str:
    """The kind of store."""
    return str(request.param)


@pytest.fixture
def counted(store: str, request: pytest.FixtureRequest, gwctl: Gwctl, servers) -> Iterator[Counted]:
    """A gateway with nothing applied yet."""
    place: Place = request.getfixturevalue(f"{store}_place")
    team = servers()
    team.lists("gpt")
    with CountingProxy(place.port) as proxy:
        yield Counted(gwctl, place, team, proxy)


MACHINE = ("apply", "--scope", "machine", "--auto-approve")
FEW = 1500  # bytes of an answer that has no state in it


def test_a_machine_that_has_the_state_is_not_sent_it_again(store: str, counted: Counted) -> None:
    models = [f"model-with-a-long-name-{number}" for number in range(20)]
    counted.write(*models)
    counted.cost("apply", *SHARED, "--auto-approve")
    size = len(counted.gwctl("state", "pull").out)
    assert size > 4 * FEW
    received = [counted.received(*MACHINE) for _ in range(3)]
    assert received[0] > size
    if store == "gitlab":  # a server without ETags
        assert min(received) > size
        return
    assert max(received[1:]) < FEW + counted.login_bytes()
    assert counted.cost(*MACHINE) == PLAN[store]
    counted.write(*models, "one-more")
    counted.cost("apply", *SHARED, "--auto-approve")
    assert counted.received(*MACHINE) > size, "another state is sent"
    assert counted.received(*MACHINE) < FEW + counted.login_bytes()


def test_the_read_under_the_lock_brings_no_state_that_the_run_has(http_place, gwctl, servers) -> None:
    team = servers()
    team.lists("gpt")
    with CountingProxy(http_place.port) as proxy:
        counted = Counted(gwctl, http_place, team, proxy)
        models = [f"model-with-a-long-name-{number}" for number in range(20)]
        counted.write(*models)
        counted.cost("apply", *SHARED, "--auto-approve")
        size = len(gwctl("state", "pull").out)
        counted.write(*models, "one-more")
        assert size < counted.received("apply", *SHARED, "--auto-approve") < 2 * size


def test_a_command_costs_its_store_no_more_than_this(store: str, counted: Counted) -> None:
    counted.write("gpt")
    assert counted.cost("apply", *SHARED, "--auto-approve") == FIRST[store]
    for same in (("plan", *SHARED), ("apply", *SHARED, "--auto-approve"), ("plan",), ("apply", "--auto-approve")):
        assert counted.cost(*same) == PLAN[store], same
    counted.write("gpt", "gpt-2")
    assert counted.cost("apply", *SHARED, "--auto-approve") == APPLY[store]
