"""What a run leaves closed, and says so: --offline the stores of other machines, and with --no-keys the ledger."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.options import Options
from reconciler.errors import Failed
from reconciler.plan.change import Scope
from reconciler.state.stores.offline import ClosedStore
from reconciler.state.stores.store import Store


def default_scope(shared: bool, options: Options) -> Scope:
    """Everything in a file of this machine; of a shared state what belongs to this machine, if that can be known."""
    if not shared or options.offline:
        return "all"
    return "shared" if options.keyless else "machine"


def unread(store: Store, options: Options, scope: Scope, divided: bool) -> tuple[Diagnostic, ...]:
    """What is not known of the records, in a plan that may do without; `Failed` where nothing can be done without."""
    if isinstance(store, ClosedStore):
        if options.applying or scope == "machine":
            raise Failed(_no_store(store.place, options.applying))
        return (_state_not_read(store.place),)
    if divided and scope != "shared" and options.keyless:
        if options.applying:
            raise Failed(_no_ledger(options))
        return (_ledger_not_read(options),)
    return ()


def _state_not_read(place: str) -> Diagnostic:
    summary = f"The state is not read: --offline; everything is shown as if nothing were applied ({place})"
    return note(codes.STATE_NOT_READ, summary, hint="run it without --offline to see what would change")


def _no_store(place: str, applying: bool) -> Diagnostic:
    summary = f"The state is on another machine, and --offline opens no connection: {place}"
    what = "An apply writes it" if applying else "This machine takes what everybody shares from it"
    hint = "run it without --offline" + ("" if applying else ", or with --scope shared")
    return error(codes.OFFLINE_STORE, summary, detail=f"{what}; nothing was done.", hint=hint)


def _ledger_not_read(options: Options) -> Diagnostic:
    summary = f"The ledger is not read: {_option(options)}; what belongs to this machine is shown as if it were new"
    return note(codes.LEDGER_NOT_READ, summary, hint="--scope shared leaves it out")


def _no_ledger(options: Options) -> Diagnostic:
    summary = f"What belongs to this machine is recorded in the ledger, and {_option(options)} leaves it closed"
    hint = f"run it without {_option(options)}, or with --scope shared"
    return error(codes.LEDGER_NOT_READ, summary, detail="Nothing was done.", hint=hint)


def _option(options: Options) -> str:
    return "--offline" if options.offline else "--no-keys"
