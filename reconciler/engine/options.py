"""The options of a run, as the command line gives them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.plan.change import Scope
from reconciler.plan.consents import Consents
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.engine.trust.questions import Asker


@dataclass(frozen=True, kw_only=True)
class Options:
    """Everything that a run depends on besides the world itself."""

    files: tuple[Path, ...] = (Path("gateway.yaml"),)
    state: str | None = None  # overrides `state:`; a relative path begins at the working directory
    variables: Mapping[str, str] = field(default_factory=dict)  # of --var
    environ: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    no_keys: bool = False
    locked: bool = False  # model lists come from the lock file
    allow_commands: bool = False
    allowed_hosts: frozenset[str] = frozenset()  # endpoints whose secrets may go where the file says, in this run
    trusted: frozenset[str] = frozenset()  # --trust: what this run believes, `file` or what the shared `state` records
    asker: Asker | None = None  # None: nobody is there to be asked
    scope: Scope | None = None  # None: all in a file of this machine, else what belongs to this machine
    consents: Consents = field(default_factory=Consents)

    @property
    def typed(self) -> str:
        """The options by which another command is about the same stack, as a hint gives them; "" or with a blank."""
        files = () if self.files == (Path("gateway.yaml"),) else self.files
        words = [word for file in files for word in ("-f", str(file))]
        words += ["--state", self.state] if self.state is not None else []
        return printable("".join(f" {shlex.quote(word)}" for word in words), 600)

    @property
    def keyless(self) -> bool:
        """Return whether no key is read, and neither keychain nor ledger opened."""
        return self.offline or self.no_keys
