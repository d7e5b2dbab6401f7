"""The endpoints that a machine's run does not contact, because this machine fetched their lists recently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.keys.applied import applied_row
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.keys.not_asked import not_asked
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session
from reconciler.errors import Failed
from reconciler.identity import seconds_since
from reconciler.ledger.applied_rows import AppliedRows
from reconciler.ledger.snapshot_rows import SnapshotRows
from reconciler.owned.key_rules import fingerprint_of
from reconciler.plan.change import Scope
from reconciler.resources.observation import Observation, skipped
from reconciler.secrets.reference import EnvReference
from reconciler.text import ago
from reconciler.tools.resolved import resolved_document


def recent_lists(session: Session, endpoints: Iterable[Endpoint], longest: float) -> dict[str, Observation]:
    """Return {name: observation} of the shared endpoints that `--max-age` leaves out.

    This machine fetched the lists of these endpoints within `longest` seconds, at the same URLs and with the same key
    references, and no apply has failed to fetch them since. The shared state has the models. Raise `Failed` if the run
    may not use the records of this machine.
    """
    refuse_age(session.scope, session.options)
    ledger, stack = session.trust.ledger(), session.trust.stack.id
    snapshot, applied = SnapshotRows(ledger).read(stack), AppliedRows(ledger).read(stack)
    if snapshot is None:
        return {}
    then = {name: time for name, time in snapshot.lists.items() if name not in snapshot.failed}
    shared = [endpoint for endpoint in endpoints if endpoint.name in then and endpoint.name not in session.own]
    now = resolved_document(session.gateway.name, shared, session.recorded, {})
    same = [
        each
        for each in shared
        if applied.get(each.name) == applied_row(each, session.trust.shares)
        and _urls(now, each.name) == _urls(snapshot.resolved, each.name) != set()
    ]
    seen = {each.name: _recent(then[each.name], longest) for each in same if _may_be_asked(each, session)}
    return {name: observation for name, observation in seen.items() if observation}


def refuse_age(scope: Scope, options: Options) -> None:
    """Raise `Failed` if a run with this scope and these options may not use `--max-age`."""
    if scope != "machine" or options.keyless:
        hint = "add --scope machine, and remove --no-keys and --offline"
        raise Failed(error(codes.NOT_FOR_SCOPE, "--max-age is only for the scope of this machine", hint=hint))


def left_out_by_default(number: int) -> Diagnostic:
    """Return the note that the default of `--max-age` left out this number of endpoints."""
    what = "1 endpoint was" if number == 1 else f"{number} endpoints were"
    summary = f"{what} not contacted: --auto-approve sets --max-age to 12h (--max-age 0 contacts all endpoints)"
    return note(codes.RECENT_LIST, summary)


def _urls(resolved: Mapping[str, Any], endpoint: str) -> set[str]:
    """Return the base URLs of an endpoint in a resolved file. Return an empty set if the file is not valid."""
    try:
        return {model["base_url"] for model in resolved["models"] if model["endpoint"] == endpoint}
    except (KeyError, TypeError):
        return set()


def _may_be_asked(endpoint: Endpoint, session: Session) -> bool:
    """Return false if the run may store a key of the endpoint, or if gwctl must not contact the endpoint.

    The plan has to test a key before it is stored, or to report the reason, such as a key that is missing. It has to
    fetch the list that a person accepts.
    """
    options = session.options
    if endpoint.name in options.typed_keys or endpoint.name in options.consents.catalogs:
        return False
    if not_asked(endpoint, session.trust, options) is not None or _is_key_missing(endpoint, session.keys):
        return False
    return _is_key_as_stored(endpoint, session.keys)


def _is_key_missing(endpoint: Endpoint, keys: Keyring) -> bool:
    """Return true if the gateway file names a key, but nothing gives one."""
    key = endpoint.key
    if key is None or (isinstance(key, EnvReference) and key.unasked):
        return False
    return keys.is_unset(endpoint, key) and endpoint.store_key is None and not keys.is_kept(endpoint)


def _is_key_as_stored(endpoint: Endpoint, keys: Keyring) -> bool:
    """Return false if the reference now gives another key than the keychain has."""
    is_stored = endpoint.store_key is not None or keys.is_kept(endpoint)
    if not is_stored or endpoint.key is None or keys.is_unset(endpoint, endpoint.key):
        return True
    keys.of(endpoint)
    key, row = keys.followed_key(endpoint), keys.rows.get(keys.slot(endpoint.name))
    return key is not None and row is not None and row.fingerprint == fingerprint_of(key, keys.ledger.digest)


def _recent(time: str, longest: float) -> Observation | None:
    age = seconds_since(time)
    if age is None or not 0 <= age <= longest:  # a time in the future is of a clock that was wrong
        return None
    return replace(skipped(codes.RECENT_LIST, f"Not contacted: list fetched {ago(age)} (--max-age)"), listed_at=time)
