"""A place for a state, as the contract sees it: how many clients one wants, and ways to break it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from reconciler.engine.stack.open_store import open_store
from reconciler.state.stores.store import Store
from tests.support.bindings import agreed_store


@dataclass(frozen=True)
class Place:
    """One place where nothing is kept yet, as `state:` and the environment name it.

    It is pickled for other processes, so it holds values only. One subclass for each store says what differs.
    """

    url: str
    environ: dict[str, str] = field(default_factory=dict)
    port: int = 0  # of its server on 127.0.0.1; 0: it has none, and cannot be cut off from it
    secrets: tuple[str, ...] = ()  # what no message may hold
    patience: float = 20  # seconds that an answer may take
    lease: float = 0  # seconds for which the lock of a killed holder stands; 0: it falls with its holder
    variable: str = ""  # the one that a message about wrong credentials names
    renews: bool = True  # whether a lock is kept up for as long as its holder lives, past the lease

    def client(self, job: str = "1") -> Store:
        """One more client of it, who calls itself that job of a pipeline."""
        return self.opened(self.environ | {"CI_JOB_ID": job, "CI_PROJECT_PATH": "acme/gateway"})

    def opened(self, environ: dict[str, str]) -> Store:
        """Return a client as gwctl makes it, with a lease and a patience short enough for a test."""
        return open_store(self.url, Path(), environ, agreed_store(self.url, environ))

    def named(self, job: str) -> str:
        """Return the name that others see when that client has the lock."""
        return f"job {job} of acme/gateway"

    def good_bye(self) -> int:
        """Return an upper bound on the bytes of a write that follow its completion."""
        return 16

    def at(self, port: int) -> Self:
        """The same place, reached through another port of 127.0.0.1."""
        old, new = f":{self.port}", f":{port}"
        environ = {name: value.replace(old, new) for name, value in self.environ.items()}
        return replace(self, url=self.url.replace(old, new), environ=environ, port=port)

    def fresh(self) -> Self:
        """Another place of the same kind, on the same server, where nothing is kept yet."""
        raise NotImplementedError

    def refused(self) -> Self:
        """The same place with credentials that are not good; they are among its secrets."""
        raise NotImplementedError

    def contents(self) -> list[str]:
        """The names of everything that is there, the document and whatever lies beside it."""
        raise NotImplementedError
