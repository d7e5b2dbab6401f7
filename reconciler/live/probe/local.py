"""The servers that run on this machine.

A preset may have a sign: a request on the server's usual port, and text in the response. gwctl recognises the server by
this sign. The requests go to a loopback address, have no key, and follow no redirect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from reconciler.live.fault import Fault, contained
from reconciler.live.http.answer import Answer
from reconciler.live.http.client import HttpClient
from reconciler.live.http.limits import Bounds
from reconciler.live.http.threads import run
from reconciler.presets.preset import Preset
from reconciler.resources.urls import is_loopback, origin
from reconciler.values import dataclass

PATIENCE = 1.5  # seconds for all ports, which are probed at the same time
_CONNECT = 0.1  # seconds for a connection to a port of this machine
_BOUNDS = Bounds(largest=64 * 1024, attempts=1)


@dataclass(frozen=True, kw_only=True)
class LocalServer:
    """A server on the usual port of a preset. `preset` is None if the response has no known sign, or came too late."""

    base_url: str
    preset: Preset | None
    is_late: bool = False  # something listens on the port, but did not respond in time


def local_servers(presets: Iterable[Preset], patience: float = PATIENCE) -> list[LocalServer]:
    """Return the servers on the usual ports of these presets, in the order of the presets.

    `patience` is the time limit for each response, in seconds.
    """
    local = [preset for preset in presets if preset.sign and is_loopback(preset.base_url)]
    return run(_all(local, patience))


async def _all(presets: Sequence[Preset], patience: float) -> list[LocalServer]:
    deadline = asyncio.get_running_loop().time() + patience
    async with HttpClient() as door:
        answers = await asyncio.gather(*(_answer(door, preset, deadline, patience) for preset in presets))
    servers: dict[str, LocalServer] = {}
    silent: list[str] = []
    for preset, answer in zip(presets, answers, strict=True):
        at = origin(preset.base_url)
        if isinstance(answer, TimeoutError):
            silent.append(at)
        elif answer and _shows(answer, preset):
            if at not in servers or servers[at].preset is None:
                servers[at] = LocalServer(base_url=preset.base_url, preset=preset)
        elif answer:
            servers.setdefault(at, LocalServer(base_url=at, preset=None))
    late = [at for at in dict.fromkeys(silent) if at not in servers and await _listens(at)]
    return [*servers.values(), *(LocalServer(base_url=at, preset=None, is_late=True) for at in late)]


async def _listens(url: str) -> bool:
    """Return whether something accepts a connection at the loopback address. Nothing is sent."""
    at = urlsplit(url)
    try:
        async with asyncio.timeout(_CONNECT):
            _, writer = await asyncio.open_connection(at.hostname, at.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _answer(door: HttpClient, preset: Preset, deadline: float, patience: float) -> Answer | TimeoutError | None:
    """Return the response to the request for the preset's sign.

    Return None if nobody responds, and the exception if the response does not arrive in time.
    """
    url = origin(preset.base_url) + (preset.sign.path if preset.sign else "")
    try:
        async with asyncio.timeout(patience):
            return await contained(door.send("GET", url, headers={}, deadline=deadline, bounds=_BOUNDS))
    except Fault:
        return None
    except TimeoutError as late:
        return late


def _shows(answer: Answer, preset: Preset) -> bool:
    text = preset.sign.text if preset.sign else ""
    in_body = answer.is_success and text in answer.body.decode(errors="replace")
    return in_body or text.lower() == answer.headers.get("server", "").lower()
