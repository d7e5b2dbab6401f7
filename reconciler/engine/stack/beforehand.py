"""The faults that a run finds without a network. A run that waits first looks for them before it waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.engine.keys.recent import refuse_age
from reconciler.engine.options import Options
from reconciler.engine.saved_plan import read_plan
from reconciler.engine.stack.gateway_file import load_gateway, place_of
from reconciler.engine.stack.offline import default_scope
from reconciler.engine.stack.open_stack import read_state
from reconciler.engine.stack.open_store import open_store
from reconciler.engine.stack.session import known_endpoints
from reconciler.lockfile.codec import read_lock
from reconciler.lockfile.locate import read_bytes
from reconciler.store_url import is_remote


def check_beforehand(options: Options, plan: Path | None = None) -> None:
    """Read the files of an apply, and forget what they contain: they may change before the apply.

    Raise `Failed` for a fault in the saved plan, the gateway file, a local state file or the lock file of `--locked`.
    Also raise it for options that do not fit these files. No remote store, ledger or keychain is opened.
    """
    if plan is not None:
        options = replace(options, scope=read_plan(plan).plan.scope)
    gateway, _ = load_gateway(options)
    known_endpoints(gateway, options.consents.catalogs, "--accept-catalog")
    known_endpoints(gateway, options.allowed_hosts, "--allow-host")
    url, directory = place_of(gateway, options)
    is_shared = is_remote(url)
    if options.max_age:
        refuse_age(options.scope or default_scope(is_shared, options), options)
    store = open_store(url, directory, environ=options.environ, offline=True)
    if not is_shared:
        read_state(store, gateway.name)
    if options.locked:
        read_lock(read_bytes(options.files[0], gateway.lock), gateway.name)
