"""The steps from the gateway file to its state.

gwctl first settles the consent to send the store's credential, then the consents for the endpoints' secrets.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import place_of, stack_of
from reconciler.engine.stack.offline import default_scope
from reconciler.engine.stack.open_store import credential_of, open_store
from reconciler.engine.trust.identify import whereabouts
from reconciler.errors import Failed
from reconciler.plan.resolve.scopes import machine_endpoints
from reconciler.state.document import State
from reconciler.store_url import is_remote
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.engine.keys.kept import KeptRows
    from reconciler.engine.trust.decide import Trust
    from reconciler.engine.trust.pairs import WantedPair
    from reconciler.ledger.last_read import LastRead
    from reconciler.secrets.binding import Binding
    from reconciler.state.stores.credential import Credential
    from reconciler.state.stores.store import Store, Stored


@dataclass(frozen=True)
class OpenedStack:
    """A store and its content. `version` is the version of the stored bytes."""

    store: Store
    state: State
    version: str | None


def trust_of(gateway: Gateway, options: Options) -> Trust:
    """Return the consents for this gateway file and its state. Nothing is read yet."""

    from reconciler.engine.trust.decide import Trust

    here, own = whereabouts(options.files[0]), stack_of(gateway, options)
    main = own if is_remote(own.store) else replace(own, store=here.in_main(own.store))
    # The check of the ledger's place looks at every directory above it, so that one run checks the place once.
    return Trust(options, own, main, cache(partial(_ledger_path, options, gateway)))


def _ledger_path(options: Options, gateway: Gateway) -> Path:
    from reconciler.ledger.locate import ledger_path

    return ledger_path(options.environ, gateway.directory)


def enter(
    gateway: Gateway, options: Options, trust: Trust, names: Collection[str] | None = None, whole: bool = False
) -> OpenedStack:
    """Open and read the state.

    This run sends secrets to the endpoints in `names`. None means all endpoints. With `whole`, the store sends the
    state even if this machine has its bytes.
    """
    wants = wants_in(gateway, options, trust, names)
    store = open_alone(gateway, options, trust, wants)
    return read_in(store, gateway, options=options, trust=trust, wants=wants, whole=whole)


def wants_in(gateway: Gateway, options: Options, trust: Trust, names: Collection[str] | None) -> Wants:
    """Return the secrets that a run would send to the named endpoints. `names=None` means all endpoints."""
    return Wants(gateway, options, trust=trust, names=names, shared=is_remote(place_of(gateway, options)[0]))


def read_in(
    store: Store, gateway: Gateway, options: Options, trust: Trust, wants: Wants, whole: bool = False
) -> OpenedStack:
    """Read the state from the store, and settle the consents that depend on the state."""
    shared = is_remote(place_of(gateway, options)[0])
    scope = options.scope or default_scope(shared, options)
    is_kept = shared and scope == "machine" and not (options.keyless or whole)  # such a run reads the ledger anyway
    last = last_read(gateway, options, trust) if is_kept else None
    known = last.read() if last else None
    state, stored = read_state(store, gateway.name, options.unattended and scope != "machine", known)
    trust.has_lineage(state.lineage)
    if not shared:
        trust.agree(wants.sent, wants.kept)
    if trust.has_consents and trust.consents.waits:
        from reconciler.engine.trust.recorded import is_recorded

        trust.consents.believe(partial(is_recorded, gateway, state.resources if shared else {}))
    trust.write_down()
    # The bytes of an older state may have header values, and a header value may be a secret.
    if last and stored and stored is not known and not state.older and trust.is_recorded:
        last.keep(stored)
    return OpenedStack(store, state, stored.version if stored else None)


def last_read(gateway: Gateway, options: Options, trust: Trust) -> LastRead | None:
    """Return the file for the bytes of the last read. Return None if the ledger has no usable place."""
    from reconciler.ledger.last_read import LastRead

    url, _ = place_of(gateway, options)
    with suppress(Failed):
        sent = credential_of(url, options.environ)
        server = [sent.pair.secret.resolved, sent.pair.exposure.origin, sent.pair.exposure.path] if sent else []
        return LastRead(trust.ledger(), url, " ".join(server))
    return None


def open_alone(gateway: Gateway, options: Options, trust: Trust, wants: Wants | None = None) -> Store:
    """Return the store of the gateway file, without reading the state.

    For a remote store, one question covers the store's credential and the secrets for the endpoints.
    """
    url, directory = place_of(gateway, options)
    credential = None if options.offline else credential_in(url, options)
    if is_remote(url) and not options.offline:
        from reconciler.engine.trust.pairs import want_of_store

        first = [want_of_store(credential)] if credential else []
        trust.agree([*first, *(wants.sent if wants else ())], wants.kept if wants else ())
    return open_store(
        url, directory, environ=options.environ, binding=_binding(trust, credential, url), offline=options.offline
    )


def open_typed(options: Options) -> Store:
    """Return the store that --state names. By typing the URL, the user agrees to send the credential to the store."""

    from reconciler.secrets.binding import Binding, Bindings

    url = options.state or ""
    credential = credential_of(url, options.environ)
    binding = Bindings([credential.pair]).of(credential.pair) if credential else None
    return open_store(url, Path(), options.environ, binding if isinstance(binding, Binding) else None)


def credential_in(url: str, options: Options) -> Credential | None:
    """Return the credential that opening the state sends, or None.

    With --trust state, a remote store needs consent even without a credential.
    """
    sent = credential_of(url, options.environ)
    if sent is None and is_remote(url) and "state" in options.trusted:
        from reconciler.state.stores.credential import credential

        return credential("no credential", url)
    return sent


def _binding(trust: Trust, credential: Credential | None, url: str) -> Binding | None:
    if credential is None:
        return None
    from reconciler.secrets.binding import Binding

    binding = trust.consents.bindings.of(credential.pair)
    if not isinstance(binding, Binding):
        from reconciler.engine.trust.withheld_messages import store_withheld

        raise Failed(store_withheld(credential.pair, url, trust.elsewhere, trust.typed))
    return binding


class Wants:
    """The pairs of a secret and a host that a run needs for the endpoints."""

    def __init__(
        self, gateway: Gateway, options: Options, trust: Trust, names: Collection[str] | None, shared: bool
    ) -> None:
        scope = options.scope or default_scope(shared, options)
        own = machine_endpoints(gateway) if shared or scope != "all" else frozenset()
        inside = [endpoint for name, endpoint in gateway.endpoints.items() if scope != "shared" or name not in own]
        self._endpoints = [endpoint for endpoint in inside if names is None or endpoint.name in names]
        self._gateway, self._options, self._trust = gateway, options, trust
        self._keeps = scope != "shared" and not options.keyless

    @property
    def kept(self) -> dict[str, str]:
        """The stored keys as {endpoint: name}. The keys of stacks that may be this stack are included."""
        if not self._keeps:
            return {}
        from reconciler.engine.keys.kept import KeptRows, kept_names

        trust = self._trust
        kept = KeptRows(trust.ledger)
        if not any(self._may_be_kept(endpoint, kept) for endpoint in self._endpoints):
            return {}
        trust.tell_apart()
        stacks = {stack.id for stack in (trust.stack, *trust.older, *trust.elsewhere)}
        return kept_names(self._gateway, kept.rows, stacks)

    def _may_be_kept(self, endpoint: Endpoint, kept: KeptRows) -> bool:
        """Return true if the endpoint's key may be a stored key.

        If the endpoint has no `store_key` in the gateway file, the ledger is read only if the reference gives no key.
        """
        if endpoint.store_key or endpoint.key is None:
            return endpoint.store_key is not None
        from reconciler.engine.trust.pairs import Holdings

        held = Holdings(self._options.environ, self._gateway.name)
        return held.is_blank(endpoint, endpoint.key) and any(row.is_of_machine for row in kept.rows.values())

    @property
    def sent(self) -> list[WantedPair]:
        """The pairs of a secret and a host that the run uses. The list is empty if no key is read."""
        if self._options.keyless:
            return []
        from reconciler.engine.trust.pairs import Holdings, wants_of

        held = Holdings(self._options.environ, self._gateway.name, self.kept, self._gateway.names_before)
        return [want for endpoint in self._endpoints for want in wants_of(endpoint, held)]


def read_state(
    store: Store, name: str | None, soon: bool = False, known: Stored | None = None
) -> tuple[State, Stored | None]:
    """Return the state, and the bytes in the store. Return an empty state and None if nothing is stored.

    `soon` says that a write may follow within seconds. `known` are the bytes of an earlier read.
    """
    stored = store.read(soon, known)
    if stored is None:
        return State(name=name or ""), None
    from reconciler.state.codec import decode

    try:
        return decode(stored.data, store.place, name), stored
    except Failed as fault:  # the store knows how to restore a state
        diagnostics = (
            replace(diagnostic, hint=store.undo) if diagnostic.code == codes.STATE_BROKEN else diagnostic
            for diagnostic in fault.diagnostics
        )
        raise Failed(*diagnostics) from None
