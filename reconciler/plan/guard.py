"""The guard: a check of the plan that stops large deletes without the user's consent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from reconciler import address, codes
from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, error, warning
from reconciler.plan.change import Change, Owning, Plan
from reconciler.plan.consents import Consents

_PAST = {"delete": "deleted", "forget": "forgotten"}


def guard(changes: Sequence[Change], consents: Consents) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each reason to stop these changes. If the changes may be made, return nothing.

    `changes` must also contain the unchanged resources. A change with `before` counts as a recorded resource. The state
    and this machine's records are checked separately. No consent overrides `protect: true`.
    """
    endpoints = [change for change in changes if change.address.is_endpoint and change.before]
    leaving = [change for change in endpoints if change.action in ("delete", "forget")]
    stops = [_protected(change) for change in leaving if change.before and change.before.as_endpoint.protect]
    if consents.everything:
        return tuple(stops)
    owners: tuple[Owning, ...] = ("shared", "machine")
    parts = ([change for change in endpoints if change.scope == owner] for owner in owners)
    there = {change.after.address for change in changes if change.after and change.address.is_endpoint}
    return (*stops, *(stop for part in parts for stop in _unasked(part, there, consents)))


def idle_consents(plan: Plan) -> tuple[Diagnostic, ...]:
    """Return a warning for each consent to delete that has no effect. Such a consent is probably a typing error."""
    going = {change.address for change in plan.changes if change.action in ("delete", "forget")}
    idle = [name for name in sorted(plan.consents.deletes) if address.endpoint(name) not in going]
    return tuple(
        warning(
            codes.CONSENT_UNUSED,
            f"--allow-delete endpoint.{name}: the plan deletes no endpoint with that name",
            hint="remove the option, or check the name: gwctl state list",
        )
        for name in idle
    )


def _unasked(endpoints: Sequence[Change], there: Set[Address], consents: Consents) -> Iterator[Diagnostic]:
    """Yield an error if the last endpoint, or more than half of the endpoints, would be deleted without consent.

    An endpoint that moves to the other scope is not deleted. `there` contains the endpoints of both scopes after the
    plan.
    """
    leaving = [change for change in endpoints if change.action in ("delete", "forget")]
    going = [change for change in leaving if change.action == "delete" or change.address not in there]
    unasked = [change for change in going if not consents.allows_delete(change.address)]
    if not unasked:
        return
    named = [change for change in going if change.address not in consents.removed]
    if len(going) >= 2 and len(going) * 2 > len(endpoints):
        yield _many(unasked, named, len(going), len(endpoints))
    elif len(going) == len(endpoints) and unasked[0].scope == "shared":
        yield _last(unasked[0])


def _protected(change: Change) -> Diagnostic:
    return error(
        codes.PROTECTED,
        f"{change.address} is protected and would be {_PAST[change.action]}",
        detail="The protection is recorded in the state. Removing the entry from the file does not end the protection.",
        hint="restore the entry with `protect: false`, apply, then remove the entry",
        address=change.address,
    )


def _last(change: Change) -> Diagnostic:
    return error(
        codes.LAST_ENDPOINT,
        f"{change.address} is the only recorded endpoint and would be {_PAST[change.action]}",
        detail="The state would be empty, and no option names this endpoint.",
        hint=_how_to(f"--allow-delete {change.address}", f"{{address: {change.address}}}"),
        address=change.address,
    )


def _many(unasked: Sequence[Change], named: Sequence[Change], going: int, recorded: int) -> Diagnostic:
    """Return the error for deleting many endpoints. The hint has an option for each endpoint in `named`.

    The hint also repeats the options that the user has already given.
    """
    names = ", ".join(change.address.name for change in unasked)
    options = " ".join(f"--allow-delete {change.address}" for change in named)
    lines = ", ".join(f"{{address: {change.address}}}" for change in named)
    return error(
        codes.MANY_DELETES,
        f"{going} of {recorded} recorded endpoints would be deleted",
        detail=f"More than half would be deleted, and no option names these endpoints: {names}.",
        hint=_how_to(options, lines),
    )


def _how_to(options: str, lines: str) -> str:
    return (
        f"if this is intended, either add `{options}`, or add to the gateway file, for a review: `removed: [{lines}]`"
    )
