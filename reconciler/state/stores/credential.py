"""The credential that a store sends, and the server that receives the credential.

A store is opened only if there is a binding for its credential.
"""

from __future__ import annotations

from reconciler.secrets.binding import Binding, Exposure, Pair, Unbound, store_secret
from reconciler.values import dataclass


@dataclass(frozen=True)
class Credential:
    """A store's credential and its server, as a pair. `is_near` means that the server is this machine."""

    pair: Pair
    is_near: bool


def credential(
    names: str, origin: str, path: str = "", is_near: bool = False, ca: tuple[str, str] = ("", "")
) -> Credential:
    """Return the credential with these names for the server at `origin`.

    `ca` has the CA file and its digest if a `git pull` may change the file. Otherwise `ca` has two empty texts.
    """
    return Credential(
        Pair(store_secret(names), Exposure(origin=origin, path=path, proxy="", ca_file=ca[0], ca_content=ca[1])),
        is_near,
    )


def require(credential: Credential | None, binding: Binding | None) -> None:
    """Raise `Unbound` if the credential has no binding for its server."""
    if credential is not None and (binding is None or binding.pair != credential.pair):
        raise Unbound
