"""The diagnostics of planning kept keys."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error, note, warning
from reconciler.plan.owned.values import WantedThing
from reconciler.resources.presence import Unknown


def not_rotated(want: WantedThing, refused: bool) -> Diagnostic:
    """Another key is given, and it is not known to work."""
    return warning(
        codes.ROTATED_KEY_REFUSED if refused else codes.ROTATED_KEY_UNTESTED,
        f"The key of {want.origin} is another one now, and {'is refused' if refused else 'could not be tested'}",
        detail="The keychain keeps the one that it has.",
        hint=f"check {want.origin}" if refused else "apply again when the endpoint can be reached",
        address=want.address,
        source=want.source,
    )


def changed_by_hand(want: WantedThing) -> Diagnostic:
    """The entry is not what gwctl wrote, and the reference gives no key."""
    summary = f"{want.address}: the entry was changed by somebody else, and is used as it is"
    return note(
        codes.KEYCHAIN_DRIFT, summary, hint="gwctl key set writes it anew", address=want.address, source=want.source
    )


def gone(want: WantedThing) -> Diagnostic:
    """There is no key left."""
    summary = f"{want.address}: the entry is gone from the keychain, and the reference gives no key"
    hint = f"set the key again: gwctl key set {want.address.name}"
    return warning(codes.KEYCHAIN_ENTRY_GONE, summary, hint=hint, address=want.address, source=want.source)


def keychain_refused(want: WantedThing, seen: Unknown) -> Diagnostic:
    """The keychain is of a kind that is not used."""
    return error(
        codes.KEYCHAIN_REFUSED,
        f"`store_key: keyring`: {seen.reason}",
        detail="A key is kept in a real keychain, or not at all.",
        hint=f"{seen.hint}, without `store_key`",
        address=want.address,
        source=want.source,
    )


def not_available(want: WantedThing, seen: Unknown) -> Diagnostic:
    """The key is kept where there is a keychain, and here none can be used."""
    summary = f"{want.address}: no keychain can be used here, and the key is not kept: {seen.reason}"
    hint = "nothing has to be done; `store_key: keyring` would make it an error"
    return note(codes.KEYCHAIN_NOT_AVAILABLE, summary, hint=hint, address=want.address, source=want.source)
