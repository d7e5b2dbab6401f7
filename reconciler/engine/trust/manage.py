"""The functions of `gwctl trust`. They allow secrets to be sent to hosts, and list or revoke the bindings."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reconciler import codes
from reconciler.address import CLIENT
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import error
from reconciler.engine.keys.kept import KeptRows, kept_names
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import load_gateway, place_of
from reconciler.engine.stack.open_stack import credential_in, enter, trust_of
from reconciler.engine.stack.session import known_endpoints
from reconciler.engine.trust.clients import client_wants, made_by_others
from reconciler.engine.trust.contents import with_contents
from reconciler.engine.trust.decide import Trust
from reconciler.engine.trust.identify import whereabouts
from reconciler.engine.trust.pairs import Holdings, WantedPair, want_of_store, wants_of
from reconciler.errors import Failed
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.stack_rows import Agreed, Stack, Stacks
from reconciler.resources.agreement import AgreedPair, Agreements
from reconciler.secrets.binding import Bindings
from reconciler.state.stores.registry import refuse_faulty
from reconciler.text import did_you_mean, printable
from reconciler.values import dataclass


@dataclass(frozen=True)
class Trusted:
    """The result of `gwctl trust`: new consents, earlier consents, and records taken over from an older gwctl."""

    new: tuple[WantedPair, ...]
    known: tuple[WantedPair, ...]
    older: tuple[Stack, ...]


def trust(
    options: Options, names: Collection[str], how: str = "gwctl trust", clients: Collection[str] | None = None
) -> Trusted:
    """Agree to every new pair of a secret and a host, or only to the pairs of the named endpoints and of a typed store.

    By naming an endpoint, the user agrees. Without names, gwctl asks at the terminal. With names, records of an older
    gwctl are taken over only if their state is in the same store, because a lineage can be copied. `how` is recorded
    with the consents. `clients` are the addresses of the agreed clients. None means all clients.
    """
    gateway, stack_trust = _known(options)
    _known_names(gateway, names)
    wants = [
        want for want in _wants(gateway, options, stack_trust, names) if clients is None or _is_among(want, clients)
    ]
    remembered = Bindings(stack_trust.book.pairs(stack_trust.stack.id))
    commands = stack_trust.consents.commands
    new = [
        wanted_pair
        for wanted_pair in wants
        if not remembered.has(wanted_pair.pair) or commands.is_new(wanted_pair.pair.secret)
    ]
    named = bool(names) or options.state is not None
    if (new or stack_trust.older) and not named:
        _ask(options, stack_trust, new)
    older = stack_trust.older_here if named else stack_trust.older
    if new or older:
        stack_trust.grant([wanted_pair.pair for wanted_pair in new], how, older)
    return Trusted(tuple(new), tuple(wanted_pair for wanted_pair in wants if wanted_pair not in new), older)


def moved_from(options: Options, old: str) -> Stack:
    """Record that this stack was at the path `old` before. Return this stack.

    The path is a file or a directory.
    """
    _, trust = _known(options)
    there = _at(trust, old)
    if there is None:
        known = ", ".join(printable(stack.path, 200) for stack in trust.book.stacks if stack.path) or "none"
        summary = f"This machine has no records of a gateway file at {printable(old, 300)}"
        raise Failed(
            error(
                codes.UNKNOWN_STACK, summary, detail="Nothing was done.", hint=f"this machine has records of: {known}"
            )
        )
    trust.move(there)
    return trust.stack


def another(options: Options) -> Stack:
    """Record this stack as a separate stack, even if another stack has the same lineage. Return this stack."""
    _, trust = _known(options)
    return trust.register()


def listed(options: Options) -> list[Agreements]:
    """Return every stack on this machine, with its bindings."""
    book = Stacks(ledger_path(options.environ)).read()
    return [_agreements(stack, book.agreed.get(stack.id, ())) for stack in book.stacks]


def _agreements(stack: Stack, agreed: Sequence[Agreed]) -> Agreements:
    pairs = tuple(_shown(agreed) for agreed in agreed)
    return Agreements(path=stack.path, store=stack.store, name=stack.name, lineage=stack.lineage, pairs=pairs)


def _shown(agreed: Agreed) -> AgreedPair:
    secret, place = agreed.pair.secret, agreed.pair.exposure
    return AgreedPair(
        kind=secret.kind,
        secret=secret.whole,
        resolved=secret.resolved,
        origin=place.origin,
        path=place.path,
        proxy=place.proxy,
        ca_file=place.ca_file,
        ca_content=place.ca_content,
        how=agreed.how,
        agreed=agreed.at,
    )


def revoke(options: Options, names: Collection[str]) -> list[Agreed]:
    """Revoke all bindings of this stack, or only those of the named endpoints. Return the revoked bindings."""
    gateway, trust = _known(options)
    _known_names(gateway, names)
    agreed = trust.book.agreed.get(trust.stack.id, ())
    if names:
        pairs = {wanted_pair.pair for wanted_pair in _wants(gateway, options, trust, names)}
        agreed = tuple(consent for consent in agreed if consent.pair in pairs)
    Stacks(trust.ledger()).revoke(trust.stack.id, [consent.pair for consent in agreed])
    return list(agreed)


def _known(options: Options) -> tuple[Gateway, Trust]:
    """Return the gateway and its consents. If the state can be read, the stack has the lineage of the state."""
    gateway = with_contents(load_gateway(options)[0], options)
    refuse_faulty(place_of(gateway, options)[0])
    trust = trust_of(gateway, replace(options, asker=None))
    with suppress(Failed):  # without the state, the lineage is unknown
        enter(gateway, replace(options, asker=None), trust, ())
    return gateway, trust


def _wants(gateway: Gateway, options: Options, trust: Trust, names: Collection[str]) -> list[WantedPair]:
    """Return every pair of a secret and a host that a run may ever need.

    A pair is included even if its variable is not set now.
    """
    stored = kept_names(gateway, KeptRows(trust.ledger).rows, {trust.stack.id})
    typed = [name for name in stored if not gateway.endpoints[name].store_key]
    held = Holdings(None, gateway.name, kept={name: name for name in (*options.typed_keys, *typed)})
    endpoints = [endpoint for name, endpoint in gateway.endpoints.items() if not names or name in names]
    clients = [] if names and not _clients_in(names) else _wants_of_clients(gateway, options, trust, names)
    store = credential_in(place_of(gateway, options)[0], options)
    first = [want_of_store(store)] if store and (not names or options.state is not None) else []
    if options.state is not None and not names:
        return first
    return [*first, *(want for endpoint in endpoints for want in wants_of(endpoint, held)), *clients]


def _wants_of_clients(gateway: Gateway, options: Options, trust: Trust, names: Collection[str]) -> list[WantedPair]:
    return list(client_wants(gateway, options, _clients_in(names), made=made_by_others(trust)))


def _is_among(want: WantedPair, clients: Collection[str]) -> bool:
    """Return true if the pair belongs to no client, or to a client in `clients`."""
    return not want.endpoint.startswith(f"{CLIENT}.") or want.endpoint in clients


def _clients_in(names: Collection[str]) -> list[str]:
    """Return the addresses of clients among the words of a command line."""
    return [name for name in names if name.startswith(f"{CLIENT}.")]


def _known_names(gateway: Gateway, names: Collection[str]) -> None:
    """Raise `Failed` for a name that is neither an endpoint nor the address of a client."""
    clients = _clients_in(names)
    known = {str(client.address) for client in gateway.clients.values()}
    known_endpoints(gateway, [name for name in names if name not in clients], "the command line")
    unknown = [name for name in clients if name not in known]
    if unknown:
        summary = f"`{printable(unknown[0], 80)}` is not a client of the gateway file"
        raise Failed(error(codes.UNKNOWN_CLIENT, summary, hint=did_you_mean(unknown[0], known)))


def _ask(options: Options, trust: Trust, new: Sequence[WantedPair]) -> None:
    if options.asker is None:
        names = (
            " ".join(dict.fromkeys(wanted_pair.endpoint for wanted_pair in new if wanted_pair.endpoint)) or "ENDPOINT"
        )
        summary = "gwctl cannot ask without a terminal, and no endpoint was named"
        hint = f"name the endpoints to trust: gwctl trust {names}; for the server of the state: gwctl trust --state URL"
        raise Failed(error(codes.NO_TERMINAL, summary, detail="Nothing was done.", hint=hint))
    if not options.asker.agree(trust.consents.question(new, trust.older)):
        raise Failed(error(codes.NOT_TRUSTED, "You answered no", detail="Nothing was done."))


def _at(trust: Trust, old: str) -> Stack | None:
    """Return the other stack that was recorded at the path, preferably of the same state. Return None if none was."""
    place, others = whereabouts(Path(old)).path, (stack for stack in trust.book.stacks if stack.id != trust.stack.id)
    stacks = [stack for stack in others if stack.path and place in (stack.path, os.path.dirname(stack.path))]  # noqa: PTH120
    here = [stack for stack in stacks if stack.store == trust.stack.store or stack.lineage == trust.stack.lineage]
    return next(iter([*here, *stacks]), None)
