"""The wanted content of each client's file: the endpoints and models that this user can use, in the tool's format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from reconciler import address, codes
from reconciler.address import CLIENT, Address
from reconciler.clients.choose import Left, Wish, choose
from reconciler.clients.offer import Offer, OfferedEndpoint
from reconciler.clients.registry import tool_named
from reconciler.clients.start import is_unset
from reconciler.clients.tool import Part, Place, Surroundings, Tool
from reconciler.config import base_urls
from reconciler.config.gateway import Client, Endpoint, Gateway
from reconciler.diagnostics import Diagnostic
from reconciler.ledger.handle_rows import handle_of
from reconciler.owned.clients import messages
from reconciler.owned.clients.offered import Catalog, Unused, config_of, no_endpoint, reach_of
from reconciler.owned.clients.paths import Placed, is_found, made_files, place_of, surroundings
from reconciler.owned.key_rules import kept_slot
from reconciler.owned.kind import OwnedRun
from reconciler.plan.desired import Desired
from reconciler.plan.owned.values import WantedThing
from reconciler.resources.presence import OwnedRow, Slot
from reconciler.resources.resource import Resource, by_endpoint
from reconciler.resources.urls import origin
from reconciler.secrets.commands.helper_command import HelperRefused, helper_command
from reconciler.values import dataclass

_WAITING = (codes.CLIENT_NOT_ALLOWED, codes.CLIENT_PATH_NOT_ALLOWED, codes.HELPER_REFUSED)  # a person must act first
DEFAULT_PART = "set_default"  # the fact that only the part of a default model has


@dataclass(frozen=True, kw_only=True)
class ClientDraft:
    """One client in one run: the wanted parts of the client's file, and the diagnostics about the client."""

    client: Client
    wants: tuple[WantedThing, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    is_blocked: bool = False  # a person must act first


class Drafts:
    """The drafts of all clients in a run's gateway file, made once for each plan."""

    def __init__(self, run: OwnedRun) -> None:
        self._run = run
        self.clients: tuple[Client, ...] = tuple(run.gateway.clients.values()) if run.gateway else ()
        self._of: tuple[Desired, list[ClientDraft]] | None = None

    @cached_property
    def slots(self) -> frozenset[Slot]:
        """All slots that these clients may use. The slots do not depend on the models of the endpoints."""
        return frozenset(slot for client in self.clients for slot in self._slots(client))

    def of(self, desired: Desired) -> list[ClientDraft]:
        """Return the draft of every client for the desired endpoints and models."""
        if self._of is None or self._of[0] is not desired:
            resources = {at: want.resource for at, want in desired.wanted.items()}
            catalog = Catalog(resources, by_endpoint(resources))
            self._of = desired, [self._drafted(client, catalog) for client in self.clients]
        return self._of[1]

    def _slots(self, client: Client) -> Iterator[Slot]:
        run, tool = self._run, tool_named(client.tool)
        if run.gateway is None or tool is None or client.file == "none":
            return
        path = place_of(client, tool, run.gateway, self._here).path
        if client.file == "own":
            yield client_slot(tool, path)
        else:
            places = tool.places(run.gateway.name, run.gateway.endpoints)
            yield from (client_slot(tool, path, covered) for covered in places.values())

    @cached_property
    def _here(self) -> Surroundings:
        return surroundings(self._run.environ)

    def _drafted(self, client: Client, catalog: Catalog) -> ClientDraft:
        gateway, tool = self._run.gateway, tool_named(client.tool)
        if gateway is None or tool is None:
            return ClientDraft(client=client)
        drafting = _Drafting(self._run, gateway, client, tool, place_of(client, tool, gateway, self._here), catalog)
        return drafting.draft(is_found(tool, self._here, lambda: made_files(self._run.rows)))


@dataclass(frozen=True, kw_only=True)
class _Usable:
    """The endpoints that a tool's file can contain now, and the other endpoints."""

    endpoints: tuple[OfferedEndpoint, ...]
    left_out: Mapping[str, Diagnostic]  # {endpoint: why the file cannot contain it now}
    is_frozen: bool  # too little is known about an endpoint of the client, so the client's file is not changed
    waits: bool  # a person must act first


@dataclass(frozen=True)
class _Drafting:
    """The work on the draft of one client."""

    run: OwnedRun
    gateway: Gateway
    client: Client
    tool: Tool
    placed: Placed
    catalog: Catalog

    def draft(self, is_here: bool) -> ClientDraft:
        """Return the client's draft. `is_here` says whether `is_found` found the tool."""
        client, tool = self.client, self.tool
        if client.file == "none":
            return ClientDraft(client=client, diagnostics=(messages.by_hand(client, tool),))
        if not is_here and client.when_absent == "skip" and not self.rows:
            return ClientDraft(client=client, diagnostics=(messages.not_found(client, tool),))
        if self.placed.link:
            return replace(self._frozen(), diagnostics=(messages.linked(client, self.placed),), is_blocked=True)
        usable = self._usable()
        said = tuple(usable.left_out.values())
        if usable.is_frozen:
            return replace(self._frozen(), diagnostics=said, is_blocked=usable.waits)
        wish = Wish(
            gateway=self.gateway.name,
            client=client.name,
            key_from=client.key_from,
            chat=self.catalog.default("chat"),
            small=self.catalog.default("small"),
        )
        chosen = choose(tool, wish, usable.endpoints)
        left = messages.left_out(client, tool, chosen.left if not usable.waits else ())
        draft = ClientDraft(client=client, diagnostics=(*said, *left), is_blocked=usable.waits)
        if chosen.offer is None:
            why = () if usable.waits else (self._no_endpoint(usable, chosen.left),)
            return replace(draft, diagnostics=(*draft.diagnostics, *why))
        unkept = messages.needs_keychain(client, tool, self._unkept(chosen.offer))
        served = messages.served(client, chosen.offer, self.run.observations.get(client.serves))
        also = messages.also_written(client, self.placed)
        used = (self.gateway.endpoints[endpoint.name] for endpoint in chosen.offer.endpoints)
        untold = messages.not_passed(client, tool, used)
        wants = self._wants(chosen.offer)
        return replace(draft, wants=wants, diagnostics=(*draft.diagnostics, *unkept, *served, *untold, *also))

    def _no_endpoint(self, usable: _Usable, left: tuple[Left, ...]) -> Diagnostic:
        unused = Unused(
            endpoints=[self.gateway.endpoints[name] for name in self._named],
            left_out=usable.left_out,
            catalog=self.catalog,
            left=left,
            observations=self.run.observations,
        )
        return no_endpoint(self.client, self.tool, unused)

    @cached_property
    def _named(self) -> list[str]:
        return [name for name in self.client.endpoints or self.gateway.endpoints if name != self.client.serves]

    @cached_property
    def rows(self) -> dict[Address, OwnedRow]:
        """The client's rows in the ledger: {address of a part of the file: row}."""
        owned = ((owner, row) for row in self.run.rows.values() for owner in row.owners if row.slot.kind is CLIENT)
        mine = {address.parse(owner.address): row for owner, row in owned if owner.stack == self.run.stack}
        return {at: row for at, row in mine.items() if at.whole == self.client.address}

    def _frozen(self) -> ClientDraft:
        """Return a draft that keeps every part of the file as recorded."""
        return ClientDraft(client=self.client, wants=tuple(self._recorded(at, row) for at, row in self.rows.items()))

    def _recorded(self, at: Address, row: OwnedRow) -> WantedThing:
        return WantedThing(address=at, slot=row.slot, fingerprint=None, origin="", reason="", source=self.client.source)

    def _usable(self) -> _Usable:
        """Return the endpoints that the tool's file can contain now, with diagnostics about the other endpoints."""
        used = self._recorded_with("endpoints")
        names = [name for name in self._named if name in self.run.observations]
        resources = {name: self.catalog.resources.get(address.endpoint(name)) for name in names}
        pairs = [(self.gateway.endpoints[name], resource) for name, resource in resources.items() if resource]
        offered = [self._offered(endpoint, resource) for endpoint, resource in pairs]
        fit = {one.name: one for one in offered if set(one.apis) & set(self.tool.apis)}
        reasons = {name: self._why_not(self.gateway.endpoints[name], one) for name, one in fit.items()}
        left = {name: why for name, why in reasons.items() if why}
        waits = any(why.code in _WAITING for why in left.values())
        return _Usable(
            endpoints=tuple(one for one in offered if one.name not in left),
            left_out=left,
            is_frozen=bool(used & left.keys()),
            waits=waits,
        )

    def _offered(self, endpoint: Endpoint, resource: Resource) -> OfferedEndpoint:
        attributes = resource.as_endpoint
        helper = self._helper(endpoint) if self.client.key_from == "helper" and self._has_key(endpoint) else ()
        return OfferedEndpoint(
            name=endpoint.name,
            base_url=attributes.base_url,
            chat_base=base_urls.openai(endpoint, reach_of(resource)),
            apis=endpoint.apis,
            models=self.catalog.models(endpoint.name, self.client, self.tool),
            helper=helper if isinstance(helper, tuple) else (),
            variable=endpoint.key_variable or "",
            has_key=self._has_key(endpoint),
        )

    def _why_not(self, endpoint: Endpoint, one: OfferedEndpoint) -> Diagnostic | None:
        """Return the diagnostic if the client's file cannot contain the endpoint now. Otherwise return None."""
        seen, client = self.run.observations[endpoint.name], self.client
        if seen.code == codes.KEY_WITHHELD:
            return messages.withheld(client, endpoint, self._recorded_with("endpoints"))
        if self._needs_key(endpoint) and not self._is_key_here(endpoint):
            return messages.no_key(client, endpoint, self._recorded_with("endpoints"))
        if not self.run.is_agreed(client, str(self.placed.path), endpoint):
            return messages.not_allowed(client, self.tool, self.placed, endpoint)
        helper = self._helper(endpoint) if one.has_key and client.key_from == "helper" else ()
        return messages.helper_refused(client, helper) if isinstance(helper, HelperRefused) else None

    def _helper(self, endpoint: Endpoint) -> tuple[str, ...] | HelperRefused:
        handle = handle_of(self.run.stack, self.client.name, endpoint.name)
        return helper_command(handle, origin(endpoint.base_url), self.run.ledger.path)

    def _needs_key(self, endpoint: Endpoint) -> bool:
        """Return whether the tool needs a key for the endpoint.

        An optional key is needed if the server rejects requests without a key, or if the ledger records that the tool's
        file uses the key. A shell without the variable of the key does not change this.
        """
        is_used = endpoint.key_variable is not None and endpoint.name in self._recorded_with("keys")
        return endpoint.key_required or is_used or self.run.observations[endpoint.name].is_refused_keyless

    def _recorded_with(self, fact: str) -> set[str]:
        """Return the names of endpoints that the client's rows in the ledger list in this fact."""
        return {name for row in self.rows.values() for name in row.facts.get(fact, "").split(",")}

    def _has_key(self, endpoint: Endpoint) -> bool:
        """Return whether a key is sent to the endpoint, as far as this run knows."""
        return endpoint.key_required or self._is_key_here(endpoint)

    def _is_key_here(self, endpoint: Endpoint) -> bool:
        return self.run.key_of(endpoint.name) is not None or self._is_kept(endpoint.name)

    def _is_kept(self, endpoint: str) -> bool:
        return kept_slot(self.run.rows, self.run.stack, endpoint) is not None

    def _unkept(self, offer: Offer) -> list[str]:
        """Return the names of endpoints with a key command but without a key in the keychain.

        A key that this run will store counts as a key in the keychain.
        """
        with_helper = [endpoint.name for endpoint in offer.endpoints if endpoint.helper]
        stored = {name for name, endpoint in self.gateway.endpoints.items() if endpoint.store_key} | self.run.typed
        return [name for name in with_helper if name not in stored and not self._is_kept(name)]

    def _lacks_key(self, offer: Offer) -> bool:
        """Return whether the tool reads a key from a variable that is not set in this shell."""
        keyed = [endpoint.variable for endpoint in offer.endpoints if endpoint.has_key]
        return self.client.key_from == "env" and is_unset(keyed, self.run.environ)

    def _wants(self, offer: Offer) -> tuple[WantedThing, ...]:
        parts = self.tool.parts(offer, self.client.file)
        kept = [part for part in parts if not (part.is_default and self.client.set_default == "never")]
        return tuple(self._want(part, offer) for part in kept)

    def _want(self, part: Part, offer: Offer) -> WantedThing:
        name = f"{self.client.name}/{part.name}" if part.name else self.client.name
        at = Address(CLIENT, name)
        facts = {
            "value": part.text,
            "endpoints": ",".join(endpoint.name for endpoint in offer.endpoints),
            "helpers": ",".join(endpoint.name for endpoint in offer.endpoints if endpoint.helper),
            "keys": ",".join(endpoint.name for endpoint in offer.endpoints if endpoint.has_key),
            "config": config_of(offer, self.client, self.gateway),
        }
        if part.is_default:
            facts = {"value": part.text, "config": facts["config"], DEFAULT_PART: self.client.set_default}
        row = self.rows.get(at)
        is_catalog = row is not None and row.facts.get("config") == facts["config"]
        model = f"{offer.chat.endpoint}/{offer.chat.model}"
        return WantedThing(
            address=at,
            slot=client_slot(self.tool, self.placed.path, part.covers if part.name else None),
            fingerprint=self.run.ledger.digest(part.text),
            origin="the gateway file",
            reason=messages.made(self.tool, self.placed.path, model, self.client, lacks_key=self._lacks_key(offer)),
            changed=messages.changed(self.tool, offer.chat.endpoint, model, is_catalog),
            source=self.client.source,
            facts=facts,
        )


def client_slot(tool: Tool, path: Path, places: Sequence[Place] | None = None) -> Slot:
    """Return the slot for a part of a tool's file.

    The slot names the first place of the part. If the part has no places, the slot names the whole file.
    """
    return Slot(CLIENT, (tool.name, str(path), json.dumps(places[0]) if places else ""))
