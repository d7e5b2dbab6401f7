"""The exceptions of gwctl, all with one root.

GatewayError                every exception that gwctl raises on purpose
├── Failed                  a request failed for the reasons in `diagnostics`; the only exception that leaves the engine
├── UsageFault              a command line is not valid (also a `click.UsageError`)
├── FileFault               a path is not a file that gwctl may read or write (also an `OSError`)
├── KeychainFault           the operating system's keychain cannot be used at all, or cannot be used now
├── OwnedFault              an owned resource (a keychain entry) could not be observed, written or removed
├── DocumentFault           a user's document cannot be edited safely
├── NoSpans                 a YAML text cannot be divided into spans
├── Unbound                 a secret was about to be sent without a binding: a bug in gwctl
├── Fault                   an endpoint returned no usable answer
├── LockHeld                another process holds the lock of the state
│   └── HttpLockHeld        the same for an HTTP store, with what the server reports about the lock
├── Conflict                an object in a store does not have the expected version
├── Unchanged               an object in a store still has the ETag of an earlier read
├── NoAnswer                an HTTP store sent no complete answer
├── ObjectFault             a request to an object store failed
├── PostgresFault           a request to a PostgreSQL server failed
├── Misfit                  a document does not have the shape of its format
├── NotJson                 a page of a model list is not JSON
└── private to one module
    ├── _Refusal            the double of an endpoint answers a request with an error
    ├── _Stop               the rest of a YAML file cannot be read
    └── _Encrypted          a client key is encrypted

A room catches its own exceptions and turns them into diagnostics in a `Failed` or in a returned value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a key is printed without either
    from reconciler.diagnostics import Diagnostic


class GatewayError(Exception):
    """The root of every exception that gwctl raises on purpose. `diagnostics` holds the reasons and may be empty."""

    diagnostics: Sequence[Diagnostic] = ()


class Failed(GatewayError):
    """A request that failed. `diagnostics` holds every reason."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(diagnostic.summary for diagnostic in diagnostics))
        self.diagnostics = diagnostics
