"""The fields `moved` and `removed` of the gateway file. gwctl applies these fields to the records before planning."""

from __future__ import annotations

from dataclasses import field, replace

from reconciler import address, codes
from reconciler.address import Address
from reconciler.config.gateway import Gateway, Moved
from reconciler.diagnostics import Diagnostic, Source, error, note
from reconciler.resources.attributes import DefaultAttributes
from reconciler.resources.resource import Recorded, Resource, by_endpoint, models_of
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The records after renames, the addresses that may be deleted, and the addresses that gwctl only forgets."""

    recorded: Recorded
    moved: dict[Address, Address] = field(default_factory=dict)  # {new: old}
    removed: frozenset[Address] = frozenset()
    forgotten: frozenset[Address] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    stuck: frozenset[Address] = frozenset()  # addresses that could not be moved, and therefore stay


def follow(gateway: Gateway, recorded: Recorded) -> Lifecycle:
    """Return the records after the renames in `moved`, and the addresses in `removed`.

    If an address in `moved` or `removed` is not recorded, the result has a note.
    """
    groups = by_endpoint(recorded) if gateway.moved else {}
    names: dict[Address, Address] = {}
    stuck: set[Address] = set()
    diagnostics: list[Diagnostic] = []
    for move in gateway.moved:
        if move.origin not in recorded:
            diagnostics.append(_already_moved(move))
        elif move.target in recorded:
            diagnostics.append(_both_there(move))
            stuck.add(move.origin)
        else:
            names |= _renames(groups.get(move.origin.endpoint, {}), move.origin, move.target)
    renamed = _renamed(recorded, names) if names else recorded
    diagnostics += [
        _already_removed(removal.address, removal.source)
        for removal in gateway.removed
        if removal.address not in renamed
    ]
    return Lifecycle(
        recorded=renamed,
        moved={new: old for old, new in names.items()},
        removed=frozenset(removal.address for removal in gateway.removed),
        forgotten=_forgotten(gateway, renamed),
        diagnostics=tuple(diagnostics),
        stuck=frozenset(stuck),
    )


def _forgotten(gateway: Gateway, recorded: Recorded) -> frozenset[Address]:
    kept = [resource_address.address for resource_address in gateway.removed if resource_address.keep]
    groups = by_endpoint(recorded) if kept else {}
    return frozenset(
        at
        for resource_address in kept
        for at in with_models(groups.get(resource_address.endpoint, {}), resource_address)
    )


def rename(recorded: Recorded, origin: Address, target: Address) -> tuple[Recorded, dict[Address, Address]]:
    """Return the records after renaming `origin` to `target`, and {old address: new address}.

    If an endpoint is renamed, the addresses of its models change too.
    """
    names = _renames(recorded, origin, target)
    return _renamed(recorded, names), names


def with_models(recorded: Recorded, at: Address) -> list[Address]:
    """Return the address. For an endpoint, also return the addresses of its recorded models."""
    if not at.is_endpoint:
        return [at]
    return [at, *(resource.address for resource in models_of(recorded, at.name))]


def _renames(recorded: Recorded, origin: Address, target: Address) -> dict[Address, Address]:
    if origin.is_model:
        return {origin: target}
    models = models_of(recorded, origin.name)
    addresses = {model.address: address.model(target.name, model.address.model_id) for model in models}
    return {origin: target} | addresses


def _renamed(recorded: Recorded, names: dict[Address, Address]) -> Recorded:
    return {resource.address: resource for resource in (_under_new_name(old, names) for old in recorded.values())}


def _under_new_name(resource: Resource, names: dict[Address, Address]) -> Resource:
    if not resource.address.is_default:
        return replace(resource, address=names.get(resource.address, resource.address))
    model = resource.default_model
    return replace(resource, attributes=DefaultAttributes(model=names.get(model, model).name))


def _already_moved(move: Moved) -> Diagnostic:
    return note(
        codes.MOVED_DONE,
        f"{move.origin} is not recorded: there is nothing to move to {move.target}",
        hint="when every state has the new address, remove the entry from `moved:`",
        address=move.target,
        source=move.source,
    )


def _both_there(move: Moved) -> Diagnostic:
    return error(
        codes.MOVED_ONTO_ANOTHER,
        f"{move.origin} cannot be moved to {move.target}: both are recorded",
        detail="The records of one of the two addresses would be lost.",
        hint=f"either remove the entry from `moved:`, or first run `gwctl state rm {move.target}`",
        address=move.target,
        source=move.source,
    )


def _already_removed(at: Address, source: Source) -> Diagnostic:
    return note(
        codes.REMOVED_DONE,
        f"{at} is not recorded: there is nothing to remove",
        hint="when no state has this address, remove the entry from `removed:`",
        address=at,
        source=source,
    )
