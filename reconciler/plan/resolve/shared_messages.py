"""The diagnostics of shared endpoints for a machine that takes them from the state."""

from __future__ import annotations

from reconciler import address, codes
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.diagnostics import Diagnostic, note, warning
from reconciler.plan.resolve.model_list import KnownModels
from reconciler.resources.resource import Recorded, endpoints_of

_APPLY = "the pipeline's `gwctl apply --scope shared` applies it once the change is merged"


def not_applied_yet(endpoint: Endpoint) -> Diagnostic:
    """The file has it, or another host for it, and the state does not."""
    at = address.endpoint(endpoint.name)
    summary = f"{at} has changes that are not in the shared state yet; it was not contacted"
    return note(codes.NOT_APPLIED_YET, summary, hint=_APPLY, address=at, source=endpoint.source)


def not_handed_over(endpoint: Endpoint) -> Diagnostic:
    """It would go from the state to the machine's records, or the other way, without its models."""
    at = address.endpoint(endpoint.name)
    return warning(
        codes.NOT_HANDED_OVER,
        f"{at} stays in its scope: its models could not be listed",
        detail="The gateway file gives it another scope. Without a list, its records would be lost.",
        hint="run the command again when the endpoint is reachable",
        address=at,
        source=endpoint.source,
    )


def differs(endpoint: Endpoint) -> Diagnostic:
    """The file asks for something else than what is applied, at the same host."""
    at = address.endpoint(endpoint.name)
    return note(
        codes.NOT_APPLIED_YET,
        f"The applied settings of {at} differ from the gateway file",
        hint=_APPLY,
        address=at,
        source=endpoint.source,
    )


def lists_fewer(endpoint: Endpoint, reading: KnownModels) -> Diagnostic:
    """This person's key sees less than the one that was applied with."""
    at = address.endpoint(endpoint.name)
    there = reading.total - reading.missing
    summary = f"Your list of {at} has {there} of the {reading.total} shared models"
    return note(
        codes.LISTS_DIFFER,
        summary,
        hint="calls to the others may be rejected: ask the administrator who gave you the key",
        address=at,
    )


def not_in_file(gateway: Gateway, recorded: Recorded) -> list[Diagnostic]:
    """Return the diagnostics of shared resources in the state that this file does not declare (any more)."""
    absent = [name for name in endpoints_of(recorded) if name not in gateway.endpoints]
    hint = "update the gateway file: git pull"
    return [
        note(
            codes.NOT_IN_FILE,
            f"endpoint.{name} is in the shared state but not in the gateway file",
            hint=hint,
            address=None,
        )
        for name in absent
    ]
