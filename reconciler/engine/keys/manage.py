"""Setting and removing a kept key by hand."""

from __future__ import annotations

from dataclasses import replace

from reconciler import codes
from reconciler.address import KEY, Address
from reconciler.apply.owned import KeychainContext, keep, settle
from reconciler.apply.write_state import write_state
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.keys.keyring import Keyring, open_keys
from reconciler.engine.keys.records import key_records
from reconciler.engine.options import Options
from reconciler.engine.plan import check_scope
from reconciler.engine.session import Session, known_endpoints, open_session, spare_of
from reconciler.engine.trust.pairs import exposure_of
from reconciler.errors import Failed
from reconciler.identity import now, who
from reconciler.plan.change import Action, Change
from reconciler.plan.owned.values import KeyRecords
from reconciler.resources.presence import Present, Slot, Unknown, settled
from reconciler.resources.resource import Resource
from reconciler.secrets.binding import Pair, kept_secret
from reconciler.secrets.key import Key
from reconciler.secrets.resolve_key import Missing, Unreadable, checked
from reconciler.state.document import Written
from reconciler.text import printable


def key_destination(options: Options, name: str) -> str:
    """Where a key that is set for that endpoint will be sent, as the gateway file has it; raises `Failed`."""
    return printable(str(exposure_of(_keeping_endpoint(options, name)[1])), 600)


def set_key(options: Options, name: str, value: str) -> Diagnostic | None:
    """Keep that key for the endpoint from now on; raises `Failed`."""
    session, endpoint = _keeping_endpoint(options, name)
    key = checked(value, "what was given", "is empty")
    if isinstance(key, Missing | Unreadable):
        hint = key.hint if isinstance(key, Unreadable) else "type or paste the key, or pipe it in"
        raise Failed(
            error(codes.KEY_UNREADABLE, f"This is no key: {key.reason}", detail="Nothing was done.", hint=hint)
        )
    session = _begun(session, options)
    session.trust.forget_kept(name)  # it was for another key that somebody agreed to these places
    session.trust.grant([Pair(kept_secret(name), exposure_of(endpoint))], "gwctl key set", session.trust.older_here)
    keys = open_keys(session, options)
    slot = keys.slot(endpoint.name)
    records = replace(key_records(keys, []), seen=keys.look([slot]))
    _refuse_foreign(endpoint, slot, records)
    return _carried_out(session, keys, records=records, action="update", slot=slot, key=key)


def remove_key(options: Options, name: str) -> Diagnostic | None:
    """Delete the entry that gwctl keeps for the endpoint; raises `Failed`."""
    session = open_session(options, ())
    keys = open_keys(session, options)
    slot = keys.slot(name)
    entry = keys.entries.get(slot)
    stack = session.trust.stack.id
    if entry is None or not entry.is_owned_by(stack):
        hint = "`gwctl key list` lists what is kept"
        raise Failed(error(codes.NOT_KEPT, f"gwctl keeps no key for `{name}`", hint=hint))
    shared = any(owner.stack != stack for owner in entry.owners)
    records = KeyRecords(keys.entries, keys.look([slot]), stack)
    seen = records.seen[slot]
    ours = isinstance(seen, Present) and (there := settled(entry, seen)) and there.fingerprint == seen.fingerprint
    if isinstance(seen, Unknown):
        raise Failed(
            error(codes.KEYCHAIN_FAILED, f"key.{name}: {seen.reason}", detail="Nothing was done.", hint=seen.hint)
        )
    said = _carried_out(
        session, keys, records=records, action="forget" if shared or not ours else "delete", slot=slot, key=None
    )
    session.trust.forget_kept(name)
    return said


def _keeping_endpoint(options: Options, name: str) -> tuple[Session, Endpoint]:
    session = open_session(options, ())
    known_endpoints(session.gateway, [name], "the command line")
    endpoint = session.gateway.endpoints[name]
    if not endpoint.store_key:
        hint = f"write `store_key: keyring` under endpoints.{name}"
        raise Failed(
            error(
                codes.NOT_KEPT,
                f"endpoints.{name} does not keep its key",
                detail="Nothing was done.",
                hint=hint,
                address=None,
                source=endpoint.source,
            )
        )
    return session, endpoint


def _begun(session: Session, options: Options) -> Session:
    """With a lineage, by which the ledger knows whose entry it is: an empty first state where there is none."""
    if session.state.lineage:
        return session
    check_scope(session)
    state = session.state.following((), Written(who(options.environ), now()))
    version = write_state(session.store, state, session.before, spare_of(session.store, session.gateway))
    return replace(session, state=state, version=version)


def _refuse_foreign(endpoint: Endpoint, slot: Slot, records: KeyRecords) -> None:
    seen = records.seen[slot]
    if isinstance(seen, Unknown):
        raise Failed(
            error(
                codes.KEYCHAIN_FAILED, f"key.{endpoint.name}: {seen.reason}", detail="Nothing was done.", hint=seen.hint
            )
        )
    row = records.entries.get(slot)
    if isinstance(seen, Present) and (row is None or not row.is_owned_by(records.stack)):
        summary = f"The keychain has an entry {slot[0]}/{slot[1]} that gwctl did not make"
        hint = f"if it is to be gwctl's from now on: gwctl apply --adopt key.{endpoint.name}"
        raise Failed(error(codes.NOT_OURS, summary, detail="What gwctl did not make it does not overwrite.", hint=hint))


def _carried_out(
    session: Session, keys: Keyring, records: KeyRecords, action: Action, slot: Slot, key: Key | None
) -> Diagnostic | None:
    at = Address(KEY, slot[1])
    resource = Resource(at, {"service": slot[0], "account": slot[1]}, {"origin": "gwctl key set"})
    change = Change(
        address=at, action=action, cause="config", reason="by hand", before=resource, after=resource if key else None
    )
    keeping = KeychainContext(
        ledger=keys.ledger, records=records, key_of=lambda _: key, name=session.gateway.name, place=session.store.url
    )
    settle(keeping)
    return keep(keeping, [change], session.state.lineage)[0][1]
