"""The bindings in a plan: the pairs of a secret and a host that were agreed to when the plan was made."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from reconciler.config.gateway import Endpoint
from reconciler.engine.stack.session import Session
from reconciler.engine.trust.pairs import Holdings, WantedPair, wants_of
from reconciler.engine.trust.recorded import is_recorded
from reconciler.errors import Failed
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.secrets.binding import Pair


def carried(session: Session) -> tuple[CarriedPair, ...]:
    """Return every pair of the gateway file that somebody agreed to.

    A pair counts even if this run did not send the secret.
    """
    held = Holdings(None, session.gateway.name)
    endpoints = session.gateway.endpoints.values()
    wants = {want: _moving(endpoint, want) for endpoint in endpoints for want in wants_of(endpoint, held)}
    try:
        return tuple(wants[want] for want in session.trust.consents.agreed(list(wants)))
    except Failed:  # without a ledger, only the options count
        return tuple(wants[want] for want in session.trust.consents.given_of(list(wants)))


def unagreed(session: Session, names: Collection[str]) -> dict[str, list[Pair]]:
    """Return {endpoint: pairs} for the pairs that an apply would add to a shared state, and that nobody agreed to.

    `names` are the endpoints to check. Only shared endpoints count. A pair counts even if its reference resolves to
    nothing on this machine, because other machines trust the pairs in a shared state.
    """
    if not session.store.is_shared:
        return {}
    gateway = session.gateway
    held = Holdings(None, gateway.name, names_before=gateway.names_before)
    recorded = partial(is_recorded, gateway, session.state.resources)
    shared = (endpoint for name, endpoint in gateway.endpoints.items() if name in names and name not in session.own)
    wants = [want for endpoint in shared for want in wants_of(endpoint, held) if not recorded(want)]
    agreed = session.trust.consents.agreed(wants)
    pairs: dict[str, list[Pair]] = {}
    for want in wants:
        if want not in agreed:
            pairs.setdefault(want.endpoint, []).append(want.pair)
    return pairs


def movings(endpoint: Endpoint, session: Session) -> list[CarriedPair]:
    """Return the endpoint's pairs of a secret and a host that the records do not have yet."""
    recorded = partial(is_recorded, session.gateway, session.recorded)
    wants = wants_of(endpoint, Holdings(None, session.gateway.name))
    return [_moving(endpoint, want) for want in wants if not recorded(want)]


def _moving(endpoint: Endpoint, want: WantedPair) -> CarriedPair:
    place = want.pair.exposure
    ca_file = endpoint.tls.ca_file.path if endpoint.tls and endpoint.tls.ca_file else ""
    secret = str(want.pair.secret)
    return CarriedPair(
        endpoint=endpoint.name,
        what=want.what,
        secret=secret,
        origin=place.origin,
        path=place.path,
        proxy=place.proxy,
        ca_file=ca_file,
        ca_content=place.ca_content,
    )
