"""The checks of a key. gwctl makes the checks before it sends the key to the key's endpoint."""

from __future__ import annotations

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, diagnostic
from reconciler.presets.load import key_prefixes
from reconciler.resources.observation import Observation, Unlisted
from reconciler.resources.urls import is_loopback, origin
from reconciler.secrets.header import HeaderReference
from reconciler.secrets.key import Key
from reconciler.secrets.lint import KeyFault, KeyUse, faults_of


def checked(endpoint: Endpoint, key: Key) -> tuple[Key | None, tuple[Diagnostic, ...]]:
    """Return the key and the diagnostics about the key.

    The key is None if it must not be sent. A diagnostic with the severity `error` stops the request.
    """
    faults = faults_of(key.reveal(), key.padded, use_of(endpoint))
    whose = f"The key from {endpoint.key}" if endpoint.key else "The stored key"
    diagnostics = tuple(_said(endpoint, whose, fault) for fault in faults)
    return (None if any(fault.is_unsendable for fault in faults) else key), diagnostics


def checked_header(endpoint: Endpoint, name: str, value: HeaderReference, key: Key) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a header's key.

    If the header has no scheme, only a fault that makes the key unsendable is reported.
    """
    faults = faults_of(key.reveal(), key.padded, KeyUse(scheme=value.scheme))
    whose = f"The key from {value.reference} in the header {name}"
    return tuple(_said(endpoint, whose, key_fault) for key_fault in faults if value.scheme or key_fault.is_unsendable)


def malformed(diagnostics: tuple[Diagnostic, ...]) -> Observation:
    """Return the observation of an endpoint that was not contacted because its key is malformed."""
    first = next(diagnostic for diagnostic in diagnostics if diagnostic.severity == "error")
    rest = tuple(diagnostic for diagnostic in diagnostics if diagnostic is not first)
    why = Unlisted(first.code, first.detail)
    return Observation(
        status="skipped",
        catalog=why,
        code=first.code,
        summary=first.summary,
        detail=first.detail,
        hint=first.hint,
        diagnostics=rest,
    )


def use_of(endpoint: Endpoint) -> KeyUse:
    """Return the facts that gwctl knows about the keys for this endpoint's server."""
    preset = endpoint.preset
    return KeyUse(
        scheme=preset.auth.scheme,
        vendors_own=_is_vendors_own(endpoint),
        required=endpoint.key_required,
        own=frozenset(preset.key_prefixes),
        vendors=key_prefixes(),
    )


def _is_vendors_own(endpoint: Endpoint) -> bool:
    """Return true if the key is sent to the host of a known vendor, and false for a custom server or gateway."""
    preset = endpoint.preset
    if not preset.builtin or not preset.id or "{" in preset.base_url or is_loopback(endpoint.base_url):
        return False
    return origin(endpoint.base_url) == origin(preset.base_url)


def _said(endpoint: Endpoint, whose: str, fault: KeyFault) -> Diagnostic:
    whole = f"{whose} {fault.what}"
    at = address.endpoint(endpoint.name)
    if fault.severity == "note":
        return diagnostic("note", codes.KEY_PADDED, whole, hint=fault.hint, address=at, source=endpoint.source)
    stopped = fault.severity == "error"
    summary = "The key is malformed" if stopped else "The key looks malformed"
    detail = f"{whole}.{' Nothing was sent.' if stopped else ''}"
    return diagnostic(
        fault.severity, codes.KEY_MALFORMED, summary, detail=detail, hint=fault.hint, address=at, source=endpoint.source
    )
