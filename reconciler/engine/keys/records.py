"""What the planner needs to know of the keys that are kept: which are wanted, what the ledger and the keychain say."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import codes
from reconciler.address import KEY, Address
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.keys.keyring import Keyring
from reconciler.plan.owned.values import KeyRecords, Tested, WantedKey
from reconciler.resources.observation import Observation


def wanted_keys(gateway: Gateway, keys: Keyring, observations: Mapping[str, Observation]) -> list[WantedKey]:
    """The endpoints that ask for their key to be kept, each with what its reference gave in this run."""
    kept = (found for found in gateway.endpoints.values() if found.store_key)
    return [_wanted(endpoint, keys, observations[endpoint.name]) for endpoint in kept]


def key_records(keys: Keyring, wanted: list[WantedKey]) -> KeyRecords:
    """The ledger's rows, and what the keychain says of those that are wanted or this gateway's own."""
    slots = {want.slot for want in wanted}
    slots |= {slot for slot, entry in keys.entries.items() if entry.is_owned_by(keys.stack.id)}
    older = frozenset(each.id for each in keys.older)
    return KeyRecords(keys.entries, keys.look(sorted(slots)), keys.stack.id, older)


def _wanted(endpoint: Endpoint, keys: Keyring, seen: Observation) -> WantedKey:
    given = keys.given(endpoint)
    return WantedKey(
        address=Address(KEY, endpoint.name),
        slot=keys.slot(endpoint.name),
        given=keys.ledger.fingerprint(given) if given else None,
        origin=str(endpoint.key or "gwctl key set"),
        tested=_tested(seen, given is not None),
        source=endpoint.source,
        inherits=keys.slot_before(endpoint) if given is None else None,
        strict=endpoint.store_key != "if-available",
    )


def _tested(seen: Observation, given: bool) -> Tested:
    """A server that answers, and does not refuse, took the key; one without a list tells no more than that.

    A key that was given and not sent is none: its value is malformed.
    """
    answered = seen.status in ("listed", "empty") or seen.code == codes.ENDPOINT_NOT_FOUND
    if seen.code in (codes.INVALID_API_KEY, codes.KEY_MALFORMED) or (given and answered and not seen.key_sent):
        return "refused"
    return "good" if answered else "untested"
