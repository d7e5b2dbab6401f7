"""The credential that opening a store sends, and its recipient: known and agreed before it is opened."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.secrets.binding import Binding, Exposure, Pair, Unbound, store_secret


@dataclass(frozen=True)
class Credential:
    """The pair of a store's credential and its server; `is_near`: the server is this machine."""

    pair: Pair
    is_near: bool


def credential(
    names: str, origin: str, path: str = "", is_near: bool = False, ca: tuple[str, str] = ("", "")
) -> Credential:
    """The credential of that name or kind, for that server; `ca`: a CA file that a pull may change, and its digest."""
    return Credential(
        Pair(store_secret(names), Exposure(origin=origin, path=path, proxy="", ca_file=ca[0], ca_content=ca[1])),
        is_near,
    )


def require(credential: Credential | None, binding: Binding | None) -> None:
    """Stop a store that would send a credential without a binding for it, and for its very server."""
    if credential is not None and (binding is None or binding.pair != credential.pair):
        raise Unbound
