"""The endpoints that a run does not contact, for reasons that are known without a key.

A run with `--offline` needs only this module: it loads neither the keychain nor the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.resources.observation import Observation, skipped

if TYPE_CHECKING:
    from reconciler.config.gateway import Endpoint
    from reconciler.engine.options import Options
    from reconciler.engine.trust.decide import Trust


def left_out(endpoints: Iterable[Endpoint], trust: Trust, options: Options) -> dict[str, Observation]:
    """Return {name: observation} of a run with `--offline`, which contacts no endpoint."""
    return {endpoint.name: not_asked(endpoint, trust, options) or _offline() for endpoint in endpoints}


def not_asked(endpoint: Endpoint, trust: Trust, options: Options) -> Observation | None:
    """Return an observation with the reason, if the endpoint must not be contacted. The key is not read.

    Return None if no such reason is known without the key.
    """
    withheld = trust.withheld_of(endpoint.name)
    if withheld:
        from reconciler.engine.trust.withheld_messages import key_withheld

        return key_withheld(endpoint.name, withheld, trust.elsewhere, trust.typed)
    is_keyed = _has_keys(endpoint) or (endpoint.tls and endpoint.tls.client_cert)  # the file may have a key
    return _no_keys() if options.no_keys and is_keyed else None


def _has_keys(endpoint: Endpoint) -> bool:
    """Return true if the gateway file has a key reference or `store_key` for the endpoint."""
    return bool(endpoint.references or endpoint.store_key)


def _offline() -> Observation:
    return skipped(codes.OFFLINE, "Not contacted: --offline", "", "")


def _no_keys() -> Observation:
    return skipped(codes.NO_KEYS, "Not contacted: --no-keys", "", "")
