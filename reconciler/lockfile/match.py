"""The comparison of the lock file with the gateway file. No request is sent."""

from __future__ import annotations

from codecs import BOM_UTF8

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.lockfile.document import LockFile, Pin, misfit
from reconciler.lockfile.locate import LockBytes

_COMMIT = "then commit the lock file"
_STAGES = "; if several stages share the lock file, set `lock:` in each stage, as in lock: gateway.lock.prod.yaml"


def unfit(endpoint: Endpoint, lock: LockFile | None) -> Diagnostic | None:
    """Return a diagnostic if the lock file has no usable list for the endpoint. Return None if the list is usable."""
    if lock is None:
        return _no_list(endpoint, "there is no lock file")
    entry = lock.pins.get(endpoint.name)
    if entry is None:
        return _no_list(endpoint, "the endpoint is not in the lock file")
    if not entry.intact:
        return _edited(endpoint, entry)
    why = misfit(endpoint, entry)
    return _no_list(endpoint, why, entry) if why else None


def idle_entry(entry: Pin) -> Diagnostic:
    """Return the diagnostic for a list that the gateway file does not use."""
    summary = f"The lock file has a list for endpoint.{entry.name}, which the gateway file does not pin"
    return error(
        codes.LOCK_OUT_OF_DATE, summary, hint=f"run `gwctl lock`, {_COMMIT}{_STAGES}", address=None, source=entry.source
    )


def out_of_date(lock_bytes: LockBytes) -> Diagnostic:
    """Return the diagnostic for a lock file that differs from the file that `gwctl lock` would write now."""
    place = lock_bytes.place
    summary = "The lock file is out of date"
    if lock_bytes.data and lock_bytes.data.startswith(BOM_UTF8):
        summary += ": the file starts with a byte order mark, probably from an editor"
    return error(
        codes.LOCK_OUT_OF_DATE, summary, hint=f"run `gwctl lock`, {_COMMIT}", address=None, source=Source(place)
    )


def _no_list(endpoint: Endpoint, why: str, entry: Pin | None = None) -> Diagnostic:
    at = address.endpoint(endpoint.name)
    return error(
        codes.LOCK_OUT_OF_DATE,
        f"The lock file has no list for {at}: {why}",
        detail="The endpoint's models have not been reviewed. With --locked, the endpoint stays as recorded.",
        hint=f"run `gwctl lock {endpoint.name}`, {_COMMIT}{_STAGES if entry else ''}",
        address=at,
        source=(entry.source if entry else None) or endpoint.source,
    )


def _edited(endpoint: Endpoint, entry: Pin) -> Diagnostic:
    at = address.endpoint(endpoint.name)
    return error(
        codes.LOCK_BROKEN,
        f"The list for {at} in the lock file has changed since `gwctl lock` wrote it",
        detail="The list was edited by hand or merged. The endpoint stays as recorded.",
        hint=f"run `gwctl lock {endpoint.name}`, then review the changes",
        address=at,
        source=entry.source,
    )
