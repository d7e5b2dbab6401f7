"""The diagnostics about stored keys in a plan."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error, note, warning
from reconciler.plan.owned.values import WantedThing
from reconciler.resources.presence import Unknown


def not_rotated(want: WantedThing, refused: bool) -> Diagnostic:
    """Return the diagnostic for a new key that the endpoint rejected, or that could not be tested."""
    return warning(
        codes.ROTATED_KEY_REFUSED if refused else codes.ROTATED_KEY_UNTESTED,
        f"The new key from {want.origin} {'was rejected' if refused else 'could not be tested'}",
        detail="The keychain still has the previous key.",
        hint=f"check {want.origin}" if refused else "apply again when the endpoint is reachable",
        address=want.address,
        source=want.source,
    )


def changed_by_hand(want: WantedThing) -> Diagnostic:
    """Return the diagnostic for a keychain entry that another program changed while the key reference is not set."""
    summary = f"{want.address}: another program changed the keychain entry; gwctl uses the changed key"
    return note(
        codes.KEYCHAIN_DRIFT,
        summary,
        hint=f"to replace the key: gwctl key set {want.address.name}",
        address=want.address,
        source=want.source,
    )


def gone(want: WantedThing) -> Diagnostic:
    """Return the diagnostic for a missing keychain entry if the key reference is not set."""
    summary = f"{want.address}: the entry is no longer in the keychain, and the key reference is not set"
    hint = f"set the key again: gwctl key set {want.address.name}"
    return warning(codes.KEYCHAIN_ENTRY_GONE, summary, hint=hint, address=want.address, source=want.source)


def keychain_refused(want: WantedThing, seen: Unknown) -> Diagnostic:
    """Return the diagnostic for a keychain of a kind that gwctl does not use."""
    return error(
        codes.KEYCHAIN_REFUSED,
        f"`store_key: keyring`: {seen.reason}",
        detail="gwctl stores keys only in a real keychain.",
        hint=f"{seen.hint}, without `store_key`",
        address=want.address,
        source=want.source,
    )


def not_available(want: WantedThing, seen: Unknown) -> Diagnostic:
    """Return the note for a key that is not stored, because the keychain of this machine cannot be used."""
    summary = f"{want.address}: the key is not stored: {seen.reason}"
    hint = "no action is needed; with `store_key: keyring`, a missing keychain is an error"
    return note(codes.KEYCHAIN_NOT_AVAILABLE, summary, hint=hint, address=want.address, source=want.source)
