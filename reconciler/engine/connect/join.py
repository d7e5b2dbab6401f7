"""The steps of `gwctl join`: set up this machine with a gateway file that others wrote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reconciler import codes
from reconciler.clients.choose import why_unserved
from reconciler.clients.offer import OfferedEndpoint
from reconciler.clients.registry import tool_named
from reconciler.config.gateway import Client, Endpoint, Gateway
from reconciler.diagnostics import Diagnostic
from reconciler.engine.apply import to_apply
from reconciler.engine.connect.endpoint_questions import KEY_FAULTS, refused_keyless
from reconciler.engine.connect.option import OfferedTool
from reconciler.engine.connection_test import ConnectionTest, finding, look
from reconciler.engine.keys.manage import may_be_kept
from reconciler.engine.keys.request import OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.stack.session import open_session
from reconciler.engine.trust.clients import is_off
from reconciler.engine.trust.manage import trust
from reconciler.owned.clients.paths import has_settings, is_found, made_here, surroundings
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.resources.observation import Observation
from reconciler.secrets.key import Key
from reconciler.secrets.reference import EnvReference
from reconciler.secrets.resolve_key import Missing
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Joining:
    """A gateway file to join, and the keys that the user typed. No key is stored before the apply."""

    options: Options
    gateway: Gateway

    def with_key(self, endpoint: str, key: Key) -> Joining:
        """Return a copy with the typed key of an endpoint."""
        return replace(self, options=replace(self.options, typed_keys={**self.options.typed_keys, endpoint: key}))


def open_to_join(options: Options) -> Joining:
    """Return the gateway file to join. Raise `Failed` if the gateway file has errors. No consent is given yet."""
    gateway, _ = load_gateway(options)
    return Joining(options=options, gateway=gateway)


def clients_here(joining: Joining) -> list[OfferedTool]:
    """Return each client of the gateway file whose tool is on this machine, by the address of the client.

    A tool without a usual place for its files counts as used: the gateway file names the file.
    """
    if is_off(joining.options):
        return []
    here, made = surroundings(joining.options.environ), made_here(joining.options.environ)
    tools = ((client, tool_named(client.tool)) for client in joining.gateway.clients.values())
    return [
        OfferedTool(
            value=str(client.address),
            title=tool.title,
            why_unserved=why_unserved(tool, _offered(joining.gateway, client), joining.gateway.endpoints),
            is_used=tool.needs_path or has_settings(tool, here),  # also with files that gwctl created earlier
        )
        for client, tool in tools
        if tool and client.file != "none" and is_found(tool, here, made)
    ]


def _offered(gateway: Gateway, client: Client) -> list[OfferedEndpoint]:
    """Return the endpoints that the client may use, without models.

    The models are not known yet, because gwctl fetches no model list before the user's consent.
    """
    names = [name for name in client.endpoints or gateway.endpoints if name != client.serves]
    return [bare_endpoint(gateway.endpoints[name]) for name in names if name in gateway.endpoints]


def bare_endpoint(endpoint: Endpoint) -> OfferedEndpoint:
    """Return the endpoint as it is offered to tools, without models."""
    return OfferedEndpoint(name=endpoint.name, base_url=endpoint.base_url, apis=endpoint.apis)


def agree_to_all(joining: Joining, clients: Collection[str]) -> Joining:
    """Ask one question about every secret and its host, and about these clients. Record the answer.

    A run with the result does not ask again. Raise `Failed` if the user declines, or if no terminal is available.
    """
    trust(joining.options, (), "gwctl join", clients=clients)
    return replace(joining, options=replace(joining.options, asker=None))


def agree_to_named(joining: Joining, names: Collection[str]) -> Joining:
    """Record the user's consent to these clients and to the secrets of these endpoints.

    By naming an endpoint or a client, the user agrees. If the result is used without a terminal, gwctl does not ask
    about the other endpoints and clients. Raise `Failed` for a name that the gateway file does not have.
    """
    if names:
        trust(replace(joining.options, asker=None), tuple(names), "gwctl join")
    return joining


@dataclass(frozen=True, kw_only=True)
class Keyless:
    """An endpoint that has no key on this machine yet. `why` says why the endpoint needs a key.

    `why` is "" if only the gateway file says that the endpoint needs a key. `refusal` is the note about the response to
    a request without a key, if the server responded with an error.
    """

    endpoint: Endpoint
    why: str
    refusal: Diagnostic | None = None
    is_refused: bool = False  # the server rejects requests without a key, so no tool gets the endpoint without one


def endpoints_without_key(joining: Joining, on_done: OnDone | None = None) -> list[Keyless]:
    """Return the endpoints that need a key and have none on this machine yet.

    gwctl sends a request without a key to each endpoint whose key is optional. The response shows whether the endpoint
    needs a key.
    """
    session = open_session(joining.options)
    endpoints = [endpoint for endpoint in session.gateway.endpoints.values() if may_be_kept(endpoint)]
    keyless = [endpoint for endpoint in endpoints if isinstance(session.keys.of(endpoint), Missing)]
    unsure = [endpoint for endpoint in keyless if not endpoint.key_required]
    seen = observe_all(unsure, session.keys, on_done)
    wanted = (_wanted_key(endpoint, seen.get(endpoint.name)) for endpoint in keyless)
    return [each for each in wanted if each]


def _wanted_key(endpoint: Endpoint, seen: Observation | None) -> Keyless | None:
    """Return the endpoint if it needs a key. `seen` is the result of contact without a key, if the key is optional."""
    if seen is None:
        return Keyless(endpoint=endpoint, why=endpoint.preset.key_hint)
    if seen.code in (*KEY_FAULTS, codes.SERVER_ERROR):  # LiteLLM responds with HTTP 500
        found = finding(endpoint, seen)
        return Keyless(
            endpoint=endpoint,
            why="the server rejects requests without a key",
            refusal=refused_keyless(endpoint.name, seen, found) if found else None,
            is_refused=seen.is_refused_keyless,
        )
    if seen.status in ("listed", "empty") and endpoint.preset.list_proves_key:
        return None
    is_mentioned = bool(endpoint.store_key) or not (isinstance(endpoint.key, EnvReference) and endpoint.key.unasked)
    return Keyless(endpoint=endpoint, why="") if is_mentioned else None


def test_key(joining: Joining, endpoint: str, on_done: OnDone | None = None) -> ConnectionTest:
    """Contact the endpoint with the typed key."""
    return look(joining.options, [endpoint], on_done)


def plan_join(joining: Joining, on_done: OnDone | None = None) -> tuple[Plan, Run]:
    """Return the plan of this machine's apply. Nothing is written."""
    run = to_apply(gather(joining.options, on_done))
    return make_plan(run.inputs), run


def agree_to_keys(joining: Joining) -> None:
    """Record the consent to send each key that was typed to its endpoint."""
    if joining.options.typed_keys:
        trust(joining.options, tuple(joining.options.typed_keys), "gwctl join")
