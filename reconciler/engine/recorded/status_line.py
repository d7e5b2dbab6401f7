"""The line of `gwctl status --line`: a comparison of the gateway file with the records of this machine.

No store, keychain or network is opened. The line has no text from the gateway file or the ledger.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.config.gateway import Gateway
from reconciler.engine.keys.kept import kept_names
from reconciler.engine.options import Options
from reconciler.engine.recorded.comparison import NOT_APPLIED, compare
from reconciler.engine.recorded.first_step import first_command
from reconciler.engine.stack.gateway_file import load_gateway, stack_of
from reconciler.engine.trust.identify import whereabouts
from reconciler.errors import Failed
from reconciler.files.piped import descriptor_of
from reconciler.files.read_file import is_there
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.snapshot_rows import SnapshotRows
from reconciler.ledger.stack_rows import Stacks
from reconciler.render.phrases import counted
from reconciler.text import printable


def status_line(options: Options) -> str:
    """Return one sentence and the command to type. If there is nothing to do, return an empty text."""
    file = printable(str(options.files[0]), 80)
    try:
        is_absent = descriptor_of(options.files[0]) is None and not is_there(options.files[0])
        gateway = None if is_absent else load_gateway(options)[0]
    except Failed as fault:
        errors = sum(each.severity == "error" for each in fault.diagnostics)
        return f"{file} has {counted(errors, 'error')}. Next: gwctl validate{options.typed}"
    try:
        said = _compared(gateway, options) if gateway else _missing(options)
    except Failed:
        return "The records of this machine cannot be read. Next: gwctl doctor" + options.typed
    return f"{file} {said}" if said else ""


def _compared(gateway: Gateway, options: Options) -> str:
    here, ledger = stack_of(gateway, options), ledger_path(options.environ, gateway.directory)
    stack = Stacks(ledger).read().at(here.path, here.store)
    snapshot = SnapshotRows(ledger).read(stack.id) if stack else None
    rows = OwnedRows(ledger).read() if stack else {}
    comparison = compare(gateway, snapshot, rows.values(), stack.id if stack else "")
    if comparison.compared == "not applied":
        kept = kept_names(gateway, rows, {stack.id} if stack else ())
        return f"{NOT_APPLIED}. Next: gwctl {first_command(gateway, options, kept)}{options.typed}"
    if comparison.compared == "matches":
        return ""
    changes = comparison.changes
    number = f" in {counted(len(changes), 'resource')}" if changes else ""
    return f"differs{number} from the last apply here. Next: gwctl plan{options.typed}"


def _missing(options: Options) -> str:
    """Return the words about a gateway file that does not exist, or "" if the ledger does not have the file.

    Only the path is compared, because the missing file cannot say where its state is.
    """
    path = whereabouts(options.files[0]).path
    ledger = ledger_path(options.environ, Path(path).parent)
    is_known = any(stack.path == path for stack in Stacks(ledger).read().stacks)
    return "does not exist, but it was applied on this machine." if is_known else ""
