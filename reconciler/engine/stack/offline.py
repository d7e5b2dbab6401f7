"""The stores and the ledger that --offline and --no-keys do not open, and the messages about them."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.options import Options
from reconciler.errors import Failed
from reconciler.plan.change import Scope
from reconciler.state.stores.store import Store


def default_scope(shared: bool, options: Options) -> Scope:
    """Return the scope of a run that names no scope.

    The scope is `all` for a state file, or if the run is offline. For a shared state, the scope is `shared` without
    keys, else `machine`.
    """
    if not shared or options.offline:
        return "all"
    return "shared" if options.keyless else "machine"


def unread(store: Store, options: Options, scope: Scope) -> tuple[Diagnostic, ...]:
    """Return notes about records that were not read. Raise `Failed` if a plan needs these records."""
    if store.is_closed:
        if scope == "machine":
            raise Failed(_no_shared_state(store.place))
        return (_state_not_read(store.place),)
    return (_ledger_not_read(options),) if _lacks_ledger(store, options, scope) else ()


def unwritable(store: Store, options: Options, scope: Scope) -> tuple[Diagnostic, ...]:
    """Return the errors that prevent an apply from recording its changes, if any."""
    if store.is_closed and (scope != "machine" or options.keyless):  # this machine's records are in the ledger
        return (_no_state(store.place),)
    return (_no_ledger(options),) if _lacks_ledger(store, options, scope) else ()


def _lacks_ledger(store: Store, options: Options, scope: Scope) -> bool:
    is_divided = store.is_shared or scope != "all"
    return is_divided and scope != "shared" and options.keyless


def _state_not_read(place: str) -> Diagnostic:
    summary = f"State not read (--offline): every resource is shown as new ({place})"
    hint = "run the command without --offline to see the real changes"
    return note(codes.STATE_NOT_READ, summary, hint=hint, blocks_apply=True)


def _no_state(place: str) -> Diagnostic:
    return error(
        codes.OFFLINE_STORE,
        _closed(place),
        detail="An apply has to write the state. Nothing was done.",
        hint="run the command without --offline",
    )


def _no_shared_state(place: str) -> Diagnostic:
    detail = "The plan for this machine also needs the shared resources. Nothing was done."
    hint = "run the command without --offline, or plan with --scope shared, which does not need the state"
    return error(codes.OFFLINE_STORE, _closed(place), detail=detail, hint=hint)


def _closed(place: str) -> str:
    return f"The state is in a remote store, and --offline opens no connection: {place}"


def _ledger_not_read(options: Options) -> Diagnostic:
    summary = f"Ledger not read ({_option(options)}): resources of this machine are shown as new"
    return note(
        codes.LEDGER_NOT_READ, summary, hint="add --scope shared, which does not need the ledger", blocks_apply=True
    )


def _no_ledger(options: Options) -> Diagnostic:
    summary = f"{_option(options)} does not open the ledger, which this scope needs"
    hint = f"run the command without {_option(options)}, or with --scope shared"
    return error(codes.LEDGER_NOT_READ, summary, detail="Nothing was done.", hint=hint)


def _option(options: Options) -> str:
    return "--offline" if options.offline else "--no-keys"
