"""The inputs of a plan: the gateway file, the observations, the records and the consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.resolve.messages import is_open
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.observation import Observation
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.plan.owned.values import OwnedInputs


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All values that a plan depends on. The same inputs always give the same plan."""

    division: Division
    observations: Mapping[str, Observation] = field(default_factory=dict)  # of every endpoint in scope, in file order
    consents: Consents = NO_CONSENT
    owned: tuple[OwnedInputs, ...] = ()  # for each kind; empty if neither the ledger nor a slot was read
    pairs: tuple[CarriedPair, ...] = ()
    lineage: str | None = None  # of the state; None: there is no state yet
    serial: int | None = 0  # of the state; None: the state was not read
    lock_digest: str | None = None
    keyless: bool = False  # no key was read, so lists may lack models
    diagnostics: tuple[Diagnostic, ...] = ()  # about the files and the state; they are first in the plan
    remarks: tuple[Diagnostic, ...] = ()  # about the lock file and older records; they are last in the plan


def leaving_open(inputs: Inputs) -> Inputs:
    """Return the inputs for an apply.

    In an apply, an endpoint without a usable key is an error, and the endpoint stays as recorded.
    """
    endpoints = inputs.division.gateway.endpoints
    left = {name: replace(seen, is_left=is_open(endpoints[name], seen)) for name, seen in inputs.observations.items()}
    return replace(inputs, observations=left)
