"""The guard: stands once between the plan and its apply, and stops what nobody consented to by name."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.diagnostics import Diagnostic, error
from reconciler.plan.change import Change
from reconciler.plan.consents import Consents


def guard(changes: Sequence[Change], consents: Consents) -> tuple[Diagnostic, ...]:
    """The reasons why these changes must not be made; none, when they may. No consent lifts a protection.

    `changes` are the final list, the unchanged included: what is recorded is what has a side before.
    """
    endpoints = [found for found in changes if found.address.kind == "endpoint" and found.before]
    going = [found for found in endpoints if found.action == "delete"]
    leaving = [found for found in endpoints if found.action in ("delete", "forget")]
    stops = [_protected(found) for found in leaving if found.before and found.before.attributes.get("protect")]
    unasked = [found for found in going if not consents.allows_delete(found.address)]
    if not consents.everything and unasked and len(going) >= 2 and len(going) * 2 > len(endpoints):
        named = [found for found in going if found.address not in consents.removed]
        stops.append(_many(unasked, named, len(going), len(endpoints)))
    return tuple(stops)


def _protected(change: Change) -> Diagnostic:
    return error(
        "PROTECTED",
        f"{change.address} is protected and would be {'deleted' if change.action == 'delete' else 'forgotten'}",
        "Its protection is recorded: taking the entry out of the file does not undo it.",
        "put the entry back with `protect: false`, apply that, then take it out",
        change.address,
    )


def _many(unasked: Sequence[Change], named: Sequence[Change], going: int, recorded: int) -> Diagnostic:
    """`named` are those that the whole consent names: the options that were given already are needed again."""
    names = ", ".join(found.address.name for found in unasked)
    options = " ".join(f"--allow-delete {found.address}" for found in named)
    lines = ", ".join(f"{{address: {found.address}}}" for found in named)
    return error(
        "MANY_DELETES",
        f"{going} of {recorded} recorded endpoints would be deleted",
        f"That is more than half, and nobody asked for it by name: {names}.",
        f"if it is meant: `{options}`; or in the gateway file, where a review sees it: `removed: [{lines}]`",
    )
