"""The functions of `gwctl state`, which shows and edits the state. Each write is a compare-and-swap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler import codes, text
from reconciler.address import RECORDED, Address, parse
from reconciler.apply.write_state import ReadState, write_state
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.options import Options
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.stack.open_stack import enter, open_alone, open_typed, read_state, trust_of
from reconciler.engine.stack.session import spare_of
from reconciler.engine.trust.decide import Trust
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.identity import now, who
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.machine_rows import MachineRows
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.stack_rows import Stacks
from reconciler.owned.key_rules import kept_slot
from reconciler.plan.resolve.moves import rename, with_models
from reconciler.resources.resource import Recorded, Resource
from reconciler.state.codec import decode, encode
from reconciler.state.document import State, Written
from reconciler.state.stores.store import Store
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class OpenedState:
    """A state that was read, and the inputs of a write."""

    store: Store
    state: State
    version: str | None
    written: Written  # who is writing, and when
    spare: OwnFile
    name: str | None = None  # the gateway that the state must belong to; None: any
    trust: Trust | None = None  # None without a gateway file


def open_state(options: Options) -> OpenedState:
    """Return the state that --state names, or else the state of the gateway file.

    --state can also name the state of another gateway file.
    """
    written = Written(who(options.environ), now())
    if options.state is not None:
        store = open_typed(options)
        state, stored = read_state(store, None)
        version = stored.version if stored else None
        return OpenedState(store=store, state=state, version=version, written=written, spare=spare_of(store))
    gateway, _ = load_gateway(options)
    trust = trust_of(gateway, options)
    stack = enter(gateway, options, trust, (), whole=True)
    spare = spare_of(stack.store, gateway)
    return OpenedState(
        store=stack.store,
        state=stack.state,
        version=stack.version,
        written=written,
        spare=spare,
        name=gateway.name,
        trust=trust,
    )


def store_alone(options: Options) -> Store:
    """Return the store of the state, without reading the state."""
    if options.state is not None:
        return open_typed(options)
    gateway, _ = load_gateway(options)
    return open_alone(gateway, options, trust_of(gateway, options))


def machine_resources(opened: OpenedState, options: Options) -> Recorded:
    """Return this machine's records for a state.

    Without a gateway file, return the records of every stack that uses the state.
    """
    path = opened.trust.ledger() if opened.trust else ledger_path(options.environ)
    stacks = (opened.trust.stack,) if opened.trust else Stacks(path).read().of_lineage(opened.state.lineage)
    machine = MachineRows(path)
    resources = (machine.read((stack.id, opened.state.lineage)).resources for stack in stacks)
    return {at: resource for recorded in resources for at, resource in recorded.items()}


def resource_at(opened: OpenedState, name: str) -> Resource:
    """Return the recorded resource at an address.

    Raise `Failed`, with similar addresses, if no resource is recorded at the address.
    """
    return opened.state.resources[_recorded(opened.state, name)]


def forget(opened: OpenedState, names: Sequence[str]) -> list[Address]:
    """Remove resources from the state.

    An endpoint is removed with its models. A model is removed with the defaults that use the model.
    """
    resources = opened.state.resources
    gone = {at for name in names for at in with_models(resources, _recorded(opened.state, name))}
    models = {at for at in gone if at.is_model}
    gone |= {at for at, resource in resources.items() if at.is_default and resource.default_model in models}
    _write(opened, [resource for at, resource in resources.items() if at not in gone])
    return sorted(gone)


def move(opened: OpenedState, old: str, new: str) -> dict[Address, Address]:
    """Rename a recorded resource.

    An endpoint is renamed with its models. The defaults that use these models are updated.
    """
    origin, target = _recorded(opened.state, old), _parsed(new)
    if origin.kind is not target.kind or origin.is_default:
        raise Failed(
            error(
                codes.BAD_MOVE,
                f"{origin} cannot be moved to {target}",
                hint="both addresses must be of the same kind",
            )
        )
    if origin.is_endpoint and _has_stored_key(opened, origin):
        summary, detail = (
            f"The key of {origin} is stored in the keychain",
            "The key would be lost if only the state changed.",
        )
        hint = f"to move the key too, add to the gateway file: moved: [{{from: {origin}, to: {target}}}]"
        raise Failed(error(codes.BAD_MOVE, summary, detail=detail, hint=hint))
    if target in opened.state.resources:
        raise Failed(
            error(codes.BAD_MOVE, f"{target} is already recorded", hint=f"run `gwctl state rm {target}` first")
        )
    renamed, names = rename(opened.state.resources, origin, target)
    _write(opened, list(renamed.values()))
    return names


def _has_stored_key(opened: OpenedState, endpoint: Address) -> bool:
    """Return whether the state stores the endpoint's key, or whether somebody typed the key on this machine."""
    if opened.state.resources[endpoint].as_endpoint.store_key:
        return True
    if opened.trust is None:
        return False
    rows = OwnedRows(opened.trust.ledger()).read()
    return kept_slot(rows, opened.trust.stack.id, endpoint.name) is not None


def push(opened: OpenedState, data: bytes, place: str) -> State:
    """Replace the stored state with the state in `data`.

    Raise `Failed` if the stored state has another lineage or is newer.
    """
    state = decode(data, place, opened.name or opened.state.name or None)
    there = opened.state
    if there.lineage and state.lineage != there.lineage:
        raise Failed(_other_lineage(state, there, opened.store.place))
    if there.serial and state.serial <= there.serial and _but_for_gone(state) != _but_for_gone(there):
        raise Failed(_older(state, there, opened.store.place))
    if state.serial > there.serial:
        state = _remembering(state, there)
        write_state(opened.store, state, ReadState(there, opened.version), opened.spare)
    return state


def _but_for_gone(state: State) -> bytes:
    return encode(replace(state, past=replace(state.past, gone=frozenset())))


def _remembering(after: State, before: State) -> State:
    """Return the state after an edit by hand. The removed addresses are recorded in the state's past."""
    gone = (after.past.gone | before.past.gone | before.resources.keys()) - after.resources.keys()
    return replace(after, past=replace(after.past, gone=frozenset(gone)))


def _write(opened: OpenedState, resources: list[Resource]) -> None:
    before = ReadState(opened.state, opened.version)
    state = _remembering(opened.state.following(resources, opened.written), opened.state)
    write_state(opened.store, state, before, opened.spare)


def _recorded(state: State, name: str) -> Address:
    at = _parsed(name)
    if at in state.resources:
        return at
    near = text.did_you_mean(name, map(str, state.resources)) or "`gwctl state list` lists the recorded resources"
    near += "; `gwctl state list --machine` lists the records of this machine"
    raise Failed(error(codes.NOT_RECORDED, f"{text.printable(name)} is not recorded", hint=near))


def _parsed(name: str) -> Address:
    try:
        return parse(name, RECORDED)
    except ValueError as fault:
        raise Failed(
            error(codes.BAD_ADDRESS, f"`{text.printable(name)}` is not an address", detail=f"{fault}.")
        ) from None


def _other_lineage(state: State, there: State, place: str) -> Diagnostic:
    summary = f"The state to push has the lineage {state.lineage}, but {place} has {there.lineage}"
    detail = "The two states are unrelated, and the stored state would be lost. Nothing was done."
    return error(
        codes.STATE_OF_ANOTHER_LINEAGE, summary, detail=detail, hint="push the state into an empty store: --state URL"
    )


def _older(state: State, there: State, place: str) -> Diagnostic:
    summary = f"The state to push has serial {state.serial}, but {place} already has {there.serial}"
    detail = "Later changes would be lost. Nothing was done."
    return error(codes.STATE_OLDER, summary, detail=detail, hint="compare with the stored state: gwctl state pull")
