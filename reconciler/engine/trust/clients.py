"""The consents to configure tools. Each consent is for one client, one path of the client's file, and one endpoint.

A tool's file decides where the tool sends keys. So the first use on a machine needs a consent, like the first sending
of a secret. If a pull changes the path or the host, the next use counts as a first use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from reconciler.address import CLIENT
from reconciler.clients.registry import tool_named
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client, Endpoint, Gateway
from reconciler.engine.keys.kept import KeptRows
from reconciler.engine.options import Options
from reconciler.engine.trust.decide import Trust
from reconciler.engine.trust.pairs import WantedPair, exposure_of
from reconciler.owned.clients.paths import Made, Placed, is_found, made_files, place_of, surroundings
from reconciler.secrets.binding import Bindings, Pair, client_secret


def agree_to_clients(trust: Trust, gateway: Gateway, options: Options) -> None:
    """Decide which clients may be configured.

    The ledger contains the earlier consents. gwctl asks one question about all new clients.
    """
    if not gateway.clients or is_off(options):
        return
    trust.tell_apart()
    known = Bindings(trust.book.pairs(trust.stack.id))
    wants = list(client_wants(gateway, options, known=known, made=made_by_others(trust)))
    typed = [want.pair for want in wants if want.endpoint.removeprefix(f"{CLIENT}.") in options.allowed_paths]
    if typed:
        trust.grant(typed, "--allow-path")
    trust.agree(wants)
    trust.consents.believe(lambda _: False)  # no state says which files of this machine may be written
    trust.write_down()


def is_client_agreed(trust: Trust, client: Client, path: str, endpoint: Endpoint) -> bool:
    """Return whether somebody agreed that gwctl writes the client's file at this path for the endpoint."""
    return trust.consents.bindings.has(_pair(client, path, endpoint))


def made_by_others(trust: Trust) -> Made:
    """Return a function that returns the files that gwctl created for the tools of other gateway files."""
    return lambda: made_files(KeptRows(trust.ledger).rows, besides=trust.stack.id)


def client_wants(
    gateway: Gateway,
    options: Options,
    names: Collection[str] = (),
    known: Bindings | None = None,
    *,
    made: Made,
) -> Iterator[WantedPair]:
    """Yield a pair for each client and each endpoint that the client may use.

    `names` limits the clients. If `names` is empty, all clients count. A path outside of the usual places is included
    only if --allow-path names the client, now or in an earlier run.
    """
    here = surroundings(options.environ)
    for client in gateway.clients.values():
        tool = tool_named(client.tool)
        if tool is None or client.file == "none" or (names and str(client.address) not in names):
            continue
        placed = place_of(client, tool, gateway, here)
        is_here = is_found(tool, here, made) or client.when_absent == "write"
        for endpoint in _endpoints(client, tool, gateway) if is_here else ():
            pair = _pair(client, str(placed.path), endpoint)
            if _may_be_asked(client, placed, options) or (known and known.has(pair)):
                yield WantedPair(endpoint=str(client.address), what=_what(client, tool), pair=pair)


def is_off(options: Options) -> bool:
    return CLIENT.name in options.without or options.environ.get("CI", "").lower() not in ("", "0", "false")


def _may_be_asked(client: Client, placed: Placed, options: Options) -> bool:
    return placed.is_usual or client.name in options.allowed_paths


def _endpoints(client: Client, tool: Tool, gateway: Gateway) -> list[Endpoint]:
    names = client.endpoints or gateway.endpoints
    endpoints = [gateway.endpoints[name] for name in names]
    return [endpoint for endpoint in endpoints if set(tool.apis) & set(endpoint.apis)]


def _pair(client: Client, path: str, endpoint: Endpoint) -> Pair:
    exposure = replace(exposure_of(endpoint), proxy="", ca_file="", ca_content="")  # the tool itself sends the key
    return Pair(client_secret(str(client.address), path), exposure)


def _what(client: Client, tool: Tool) -> str:
    return (
        f"{tool.title} (with `file: shared`, {tool.warning})"
        if client.file == "shared" and tool.warning
        else tool.title
    )
