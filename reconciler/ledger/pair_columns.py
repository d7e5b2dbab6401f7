"""The columns of a binding in the ledger, and their conversion to a pair of a secret and an exposure."""

from __future__ import annotations

from typing import get_args

from reconciler.secrets.binding import Exposure, Pair, Secret, SecretKind

PAIR_COLUMNS = "kind, written, resolved, origin, path, proxy, ca_file, ca_content"


def pair_of(
    kind: SecretKind, written: str, resolved: str, origin: str, path: str, proxy: str, ca_file: str, ca_content: str
) -> Pair:
    """Return the pair of a secret and an exposure in a row. Raise ValueError if the row is not valid."""
    if kind not in get_args(SecretKind):
        raise ValueError("the kind of a secret is unknown")
    return Pair(
        Secret(kind, written, resolved),
        Exposure(origin=origin, path=path, proxy=proxy, ca_file=ca_file, ca_content=ca_content),
    )
