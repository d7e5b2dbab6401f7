"""The options of one run of gwctl."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.plan.consents import Consents
from reconciler.secrets.key import Key
from reconciler.text import printable
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.engine.trust.questions import Asker
    from reconciler.plan.change import Scope


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of a run, apart from what gwctl reads from files and servers."""

    files: tuple[Path, ...] = (Path("gateway.yaml"),)
    state: str | None = None  # overrides `state:`; a relative path starts in the working directory
    variables: Mapping[str, str] = field(default_factory=dict)  # from --var
    environ: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    no_keys: bool = False
    locked: bool = False  # model lists come from the lock file
    # In seconds: a machine's run does not contact shared endpoints with a younger list. None: the default.
    max_age: float | None = None
    unattended: bool = False  # an apply that asks nobody: its write follows its read within seconds
    allow_commands: bool = False
    allowed_hosts: frozenset[str] = frozenset()  # the endpoints of --allow-host
    picked_clients: frozenset[str] = frozenset()  # the clients that whoever answers the questions has picked
    allowed_paths: frozenset[str] = frozenset()  # the clients of --allow-path
    without: frozenset[str] = frozenset()  # names of owned kinds that this run does not use: --no-clients
    trusted: frozenset[str] = frozenset()  # --trust: the hosts in the `file` or in the shared `state`
    asker: Asker | None = None  # None: there is no terminal
    with_local: bool = True  # whether the local file beside the gateway file is read
    drafts: Mapping[Path, bytes] = field(default_factory=dict)  # the content of gateway files that are not saved yet
    typed_keys: Mapping[str, Key] = field(default_factory=dict)  # {endpoint: the key that was typed in this run}
    typed_in: str = "gwctl key set"  # the command in which these keys were typed, for the records
    stack_id: str = ""  # the ID of the stack if the ledger has none yet; "": a new one for each run
    scope: Scope | None = None  # None: `all` for a state file, else `machine`
    consents: Consents = field(default_factory=Consents)

    @property
    def typed(self) -> str:
        """The options that select the same stack in a command, for a hint. The text is empty or starts with a space."""
        files = () if self.files == (Path("gateway.yaml"),) else self.files
        words = [word for file in files for word in ("-f", str(file))]
        words += ["--state", self.state] if self.state is not None else []
        return printable("".join(f" {shlex.quote(word)}" for word in words), 600)

    @property
    def keyless(self) -> bool:
        """Return true if the run reads no key and opens neither the keychain nor the ledger."""
        return self.offline or self.no_keys
