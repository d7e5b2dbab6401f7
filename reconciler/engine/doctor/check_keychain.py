"""The check of the keychain, and the check of the ledger, which records gwctl's keychain entries."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.address import KEY
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Severity
from reconciler.engine.doctor.case import DoctorRun
from reconciler.engine.doctor.file_modes import mode_of, shared
from reconciler.engine.keys.keyring import Keyring
from reconciler.errors import Failed
from reconciler.render.phrases import counted
from reconciler.resources.finding import Finding, of, ok
from reconciler.secrets.keychain import PATIENCE, KeychainFault, open_keychain
from reconciler.secrets.reference import KeyringReference

_GROUP = "keychain"


def keychain(case: DoctorRun) -> Iterator[Finding]:
    """Yield a finding about the backend that keyring selects. Yield nothing if no endpoint needs a keychain."""
    wanted = [endpoint.name for endpoint in case.endpoints if _uses_keychain(endpoint, case.keys)]
    if not wanted or case.options.offline:
        return
    try:
        keychain = open_keychain(PATIENCE)
        keychain.check()
    except KeychainFault as fault:
        summary = f"{fault.reason[:1].upper()}{fault.reason[1:]}"
        grade: Severity = "error" if any(map(_is_needed, case.endpoints)) else "note"
        yield Finding(
            group=_GROUP,
            grade=grade,
            code=codes.KEYCHAIN,
            summary=summary,
            detail=f"Needed by {', '.join(wanted)}.",
            hint=fault.hint,
        )
        return
    yield ok(_GROUP, f"{keychain.name}: working (selected by keyring)")


def _uses_keychain(endpoint: Endpoint, keys: Keyring | None) -> bool:
    if endpoint.store_key or isinstance(endpoint.key, KeyringReference):
        return True
    try:
        return keys is not None and keys.is_kept(endpoint)
    except Failed:  # the check of the ledger reports it
        return False


def _is_needed(endpoint: Endpoint) -> bool:
    return endpoint.store_key == "keyring" or isinstance(endpoint.key, KeyringReference)


def ledger(case: DoctorRun) -> Iterator[Finding]:
    """Check whether the ledger can be read, and whether other users can read or change the ledger."""
    if case.keys is None:
        return
    path = case.keys.ledger.path
    try:
        count = sum(slot.kind is KEY for slot in case.keys.rows)
    except Failed as fault:
        yield from (of(_GROUP, diagnostic) for diagnostic in fault.diagnostics)
        return
    if not count:
        return
    who = shared(path)
    if who:
        summary = f"{path} can be {who} by other users (mode {mode_of(path)})"
        yield Finding(
            group=_GROUP,
            grade="warning",
            code=codes.FILE_MODE,
            summary=summary,
            detail="The ledger says which keychain entries gwctl may delete.",
            hint=f"chmod 600 {path}",
        )
    else:
        yield ok(_GROUP, f"the ledger records {counted(count, 'stored key')}: {path}")
