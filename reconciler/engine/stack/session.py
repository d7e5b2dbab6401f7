"""The start of a run: gwctl opens the gateway file and reads the records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes, text
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import Loaded, load_gateway, place_of
from reconciler.engine.stack.offline import default_scope, unread
from reconciler.engine.stack.open_stack import enter, trust_of
from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.ledger.machine_rows import MachineRecords
from reconciler.lockfile.locate import LockBytes, read_bytes
from reconciler.plan.change import Scope
from reconciler.plan.resolve.scopes import Division, divide, machine_endpoints
from reconciler.resources.resource import Recorded
from reconciler.state.document import State
from reconciler.state.stores.store import Store
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.apply.write_state import ReadState
    from reconciler.engine.keys.keyring import Keyring
    from reconciler.engine.trust.decide import Trust
    from reconciler.files.atomic_file import OwnFile
    from reconciler.ledger.machine_rows import MachineRows


ERRORED = "errored.state.json"


@dataclass(frozen=True, kw_only=True)
class Session:
    """The gateway file, and its state as read at the start of the run."""

    options: Options
    gateway: Gateway
    store: Store
    state: State
    version: str | None  # of the stored bytes, for compare-and-swap
    scope: Scope
    own: frozenset[str]  # the endpoints of this machine; empty if the state records all
    trust: Trust
    records: MachineRecords  # this machine's records for this state
    lock: LockBytes
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def before(self) -> ReadState:
        """The state that a write of this run replaces."""

        from reconciler.apply.write_state import ReadState

        return ReadState(self.state, self.version)

    @property
    def machine(self) -> MachineRows:
        """The ledger's rows of this machine."""

        from reconciler.ledger.machine_rows import MachineRows

        return MachineRows(self.trust.ledger())

    @cached_property
    def keys(self) -> Keyring:
        """The keys of the gateway file. No source of a key is opened yet."""

        from reconciler.engine.keys.keyring import Keyring

        return Keyring(self.gateway, self.trust, self.options)

    @property
    def lock_digest(self) -> str | None:
        """The digest of the lock file, or None without a lock file."""
        return self.lock.digest

    @property
    def serial(self) -> int | None:
        """The serial of the state, or None if the state was not read."""
        return None if self.store.is_closed else self.state.serial

    @cached_property
    def division(self) -> Division:
        """The gateway file and the records, divided by scope."""
        divided = divide(
            self.gateway, self.scope, own=self.own, state=self.state.resources, ledger=self.records.resources
        )
        return replace(divided, past=self.state.past)

    @property
    def recorded(self) -> Recorded:
        """The records in scope, after the renames in the gateway file."""
        return self.division.recorded


def open_session(options: Options, names: Collection[str] | None = None, loaded: Loaded | None = None) -> Session:
    """Load the gateway file, unless `loaded` contains it, and read its state.

    Only the user's answers are written, to the ledger. This run sends secrets to the endpoints in `names`. None means
    all endpoints. The consents for these secrets are settled in this function.
    """
    gateway, diagnostics = loaded or load_gateway(options)
    known_endpoints(gateway, options.consents.catalogs, "--accept-catalog")
    known_endpoints(gateway, options.allowed_hosts, "--allow-host")
    known_endpoints(gateway, names or (), "the command line")
    if not options.keyless:  # consents cover CA files
        from reconciler.engine.trust.contents import with_contents

        gateway = with_contents(gateway, options)
    trust = trust_of(gateway, options)
    stack = enter(gateway, options, trust, names)
    scope = options.scope or default_scope(stack.store.is_shared, options)
    divided = stack.store.is_shared or scope != "all"
    diagnostics += unread(stack.store, options, scope)
    looks = divided and scope != "shared" and not options.keyless
    records = machine_records(trust, stack.state.lineage) if looks else MachineRecords()
    own = machine_endpoints(gateway) if divided else frozenset()
    lock = read_bytes(options.files[0], gateway.lock)
    diagnostics += tuple(trust.diagnostics)
    return Session(
        options=options,
        gateway=gateway,
        store=stack.store,
        state=stack.state,
        version=stack.version,
        scope=scope,
        own=own,
        trust=trust,
        records=records,
        lock=lock,
        diagnostics=diagnostics,
    )


def open_without_state(options: Options, loaded: Loaded | None = None) -> Session:
    """Return a session of this machine alone, with the lineage and the records of the ledger. No state is read.

    The session is for commands that need no state, such as removals while the state's store does not answer.
    """
    gateway, diagnostics = loaded or load_gateway(options)
    trust = trust_of(gateway, options)
    lineage = trust.stack.lineage
    trust.has_lineage(lineage)
    store = open_store(*place_of(gateway, options), environ=options.environ, offline=True)
    return Session(
        options=options,
        gateway=gateway,
        store=store,
        state=State(name=gateway.name, lineage=lineage),
        version=None,
        scope="machine",
        own=machine_endpoints(gateway),
        trust=trust,
        records=machine_records(trust, lineage),
        lock=read_bytes(options.files[0], gateway.lock),
        diagnostics=diagnostics,
    )


def check_scope(session: Session) -> None:
    """Raise `Failed` if this machine needs endpoints from a shared state that was never applied."""
    if session.scope == "machine" and not session.state.lineage:
        raise Failed(_nothing_shared_yet(session.store.place))


def machine_records(trust: Trust, lineage: str) -> MachineRecords:
    """Return this stack's records for the state with this lineage.

    Raise `Failed` if the records may belong to another gateway file.
    """
    if not lineage:
        return MachineRecords()
    from reconciler.engine.trust.withheld_messages import older_records, undecided
    from reconciler.ledger.machine_rows import MachineRows

    trust.settle_older()
    trust.write_down()
    if trust.older:
        trust.diagnostics.append(older_records())
    machine = MachineRows(trust.ledger())
    for there in trust.elsewhere:
        if machine.read((there.id, lineage)).resources:
            raise Failed(undecided(there, trust.typed))
    return machine.read((trust.stack.id, lineage))


def spare_of(store: Store, gateway: Gateway | None = None) -> OwnFile:
    """Return the path for a copy of a state that its store refuses.

    The copy is written beside the state file, or beside the default state file.
    """

    from reconciler.files.atomic_file import OwnFile

    if store.file:
        return OwnFile(store.file.path.with_name(ERRORED), store.file.base)
    base = gateway.directory if gateway else Path()
    return OwnFile(base / ".gwctl" / ERRORED, base)


def known_endpoints(gateway: Gateway, names: Collection[str], where: str) -> None:
    """Raise `Failed` if a name is not an endpoint of the gateway file. `where` is the source of the names."""
    unknown = [name for name in sorted(names) if name not in gateway.endpoints]
    if unknown:
        raise Failed(*(_unknown(gateway, name, where) for name in unknown))


def _unknown(gateway: Gateway, name: str, where: str) -> Diagnostic:
    return error(
        codes.UNKNOWN_ENDPOINT,
        f"{where} names `{text.printable(name)}`, which is not an endpoint of the gateway file",
        hint=text.did_you_mean(name, gateway.endpoints),
    )


def _nothing_shared_yet(place: str) -> Diagnostic:
    return error(
        codes.NOTHING_SHARED_YET,
        f"Nothing has been applied to the shared state yet: {place}",
        detail="This machine uses the endpoints in the shared state, which is empty. Nothing was done.",
        hint="first fill the shared state: gwctl apply --scope shared (`gwctl plan --scope shared` shows the changes)",
    )
