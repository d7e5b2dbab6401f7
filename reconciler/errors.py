"""The exceptions of gwctl, all with one root.

GatewayError                what gwctl raises on purpose
├── Failed                  a request cannot be carried out; `diagnostics` says why; the only one that leaves the engine
├── UsageFault              a command line cannot be carried out (also a `click.UsageError`)
├── FileFault               a path is not a file that may be read or written (also an `OSError`)
├── KeychainFault           the operating system's keychain cannot be used, or not now
├── OwnedFault              an owned resource (a keychain entry) could not be observed, written or removed
├── Unbound                 a secret was about to be sent without a binding: a bug in gwctl
├── Fault                   an exchange with an endpoint gave no usable answer
├── LockHeld                somebody else has the lock of the state
│   └── HttpLockHeld        the same, with what an HTTP server says of the lock
├── Conflict                an object of a store is not the expected version
├── NoAnswer                an HTTP store sent no complete answer
├── ObjectFault             an object store could not carry out a request
├── PostgresFault           a PostgreSQL server could not carry out a request
├── NotJson                 a page of a model list is not JSON
└── private to one module
    ├── _Stop               the rest of a YAML file cannot be read
    └── _Encrypted          a client key is encrypted

A room catches its own exceptions and turns them into diagnostics: `Failed`, or a value that carries them.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.diagnostics import Diagnostic


class GatewayError(Exception):
    """The root of every exception that gwctl raises on purpose; `diagnostics` holds the reasons, where it has them."""

    diagnostics: Sequence[Diagnostic] = ()


class Failed(GatewayError):
    """A request that cannot be carried out; `diagnostics` holds every reason."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(diagnostic.summary for diagnostic in diagnostics))
        self.diagnostics = diagnostics
