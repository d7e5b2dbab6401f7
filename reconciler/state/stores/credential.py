"""The credential that a store sends, and the server that receives it. A binding is required before opening."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.secrets.binding import Binding, Exposure, Pair, Unbound, store_secret


@dataclass(frozen=True)
class Credential:
    """The credential of a store with its server, as a pair. `is_near` means that the server is this machine."""

    pair: Pair
    is_near: bool


def credential(
    names: str, origin: str, path: str = "", is_near: bool = False, ca: tuple[str, str] = ("", "")
) -> Credential:
    """Return the credential with these names for that server. `ca` is (CA file that a pull may change, digest)."""
    return Credential(
        Pair(store_secret(names), Exposure(origin=origin, path=path, proxy="", ca_file=ca[0], ca_content=ca[1])),
        is_near,
    )


def require(credential: Credential | None, binding: Binding | None) -> None:
    """Raise `Unbound` if the store would send the credential without a binding for exactly this pair."""
    if credential is not None and (binding is None or binding.pair != credential.pair):
        raise Unbound
