"""What the command line asked of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.plan.change import Scope
from reconciler.plan.consents import Consents


@dataclass(frozen=True)
class Options:
    """Everything that a run depends on besides the world itself."""

    files: tuple[Path, ...] = (Path("gateway.yaml"),)
    state: str | None = None  # overrides `state:`; a relative path begins at the working directory
    variables: Mapping[str, str] = field(default_factory=dict)  # of --var
    environ: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    no_keys: bool = False
    locked: bool = False  # model lists come from the lock file
    applying: bool = False
    allow_commands: bool = False
    allowed_hosts: frozenset[str] = frozenset()  # endpoints whose key may go to their new origin
    scope: Scope | None = None  # None: all in a file of this machine, else what belongs to this machine
    consents: Consents = field(default_factory=Consents)

    @property
    def keyless(self) -> bool:
        """Whether no key is read, and neither keychain nor ledger opened."""
        return self.offline or self.no_keys
