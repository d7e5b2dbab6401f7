"""Asking many endpoints that respond in 50 ms, compared with one httpx client in the same round, and with the floor."""

from __future__ import annotations

import asyncio
import resource
import tempfile
from pathlib import Path

from benchmarks.many_endpoints import AT_ONCE, DELAY, gwctl, peer, served, timed


def figures(count: int, rounds: int) -> dict[str, object]:
    """Return the seconds of wall time of `gwctl test` and of the bare loop, and the floor: the delays alone."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    ours, theirs = [], []
    with served(count) as ports, tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"  # its home is beside it: the ledger must not be below a gateway file
        folder.mkdir()
        lines = [f"  e{number:04}: {{base_url: 'http://127.0.0.1:{port}'}}" for number, port in enumerate(ports)]
        (folder / "gateway.yaml").write_text("\n".join(["version: 1", "name: many", "endpoints:", *lines, ""]))
        for _ in range(rounds):
            theirs.append(timed(lambda: asyncio.run(peer(ports)))[0])
            ours.append(timed(lambda: gwctl(folder, "test", "--format", "json"))[0])
    return {"count": count, "gwctl": ours, "httpx": theirs, "floor": count / AT_ONCE * DELAY}
