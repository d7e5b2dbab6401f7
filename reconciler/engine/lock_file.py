"""The steps of `gwctl lock`: fetch every model list again, and update the lock file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler import address, codes
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.connection_test import finding
from reconciler.engine.keys.request import OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.stack.session import Session, known_endpoints, open_session
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.lockfile.codec import VERSION, encode, encode_checked, read_lock
from reconciler.lockfile.document import LockFile
from reconciler.lockfile.locate import LARGEST, LockBytes, read_bytes
from reconciler.lockfile.match import idle_entry, out_of_date, unfit
from reconciler.lockfile.update import PinUpdate, judge, removed
from reconciler.plan.resolve.scopes import machine_endpoints
from reconciler.resources.observation import Observation
from reconciler.resources.resource import raw_list
from reconciler.store_url import is_remote
from reconciler.values import dataclass


@dataclass(frozen=True)
class RelockResult:
    """The new content of the lock file, from the fetched lists. `data` is None if no lock file is needed."""

    on_disk: LockBytes
    judged: tuple[PinUpdate, ...]
    data: bytes | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_current(self) -> bool:
        """Return true if the lock file already has this content."""
        return self.data == _content(self.on_disk)

    @property
    def digest(self) -> str | None:
        """The digest of the lock file after the write."""
        return replace(self.on_disk, data=self.data).digest


def relock(options: Options, names: Collection[str], on_done: OnDone | None = None) -> RelockResult:
    """Fetch the lists of the named endpoints, or all pinned lists, and return the result. Nothing is written."""
    session = open_session(replace(options, with_local=False), names or None)
    gateway = session.gateway
    before = read_lock(session.lock, gateway.name) or LockFile(gateway.name)
    pinned = _pinned(gateway, session.own)
    asked = [endpoint for name, endpoint in pinned.items() if not names or name in names]
    seen = observe_all(asked, session.keys, on_done)
    judged = [_judged(endpoint, seen[endpoint.name], before, session) for endpoint in asked]
    judged += [removed(pin) for name, pin in before.pins.items() if name not in pinned]
    diagnostics = (*session.diagnostics, *_not_pinned(gateway, names, pinned), *_findings(asked, seen, judged))
    return RelockResult(session.lock, tuple(judged), _data(session.lock, before, judged), diagnostics)


def check_offline(options: Options, names: Collection[str]) -> RelockResult:
    """Check the lock file against the gateway file without fetching a list, and return the result."""
    gateway, diagnostics = load_gateway(replace(options, with_local=False))
    known_endpoints(gateway, names, "the command line")
    lock_bytes = read_bytes(options.files[0], gateway.lock)
    lock = read_lock(lock_bytes, gateway.name)
    own = machine_endpoints(gateway) if is_remote(options.state or gateway.state) else frozenset[str]()
    pinned = _pinned(gateway, own)
    faults = [unfit(endpoint, lock) for name, endpoint in pinned.items() if not names or name in names]
    faults += [idle_entry(entry) for name, entry in (lock.pins if lock else {}).items() if name not in pinned]
    certain = [diagnostic for diagnostic in faults if diagnostic]
    if lock and not certain and encode(lock) != _content(lock_bytes):
        certain.append(out_of_date(lock_bytes))
    return RelockResult(lock_bytes, (), _content(lock_bytes), (*diagnostics, *certain))


def write_lock(relock: RelockResult) -> bool:
    """Replace the lock file in one step. Return False if the file is current. Raise `Failed` if the write fails."""
    if relock.data is None or relock.is_current:
        return False
    try:
        OwnFile(relock.on_disk.path, relock.on_disk.base).replace(
            relock.data, _was_read(relock.on_disk), LARGEST, 0o644
        )
    except OSError as fault:
        why = (
            "another program changed the file"
            if isinstance(fault, FileFault) and fault.kind == "foreign"
            else fault.strerror
        )
        summary = f"Cannot write the lock file: {relock.on_disk.place}: {why}"
        hint = "make the file and its directory writable, then run the command again"
        raise Failed(
            error(codes.LOCK_UNWRITABLE, summary, detail="The previous lock file is unchanged.", hint=hint)
        ) from None
    return True


def _was_read(lock_bytes: LockBytes) -> Callable[[bytes], bool]:
    return lambda data: data == lock_bytes.data


def _pinned(gateway: Gateway, own: Collection[str]) -> dict[str, Endpoint]:
    """Return the endpoints whose lists are used. A list that differs between machines is left out."""
    return {
        name: endpoint for name, endpoint in gateway.endpoints.items() if endpoint.discover.enabled and name not in own
    }


def _judged(endpoint: Endpoint, seen: Observation, before: LockFile, session: Session) -> PinUpdate:
    recorded = raw_list(session.recorded.get(address.endpoint(endpoint.name)))
    accepted = endpoint.name in session.options.consents.catalogs
    return judge(endpoint, seen, before=before.pins.get(endpoint.name), recorded=recorded, accepted=accepted)


def _data(lock_bytes: LockBytes, before: LockFile, judged: Sequence[PinUpdate]) -> bytes | None:
    entries = dict(before.pins) | {pin_update.name: pin_update.pin for pin_update in judged}
    pins = {name: pin for name, pin in entries.items() if pin}
    has_details = any(pin.has_details for pin in pins.values())
    after = LockFile(before.name, pins, VERSION if has_details or not before.pins else before.version)
    return encode_checked(after, lock_bytes) if after.pins or lock_bytes.data is not None else None


def _findings(
    asked: Sequence[Endpoint], seen: Mapping[str, Observation], judged: Sequence[PinUpdate]
) -> Iterator[Diagnostic]:
    """Yield the reasons why lists were not pinned, and the other diagnostics of each endpoint."""
    doubts = {pin_update.name: pin_update.diagnostic for pin_update in judged if pin_update.diagnostic}
    for endpoint in asked:
        doubt = doubts.get(endpoint.name) or finding(endpoint, seen[endpoint.name])
        if doubt:
            yield doubt
        yield from seen[endpoint.name].diagnostics


def _not_pinned(gateway: Gateway, names: Collection[str], pinned: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a note for each endpoint that was named but has no list to pin."""
    for name in gateway.endpoints:
        if name in names and name not in pinned:
            at = address.endpoint(name)
            is_used = gateway.endpoints[name].discover.enabled
            why = "each machine has its own list" if is_used else "`discover: false`"
            yield note(
                codes.NOT_PINNED,
                f"{at} has no model list to pin: {why}",
                address=at,
                source=gateway.endpoints[name].source,
            )


def _content(lock_bytes: LockBytes) -> bytes | None:
    """Return the lock file's bytes with normalised line ends, or None if the file does not exist.

    On some machines, git changes the line ends of a file.
    """
    return None if lock_bytes.data is None else lock_bytes.data.replace(b"\r\n", b"\n")
