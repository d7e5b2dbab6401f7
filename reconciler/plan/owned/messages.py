"""The diagnostics about owned resources of all kinds in a plan."""

from __future__ import annotations

from reconciler import codes
from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.plan.owned.values import OwnedCase, OwnedRules, WantedThing
from reconciler.resources.presence import OwnedRow, Unknown
from reconciler.text import printable


def unknown(want: WantedThing, seen: Unknown, rules: OwnedRules) -> Diagnostic:
    """Return the note for a slot that could not be read. The resource in the slot does not change."""
    summary = f"{want.address}: {seen.reason}"
    return note(rules.unknown_code, summary, hint=seen.hint, address=want.address, source=want.source)


def unknown_and_going(at: Address, seen: Unknown, rules: OwnedRules) -> Diagnostic:
    """Return the error for an unwanted resource whose slot could not be read."""
    summary = f"{at} would be deleted, but {seen.reason}"
    return error(
        rules.unknown_code,
        summary,
        detail="The entry stays in the ledger, and the next apply tries again.",
        hint=seen.hint,
        address=at,
    )


def not_put_back(at: Address, row: OwnedRow, rules: OwnedRules) -> Diagnostic:
    """Return the error for an unwanted resource that another program changed.

    The ledger's row names a credential of the user in the keychain. gwctl does not put this credential back.
    """
    return error(
        codes.CREDENTIAL_NOT_RETURNED,
        f"Another program changed {at} in the {rules.kind.place}: {printable(str(row.slot), 300)}",
        detail="gwctl still stores your own credential from there. gwctl does not restore the credential beside "
        "values that gwctl does not know. Nothing was done.",
        hint=f"either put {at.whole} back into the gateway file and run `gwctl apply`, which writes gwctl's values "
        "again; or run `gwctl key list` to find the stored credential",
        address=at,
    )


def not_ours(case: OwnedCase) -> Diagnostic:
    """Return the diagnostic for an existing entry that this gateway file does not own."""
    want, owners = case.want, case.row.owners if case.row else ()
    whose = ", ".join(f"{printable(owner.name, 60)} ({printable(owner.place)})" for owner in owners)
    kind = want.address.kind
    summary = kind.found.format(place=kind.place, slot=printable(str(want.slot), 300))
    adopt = f"to let gwctl take over the entry, add `--adopt {want.address.whole}`"
    return error(
        codes.NOT_OURS,
        f"{summary} that gwctl stored for {whose}" if owners else f"{summary} that gwctl did not create",
        detail="gwctl does not overwrite what it does not own.",
        hint=adopt
        if case.is_older or not owners
        else "first remove the entry from the other gateway file: every gateway file needs its own entry",
        address=want.address,
        source=want.source,
    )
