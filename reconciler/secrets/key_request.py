"""The request of a tool for one key, in the arguments of a `helper_command`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """A request for one key: the handle, the origin that the tool sends the key to, and the ledger."""

    handle: str
    origin: str  # "": the tool does not say
    ledger: str  # "": the usual one


def key_request(arguments: Sequence[str]) -> KeyRequest | None:
    """Return the request in gwctl's arguments, if they are exactly the arguments of a `helper_command`."""
    match list(arguments):
        case ["key", "print", handle, "--for", origin, "--ledger", ledger] if not handle.startswith("-"):
            return KeyRequest(handle=handle, origin=origin, ledger=ledger)
    return None
