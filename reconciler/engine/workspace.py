"""What a run begins with: the gateway file, and what is recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reconciler import text
from reconciler.apply.write_state import Before
from reconciler.atomic_file import OwnFile
from reconciler.config.gateway import Gateway
from reconciler.config.load import load
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.options import Options
from reconciler.engine.sealed import default_scope, unread
from reconciler.engine.stores import open_store
from reconciler.errors import Failed
from reconciler.lockfile.place import LockBytes, read_bytes
from reconciler.plan.change import Scope
from reconciler.plan.division import Division, divide, machine_endpoints
from reconciler.resources.resource import Recorded
from reconciler.state.closed_store import ClosedStore
from reconciler.state.codec import decode
from reconciler.state.document import State
from reconciler.state.file_store import FileStore
from reconciler.state.ledger_file import default_path
from reconciler.state.machine import Machine, MachineRecords
from reconciler.state.store import Store

ERRORED = "errored.state.json"


@dataclass(frozen=True)
class Workspace:
    """The gateway, and the state that belongs to it, as read in one go."""

    gateway: Gateway
    store: Store
    state: State
    version: str | None  # of the stored bytes, for compare-and-swap
    scope: Scope
    own: frozenset[str]  # the machine's endpoints; none where the state keeps everything
    machine: Machine
    records: MachineRecords  # of the machine, under this state
    lock: LockBytes
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def before(self) -> Before:
        """What a write of the state replaces."""
        return Before(self.state, self.version)

    @property
    def lock_digest(self) -> str | None:
        """Of the lock file; None: there is none."""
        return self.lock.digest

    @property
    def serial(self) -> int | None:
        """Of the state; None where it was left closed."""
        return None if isinstance(self.store, ClosedStore) else self.state.serial

    @cached_property
    def division(self) -> Division:
        """Gateway file and records, by whose they are."""
        divided = divide(self.gateway, self.scope, self.own, self.state.resources, self.records.resources)
        return replace(divided, past=self.state.past)

    @property
    def recorded(self) -> Recorded:
        """Everything that counts here, renamed as the gateway file says."""
        return self.division.recorded


def load_gateway(options: Options) -> tuple[Gateway, tuple[Diagnostic, ...]]:
    """The gateway and what else there is to say; `Failed` with every error at once."""
    loaded = load(options.files, options.variables, options.environ)
    if loaded.gateway is None:
        raise Failed(*loaded.diagnostics)
    return loaded.gateway, loaded.diagnostics


def open_workspace(options: Options) -> Workspace:
    """Load the gateway file and read its state; creates nothing."""
    gateway, said = load_gateway(options)
    known_endpoints(gateway, options.consents.catalogs, "--accept-catalog")
    known_endpoints(gateway, options.allowed_hosts, "--allow-host")
    store = store_of(gateway, options)
    state, version = read_state(store, gateway.name)
    scope = options.scope or default_scope(store, options)
    divided = store.is_shared or scope != "all"
    said += unread(store, options, scope, divided)
    machine = Machine(default_path(options.environ))
    looks = divided and scope != "shared" and not options.keyless
    records = machine.read(state.lineage) if looks else MachineRecords()
    own = machine_endpoints(gateway) if divided else frozenset()
    lock = read_bytes(options.files[0], gateway.lock)
    return Workspace(gateway, store, state, version, scope, own, machine, records, lock, said)


def store_of(gateway: Gateway, options: Options) -> Store:
    """The store that --state names, else the gateway file, else the default one; --offline opens no remote one."""
    if options.state is not None:
        return open_store(options.state, Path(), options.environ, options.offline)
    return open_store(gateway.state, gateway.directory, options.environ, options.offline)


def spare_of(store: Store, gateway: Gateway | None = None) -> OwnFile:
    """Where a state goes that its store does not take: beside it, or where the default one would be."""
    if isinstance(store, FileStore):
        return store.named(ERRORED)
    base = gateway.directory if gateway else Path()
    return OwnFile(base / ".gwctl" / ERRORED, base)


def read_state(store: Store, name: str | None) -> tuple[State, str | None]:
    """What the store holds, and its version; an empty state when it holds nothing."""
    stored = store.read()
    if stored is None:
        return State(name or ""), None
    try:
        return decode(stored.data, store.place, name), stored.version
    except Failed as fault:  # how to mend it, the store knows
        said = (replace(each, hint=store.undo) if each.code == "STATE_BROKEN" else each for each in fault.diagnostics)
        raise Failed(*said) from None


def known_endpoints(gateway: Gateway, names: Collection[str], where: str) -> None:
    """Refuse names that are no endpoint of the gateway file: a consent or question that reaches nothing."""
    unknown = [name for name in sorted(names) if name not in gateway.endpoints]
    if unknown:
        raise Failed(*(_unknown(gateway, name, where) for name in unknown))


def _unknown(gateway: Gateway, name: str, where: str) -> Diagnostic:
    return error(
        "UNKNOWN_ENDPOINT",
        f"{where} names `{text.printable(name)}`, which is no endpoint of the gateway file",
        "",
        text.did_you_mean(name, gateway.endpoints),
    )
