"""The models of recorded defaults that would go while no candidate of the gateway file can follow them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from reconciler import address
from reconciler.address import Address, Purpose
from reconciler.config.gateway import Gateway
from reconciler.plan.desired import Desired
from reconciler.resources.resource import Recorded


def unfollowed(
    gateway: Gateway, desired: Desired, recorded: Recorded, purposes: Iterable[Purpose], hidden: Set[str] = frozenset()
) -> Iterator[Address]:
    """That no candidate is there is an error, or not known: no reason to lose what was chosen before."""
    for purpose in purposes:
        before = recorded_model(recorded, purpose)
        candidates = [candidate.model for candidate in gateway.defaults.get(purpose, ())]
        if before and before not in desired.wanted and _has_none(desired, candidates, purpose, hidden):
            yield before


def _has_none(desired: Desired, candidates: Sequence[Address], purpose: Purpose, hidden: Set[str]) -> bool:
    """Candidates of other machines are no fault; that those beside them could not be seen is."""
    if any(serves(desired, model, purpose) for model in candidates):
        return False
    if any(model.endpoint in hidden for model in candidates):
        return any(model.endpoint in desired.unknown - hidden for model in candidates)
    return bool(candidates)


def recorded_model(recorded: Recorded, purpose: Purpose) -> Address | None:
    """The model that is recorded as the default for a purpose."""
    resource = recorded.get(address.default(purpose))
    return resource.default_model if resource else None


def serves(desired: Desired, model: Address | None, purpose: Purpose) -> bool:
    """Return whether that model is desired, and for that purpose."""
    want = desired.wanted.get(model) if model else None
    return want is not None and want.resource.purpose == purpose
