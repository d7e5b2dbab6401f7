"""Bindings for tests, which have a consent."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.secrets.binding import Binding, Bindings, Exposure, Pair, Secret, secret_of
from reconciler.secrets.reference import KeyReference
from reconciler.state.stores.registry import credential_of


def agreed(secret: Secret | KeyReference, origin: str = "https://llm.example") -> Binding:
    """Return the binding that lets the secret be sent to that origin."""
    return _of(Pair(secret if isinstance(secret, Secret) else secret_of(secret), Exposure(origin=origin)))


def agreed_store(url: str, environ: Mapping[str, str]) -> Binding | None:
    """Return the binding for the credential of that store; None if the store needs no credential."""
    credential = credential_of(url, environ)
    return _of(credential.pair) if credential else None


def _of(pair: Pair) -> Binding:
    result = Bindings([pair]).of(pair)
    assert isinstance(result, Binding)
    return result
