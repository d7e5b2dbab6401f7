"""A company's morning: many machines run `gwctl apply --scope machine` at once, after somebody merged.

What one run costs a store and a gateway is counted at a proxy: connections, requests after the login, bytes. Then many
runs meet a real PostgreSQL, moto's S3 API and a state server, and one client holds hundreds of connections meanwhile.
Everything listens on 127.0.0.1. Each stage has an end in count and in time. Nothing is asserted.

Needs the extra `test`; GWCTL_TEST_MOTO names a Python with moto for the S3 API.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support import s3
from tests.support.counting_proxy import Cost, CountingProxy
from tests.support.forks import Warm
from tests.support.postgres import DATABASE, WRITER, Postgres
from tests.support.scripted import ScriptedServer
from tests.support.state_rules import TerraformRules
from tests.support.state_server import StateServer

ENDPOINTS, MODELS = 5, 20  # of each endpoint
PIPELINE = ("apply", "--scope", "shared", "--auto-approve", "-q")
MACHINE = ("apply", "--scope", "machine", "--auto-approve", "-q")
TESTING = (*MACHINE, "--max-age", "0")
RUNS = (("first", MACHINE), ("again, `--max-age 0`", TESTING), ("again, lists fetched today", MACHINE))
ONE_RUN = 40 * 1024**2  # bytes of memory that a forked run does not share
HELD = 500  # connections of the client that never lets go


@dataclass(frozen=True)
class Store:
    """A store of this benchmark, as the gateway file and the environment name it."""

    name: str
    url: str
    environ: dict[str, str]
    port: int

    def at(self, port: int) -> Store:
        """Return the same store behind another port."""
        return Store(self.name, self.url.replace(f":{self.port}", f":{port}"), self.environ, port)


@dataclass(frozen=True)
class Machines:
    """The machines of the company: one directory with the gateway file, and a home for each machine."""

    folder: Path
    warm: Warm

    def run(self, store: Store, machine: str, *words: str) -> tuple[int, str, float]:
        """Return the exit code, the output and the seconds of one run on one machine."""
        home = self.folder.with_name(f"{self.folder.name}-homes") / machine  # a pull must not reach a home
        home.mkdir(parents=True, exist_ok=True)
        environ = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        begun = time.monotonic()
        code, out, err = self.warm.run(list(words), self.folder, environ | store.environ | {"TEAM": "sk-team"}, "")
        return code, out + err, time.monotonic() - begun

    def write(self, store: Store, gateway: str) -> None:
        """Write the gateway file that every machine has pulled."""
        entries = "".join(
            f"  team-{number}: {{base_url: '{gateway}/{number}', scope: shared, key: {{env: TEAM}}}}\n"
            for number in range(ENDPOINTS)
        )
        text = f"version: 1\nname: acme\nstate: '{store.url}'\nendpoints:\n{entries}"
        (self.folder / "gateway.yaml").write_text(text, encoding="utf-8")


@contextmanager
def postgresql(folder: Path) -> Iterator[Store]:
    """A real PostgreSQL with its default of 100 connections."""
    server = Postgres(folder, max_connections="100")
    environ = {"PGPASSWORD": server.passwords[WRITER]}
    yield Store("PostgreSQL", f"postgresql://{WRITER}@127.0.0.1:{server.port}/{DATABASE}", environ, server.port)
    server.stop()


@contextmanager
def s3_api(folder: Path) -> Iterator[Store]:
    """Moto's S3 API, which checks signatures and rights."""
    server = s3.Moto(os.environ["GWCTL_TEST_MOTO"], folder, "threaded")
    url = f"s3://{s3.BUCKET}/state.json?region=us-east-1&endpoint=http://127.0.0.1:{server.port}"
    environ = {"AWS_ACCESS_KEY_ID": server.key_id, "AWS_SECRET_ACCESS_KEY": server.secret}
    yield Store("S3", url, environ, server.port)
    server.stop()


@contextmanager
def http(_folder: Path) -> Iterator[Store]:
    """A state server with Terraform's protocol."""
    server = StateServer(TerraformRules(etags=True))
    yield Store("HTTP", f"{server.url}/states/acme", {}, server.port)
    server.close()


STORES: dict[str, Callable[[Path], AbstractContextManager[Store]]] = {
    "postgresql": postgresql,
    "s3": s3_api,
    "http": http,
}


def login(store: Store, proxy: CountingProxy) -> Cost:
    """Return the cost of a connection that asks nothing. Only PostgreSQL has a login."""
    if store.name != "PostgreSQL":
        return Cost()
    import psycopg

    before = proxy.cost()
    psycopg.connect(store.url, password=store.environ["PGPASSWORD"]).close()
    return proxy.cost() - before


def one_run(machines: Machines, store: Store, gateway: ScriptedServer) -> None:
    """Print what one run of each kind costs the store and the gateways."""
    with CountingProxy(store.port) as near, CountingProxy(gateway.port) as asked:
        behind = store.at(near.port)
        machines.write(behind, f"http://127.0.0.1:{asked.port}")
        machines.run(behind, "pipeline", *PIPELINE)
        bare = login(behind, near)
        for title, words in RUNS:
            before, there = near.cost(), asked.cost()
            code, text, _ = machines.run(behind, "one", *words)
            store_cost, gateway_cost = near.cost() - before, asked.cost() - there
            requests = store_cost.requests - bare.requests * store_cost.connections
            print(
                f"| {store.name} | {title} | {store_cost.connections} | {requests} | "
                f"{store_cost.sent + store_cost.received} | {gateway_cost.requests / ENDPOINTS:g} | "
                f"{(gateway_cost.sent + gateway_cost.received) // ENDPOINTS} |"
                + (f" {text.splitlines()[0]}" if code else ""),
                flush=True,
            )
    machines.write(store, gateway.url)


def many_runs(machines: Machines, store: Store, count: int, parallel: int, seconds: float) -> str:
    """Return what became of `count` runs on machines of their own. No run begins after `seconds`."""
    until = time.monotonic() + seconds

    def one(number: int) -> tuple[str, float]:
        if time.monotonic() > until:
            return "not begun", 0.0
        code, text, took = machines.run(store, f"m{number}", *MACHINE)
        return ("done" if code == 0 else text.strip().splitlines()[0][:90]), took

    begun = time.monotonic()
    with ThreadPoolExecutor(parallel) as pool:
        results = list(pool.map(one, range(count)))
    took = time.monotonic() - begun
    ended = Counter(outcome for outcome, _ in results)
    times = sorted(run for _, run in results if run) or [0.0]
    most = f"median {median(times):.1f} s, longest {times[-1]:.1f} s"
    return f"{count} runs, {parallel} in parallel, {took:.0f} s ({most}): {dict(ended)}"


@contextmanager
def held(store: Store, count: int) -> Iterator[int]:
    """Hold as many connections to the store as one client gets. Yield their number."""
    with ExitStack() as stack:
        number = 0
        for _ in range(count):
            with suppress(OSError):
                if not _one_more(store, stack):
                    break
                number += 1
        yield number


def _one_more(store: Store, stack: ExitStack) -> bool:
    if store.name != "PostgreSQL":
        stack.enter_context(socket.create_connection(("127.0.0.1", store.port), timeout=5))
        return True
    import psycopg

    try:
        session = psycopg.connect(store.url, password=store.environ["PGPASSWORD"], connect_timeout=5)
    except psycopg.OperationalError:
        return False
    stack.callback(session.close)
    return True


def morning(machines: Machines, store: Store, arguments: argparse.Namespace) -> None:
    """Print the outcome of many runs, twice, of a run beside hundreds of held connections, and of a run after that."""
    parallel = min(arguments.parallel or _in_memory(), arguments.runs)
    for title in ("first run of each machine", "again"):
        outcome = many_runs(machines, store, arguments.runs, parallel, arguments.seconds)
        print(f"- {store.name}, {title}: {outcome}", flush=True)
    with held(store, HELD) as number:
        code, text, took = machines.run(store, "late", *MACHINE)
        said = "done" if code == 0 else text.strip().splitlines()[0]
        print(f"- {store.name}, {number} of {HELD} connections held by one client: a run ends in {took:.1f} s: {said}")
    print(f"- {store.name}, when they are closed: exit code {machines.run(store, 'late', *MACHINE)[0]}", flush=True)


def _in_memory() -> int:
    """Return how many runs fit into half of the memory that is available, and at most 250."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) * 1024
    return max(1, min(250, available // 2 // ONE_RUN))


def main() -> None:
    """Run the stages for each store that is here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--parallel", type=int, default=0, help="default: what half of the memory holds, at most 250")
    parser.add_argument("--seconds", type=float, default=300, help="no run begins later in a stage")
    here = [name for name in STORES if name != "s3" or os.environ.get("GWCTL_TEST_MOTO")]
    parser.add_argument("--stores", nargs="*", choices=here, default=here)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"morning-{secrets.token_hex(3)}-"))
    gateway = ScriptedServer()
    for number in range(ENDPOINTS):
        gateway.lists(*(f"model-{model}" for model in range(MODELS)), path=f"/{number}/models")
    warm = Warm(folder)
    stores = [STORES[name] for name in arguments.stores]
    try:
        with ExitStack() as stack:
            opened = [stack.enter_context(each(_made(folder / each.__name__))) for each in stores]
            machines = [Machines(_made(folder / f"at-{store.name}"), warm) for store in opened]
            print("| store | run | connections | requests | bytes | requests of a gateway | its bytes |")
            print("| --- | --- | --- | --- | --- | --- | --- |")
            for store, at in zip(opened, machines, strict=True):
                one_run(at, store, gateway)
            for store, at in zip(opened, machines, strict=True):
                at.run(store, "pipeline", *PIPELINE)
                morning(at, store, arguments)
    finally:
        warm.stop()
        gateway.close()
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
