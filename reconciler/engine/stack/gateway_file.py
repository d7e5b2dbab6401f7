"""The gateway file of a run: its content, and its identity on this machine. No store is opened."""

from __future__ import annotations

from pathlib import Path

from reconciler.config.checks.local import local_path
from reconciler.config.gateway import Gateway
from reconciler.config.load import load
from reconciler.diagnostics import Diagnostic
from reconciler.engine.options import Options
from reconciler.engine.trust.identify import store_at, whereabouts
from reconciler.errors import Failed
from reconciler.files.read_file import is_there
from reconciler.ledger.stack_rows import Stack, new_stack

Loaded = tuple[Gateway, tuple[Diagnostic, ...]]


def load_gateway(options: Options) -> Loaded:
    """Return the gateway and its warnings and notes. Raise `Failed` with every error in the files."""
    local = local_file(options)
    loaded = load(options.files, options.variables, options.environ, drafts=options.drafts, local=local)
    if loaded.gateway is None:
        raise Failed(*loaded.diagnostics)
    return loaded.gateway, loaded.diagnostics


def local_file(options: Options) -> Path | None:
    """Return the local file that belongs to the gateway file, or None if the run uses no local file."""
    path = local_path(options.files[0]) if options.with_local and options.scope != "shared" else None
    return path if path and (path in options.drafts or is_there(path)) else None


def place_of(gateway: Gateway, options: Options) -> tuple[str, Path]:
    """Return the URL of the state, and the directory for a relative path in that URL."""
    return (options.state, Path()) if options.state is not None else (gateway.state, gateway.directory)


def stack_of(gateway: Gateway, options: Options) -> Stack:
    """Return the stack of the gateway file at its present path.

    The ledger may have recorded the stack with another ID.
    """
    store = store_at(*place_of(gateway, options))
    return new_stack(whereabouts(options.files[0]).path, store, gateway.name, options.stack_id)
