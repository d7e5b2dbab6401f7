"""The commands that store or delete an endpoint's key."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

from reconciler import codes
from reconciler.address import KEY, Address
from reconciler.apply.owned import OwnedContext, carry_out, settle
from reconciler.apply.write_state import write_state
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, check_scope, known_endpoints, open_session, spare_of
from reconciler.engine.trust.pairs import exposure_of
from reconciler.errors import Failed
from reconciler.identity import new_lineage, now, who
from reconciler.owned.kind import OwnedRun
from reconciler.owned.registry import open_kind
from reconciler.plan.change import Action, Change
from reconciler.resources.presence import MACHINE, WANTED_BY, OwnedRow, Presence, Present, Slot, Unknown, settled
from reconciler.secrets.binding import Pair, kept_secret
from reconciler.secrets.key import Key
from reconciler.secrets.reference import EnvReference, KeyReference, KeyringReference
from reconciler.secrets.resolve_key import Missing, Unreadable, checked
from reconciler.state.document import Written
from reconciler.text import printable
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class KeyPlace:
    """The place for a key of an endpoint.

    `url` is where the key will be sent. `first` is the key reference that gwctl uses before the stored key, or None if
    the reference gives no key.
    """

    url: str
    first: KeyReference | None


def place_for_key(options: Options, name: str) -> KeyPlace:
    """Return the place for a key of this endpoint. Nothing is written.

    Raise `Failed` if no key can be stored, for example if the keychain cannot be used.
    """
    session, endpoint = _keeping_endpoint(options, name)
    is_unset = endpoint.key is None or session.keys.is_unset(endpoint, endpoint.key)
    return KeyPlace(url=printable(str(exposure_of(endpoint)), 600), first=None if is_unset else endpoint.key)


def set_key(options: Options, name: str, value: str) -> Diagnostic | None:
    """Store this key for the endpoint.

    Return the diagnostic of a keychain fault. Raise `Failed` if no key can be stored.
    """
    session, endpoint = _keeping_endpoint(options, name)
    key = checked(value, "the input", "is empty")
    if isinstance(key, Missing | Unreadable):
        hint = key.hint if isinstance(key, Unreadable) else "type, paste or pipe the key"
        raise Failed(error(codes.KEY_UNREADABLE, f"Not a key: {key.reason}", detail="Nothing was done.", hint=hint))
    session = _begun(session, options)
    session.trust.forget_kept(name)  # earlier consents were for another key
    session.trust.grant([Pair(kept_secret(name), exposure_of(endpoint))], "gwctl key set", session.trust.older_here)
    keys = session.keys
    slot = keys.slot(endpoint.name)
    context = _context(session, keys, slot, key)
    facts = {"origin": options.typed_in} | ({} if endpoint.store_key else {WANTED_BY: MACHINE})
    return _carried_out(context, session, slot, "update", facts)


def remove_key(options: Options, name: str) -> Diagnostic | None:
    """Delete the stored key of the endpoint.

    Return the diagnostic of a keychain fault. Raise `Failed` if no key is stored.
    """
    session = open_session(options, ())
    keys = session.keys
    slot = keys.slot(name)
    context = _context(session, keys, slot, None)
    row = context.rows.get(slot)
    if row is None or not row.is_owned_by(context.stack):
        hint = "`gwctl key list` lists the stored keys"
        raise Failed(error(codes.NOT_KEPT, f"gwctl has no stored key for `{name}`", hint=hint))
    seen = context.seen[slot]
    if isinstance(seen, Unknown):
        raise _failed(name, seen)
    goes = not row.is_shared(context.stack) and _is_ours(row, seen)
    diagnostics = _carried_out(context, session, slot, "delete" if goes else "forget")
    session.trust.forget_kept(name)
    return diagnostics


def _is_ours(row: OwnedRow, seen: Presence) -> bool:
    """Return true if the keychain entry still contains the key that gwctl wrote."""
    there = settled(row, seen)
    return there is not None and seen == Present(there.fingerprint)


def _keeping_endpoint(options: Options, name: str) -> tuple[Session, Endpoint]:
    """Return the session and the endpoint. Raise `Failed` if gwctl cannot store a key for the endpoint."""
    session = open_session(options, ())
    known_endpoints(session.gateway, [name], "the command line")
    endpoint = session.gateway.endpoints[name]
    why_not, hint = _why_not_kept(endpoint)
    if why_not:
        detail, at = "Nothing was done.", endpoint.source
        raise Failed(error(codes.NOT_KEPT, why_not, detail=detail, hint=hint, address=None, source=at))
    check_scope(session)
    slot = session.keys.slot(name)
    _refuse_foreign(endpoint, slot, _context(session, session.keys, slot, None))
    return session, endpoint


def may_be_kept(endpoint: Endpoint) -> bool:
    """Return true if gwctl can store a typed key for the endpoint on this machine."""
    return not _why_not_kept(endpoint)[0]


def _why_not_kept(endpoint: Endpoint) -> tuple[str, str]:
    """Return the reason why gwctl cannot store a typed key for the endpoint, and a hint.

    Both are "" if gwctl can store the key. A typed key takes the place of the key reference on this machine. So the
    endpoint needs a reference, and the reference must not be an entry of the keychain that the user keeps.
    """
    name, key = endpoint.name, endpoint.key
    if endpoint.store_key:
        return "", ""
    if key is None:
        hint = f"write `key: {{env: NAME}}` under endpoints.{name}, with the name of a variable"
        return f"endpoints.{name} has no `key:`, so no key is sent to it", hint
    if isinstance(key, KeyringReference):
        hint = f"store the key in that entry: keyring set {shlex.quote(key.service)} {shlex.quote(key.account)}"
        return f"endpoints.{name} gets its key from a keychain entry of your own", hint
    return "", ""


def _begun(session: Session, options: Options) -> Session:
    """Return the session with a lineage. If the state has no lineage yet, write an empty first state.

    The ledger needs the lineage to record the owner of a keychain entry.
    """
    if session.state.lineage:
        return session
    state = session.state.begun(new_lineage()).following((), Written(who(options.environ), now()))
    version = write_state(session.store, state, session.before, spare_of(session.store, session.gateway))
    return replace(session, state=state, version=version)


def _context(session: Session, keys: Keyring, slot: Slot, key: Key | None) -> OwnedContext:
    """Return the inputs for a change of one keychain entry. `key` is the key to store, or None."""
    stack = session.trust.stack.id
    run = OwnedRun(ledger=keys.ledger, rows=keys.rows, stack=stack, key_of=lambda _: key)
    kind = open_kind(slot.kind, run)
    return OwnedContext(
        kinds={slot.kind: kind},
        ledger=keys.ledger,
        rows={place: row for place, row in keys.rows.items() if place.kind is slot.kind},
        seen=kind.observe([slot]),
        stack=stack,
        name=session.gateway.name,
        place=session.store.url,
    )


def _refuse_foreign(endpoint: Endpoint, slot: Slot, context: OwnedContext) -> None:
    seen, row = context.seen[slot], context.rows.get(slot)
    if isinstance(seen, Unknown):
        raise _failed(endpoint.name, seen, endpoint.key.name if isinstance(endpoint.key, EnvReference) else "")
    if isinstance(seen, Present) and (row is None or not row.is_owned_by(context.stack)):
        summary = f"The keychain has an entry {slot} that gwctl did not create"
        hint = f"to let gwctl take over the entry: gwctl apply --adopt key.{endpoint.name}"
        detail = "gwctl does not overwrite an entry that it does not own."
        raise Failed(error(codes.NOT_OURS, summary, detail=detail, hint=hint))


def _failed(name: str, seen: Unknown, instead: str = "") -> Failed:
    """Return the error about a keychain that cannot be used. `instead` is the variable of the key reference, or ""."""
    summary = f"key.{name}: {seen.reason}"
    hint = f"set the variable {instead}: it needs no keychain" if instead and seen.refused else seen.hint
    return Failed(error(codes.KEYCHAIN_FAILED, summary, detail="Nothing was done.", hint=hint))


def _carried_out(
    context: OwnedContext, session: Session, slot: Slot, action: Action, facts: Mapping[str, str] | None = None
) -> Diagnostic | None:
    resource = slot.resource(Address(KEY, slot.path[-1]), facts)
    change = Change(
        address=resource.address,
        action=action,
        cause="config",
        reason="by hand",
        before=resource,
        after=resource if action == "update" else None,
    )
    settle(context)
    return carry_out(context, [change], session.state.lineage)[0][1]
