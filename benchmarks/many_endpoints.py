"""A thousand endpoints that answer in 50 ms against one httpx client in the same run; thousands of them offline.

Nothing is asserted: what is printed are ratios, and the exponent with which time grows with size.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ANSWER = b'{"object": "list", "data": [{"id": "m"}, {"id": "n"}]}'
DELAY = 0.05  # seconds
TIMEOUT = 10  # seconds, of each endpoint
AT_ONCE = 100


async def _serve(count: int, hanging: int) -> None:
    """Listen on `count` ports, of which the first `hanging` never answer; print them."""
    ports = []
    for number in range(count):
        server = await asyncio.start_server(_hang if number < hanging else _answer, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(DELAY)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + ANSWER)
    await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@contextmanager
def served(count: int, hanging: int = 0) -> Iterator[list[int]]:
    """The ports, while another process listens on them."""
    command = [sys.executable, __file__, "--serve", str(count), "--hanging", str(hanging)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


async def peer(ports: list[int]) -> int:
    """Return the number that one `httpx.AsyncClient` without keep-alive lists, at most 100 at once."""
    import httpx

    turn = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=TIMEOUT, trust_env=False) as client:

        async def one(port: int) -> bool:
            async with turn:
                return bool((await client.get(f"http://127.0.0.1:{port}/models")).json()["data"])

        return sum(await asyncio.gather(*map(one, ports)))


def gwctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command line; its home is beside the folder."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "XDG_STATE_HOME": str(folder.parent / "home")}
    command = [sys.executable, "-m", "reconciler", *arguments, "-C", str(folder)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """The seconds that it took, and what it gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def live(count: int, hanging: int, rounds: int) -> None:
    """`gwctl test` and `gwctl plan` of so many endpoints, turn by turn with the peer."""
    with served(count, hanging) as ports, tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"  # its home is beside it: the ledger must not be below a gateway file
        folder.mkdir()
        lines = [
            f"  e{n:04}: {{base_url: 'http://127.0.0.1:{port}', timeout: {TIMEOUT}s}}" for n, port in enumerate(ports)
        ]
        (folder / "gateway.yaml").write_text("\n".join(["version: 1", "name: many", "endpoints:", *lines, ""]))
        for _ in range(rounds):
            alone, listed = timed(lambda: asyncio.run(peer(ports[hanging:])))
            print(f"  httpx alone: {listed} listed in {alone:.1f} s")
            for command in ("test", "plan"):
                took, done = timed(lambda command=command: gwctl(folder, command, "--format", "json"))
                print(f"  gwctl {command}: {_outcome(done)} in {took:.1f} s, {took / alone:.1f} × httpx alone")


def _outcome(done: object) -> str:
    assert isinstance(done, subprocess.CompletedProcess)
    try:
        said = [endpoint["status"] for endpoint in json.loads(done.stdout)["endpoints"]]
    except ValueError:
        return f"exit code {done.returncode}: {done.stderr[-300:]}"
    listed = ", ".join(f"{said.count(each)} {each}" for each in sorted(set(said)))
    return listed or f"exit code {done.returncode}: {done.stdout[-300:]}"


def offline(models: int, each: int) -> dict[str, float]:
    """The seconds of each step for so many declared models, `each` per endpoint."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"  # its home is beside it: the ledger must not be below a gateway file
        folder.mkdir()
        steps: dict[str, float] = {}

        def step(title: str, *arguments: str, changed: int = 0) -> None:
            (folder / "gateway.yaml").write_text(_declared(models, each, changed))
            took, done = timed(lambda: gwctl(folder, *arguments))
            assert isinstance(done, subprocess.CompletedProcess)
            if done.returncode:
                print(f"  {title}: exit code {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
            steps[title] = took

        step("validate", "validate")
        step("apply", "apply", "--offline", "--auto-approve", "-q")
        step("no-op plan", "plan", "--offline", "-q")
        step("apply of 1 %", "apply", "--offline", "--auto-approve", "-q", changed=models // 100)
        return steps


def _declared(models: int, each: int, changed: int) -> str:
    lines = ["version: 1", "name: many", "endpoints:"]
    for number in range(models // each):
        first = number * each
        ids = ", ".join(f"{'n' if at < changed else 'm'}-{at:06}" for at in range(first, first + each))
        lines.append(f"  e{number:04}: {{base_url: 'http://h{number:04}.example', discover: false, models: [{ids}]}}")
    return "\n".join([*lines, ""])


def _offline(sizes: list[int], each: int) -> None:
    result = {size: offline(size, each) for size in sizes}
    for title in result[sizes[0]]:
        times = [result[size][title] for size in sizes]
        shown = ", ".join(f"{size:,}: {took:.1f} s" for size, took in zip(sizes, times, strict=True))
        print(f"  {title:14} {shown}; exponent {_exponent(sizes, times):.2f}")


def _exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of a line through the logarithms."""
    pairs = [(math.log(size), math.log(took)) for size, took in zip(sizes, times, strict=True)]
    x, y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return sum((a - x) * (b - y) for a, b in pairs) / sum((a - x) ** 2 for a, _ in pairs)


def _floor() -> float:
    return median(timed(lambda: json.loads(json.dumps(list(range(300_000)))))[0] for _ in range(5))


def main() -> None:
    """Measure, and print a line for each."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--endpoints", type=int, default=1000)
    flags.add_argument("--hanging", type=int, default=10)
    flags.add_argument("--rounds", type=int, default=2)
    flags.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000], help="models, 20 to an endpoint"
    )
    flags.add_argument("--only", choices=("live", "offline"))
    flags.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    arguments = flags.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    if arguments.serve:
        asyncio.run(_serve(arguments.serve, arguments.hanging))
    if arguments.only != "offline":
        for hanging in (0, arguments.hanging):
            print(
                f"{arguments.endpoints} endpoints that answer in {DELAY * 1000:.0f} ms, "
                f"{hanging} of which hang for ever"
            )
            live(arguments.endpoints, hanging, arguments.rounds)
    if arguments.only != "live":
        print(f"offline, 20 models to an endpoint (JSON of 300,000 numbers and back: {_floor():.2f} s)")
        _offline(arguments.sizes, 20)


if __name__ == "__main__":
    main()
