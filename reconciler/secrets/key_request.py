"""A tool's request for one key, in the arguments of a `helper_command`."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """A tool's request for one key: the handle, the origin that receives the key, and the ledger."""

    handle: str
    origin: str  # "": the tool does not say
    ledger: str  # "": the usual one


def key_request(arguments: Sequence[str]) -> KeyRequest | None:
    """Return the request in gwctl's arguments.

    Return None if the arguments are not exactly the arguments of a `helper_command`.
    """
    match list(arguments):
        case ["key", "print", handle, "--for", origin, "--ledger", ledger] if not handle.startswith("-"):
            return KeyRequest(handle=handle, origin=origin, ledger=ledger)
    return None
