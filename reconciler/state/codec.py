"""The encoding and decoding of a state. The same state always gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reconciler import __version__, codes, safe_json
from reconciler.address import ENDPOINT, RECORDED, Address, parse
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.read_back import not_recordable
from reconciler.installation import upgrade_hint
from reconciler.resources.recorded_past import RecordedPast
from reconciler.resources.resource import Resource
from reconciler.resources.urls import origin
from reconciler.shapes.shape import Misfit, reader
from reconciler.state.document import State, Written
from reconciler.state.entries import CLASSES, read_document
from reconciler.state.text import Ends, resources_text
from reconciler.state.upgrades import UPGRADES, VERSION
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.state.schema import Entry


def encode(state: State) -> bytes:
    """Return the bytes of the state. Control characters are escaped, so that a terminal can show them."""
    return _joined(_parts(state, {}))


def decode(data: bytes, place: str, name: str | None) -> State:
    """Decode the state and return it in the present format.

    Raise `Failed` if the state is not valid, or if its gateway is not `name`. If `name` is None, any gateway is
    allowed.
    """
    entries: Iterable[Resource]
    older = None
    try:
        document, entries = read_document(data)
    except Misfit:
        document, entries, older = _any_layout(data, place)
    if name is not None and document["name"] != name:
        raise _other_name(place, document["name"], name)
    try:
        resources = _by_address(entries)
        gone = frozenset(parse(text, RECORDED) for text in document.get("gone", ()))
    except ValueError as fault:
        raise _broken(place, str(fault)) from None
    written = Written(**document["written"]) if document["written"] else None
    past = RecordedPast(document.get("wants"), gone)
    return State(
        name=document["name"],
        lineage=document["lineage"],
        serial=document["serial"],
        resources=resources,
        gwctl_version=document["gwctl_version"],
        written=written,
        older=older,
        past=past,
    )


def encode_checked(state: State, place: str) -> bytes:
    """Return the bytes of the state. Raise `Failed` if decoding the bytes does not give the same state."""
    ends: Ends = {}
    try:
        data = _joined(_parts(state, ends))
        back = decode(data, place, state.name)
        is_same = _consists_of(data, _parts(back, ends))
    except ValueError as fault:  # a value that JSON cannot express
        raise Failed(not_recordable(str(fault))) from None
    except Failed as fault:
        raise Failed(*(not_recordable(diagnostic.summary) for diagnostic in fault.diagnostics)) from None
    if not is_same:
        raise Failed(not_recordable("the data that was read back differs from the data to be written"))
    return data


def read_resources(entries: Sequence[dict[str, Any]]) -> dict[Address, Resource]:
    """Return {address: resource} from entries {address, kind, attributes, facts}. Raise ValueError for a bad entry."""
    try:
        return _by_address(_resources(reader("entries", CLASSES)(entries)))
    except Misfit:
        from pydantic import TypeAdapter

        from reconciler.state.schema import Entry

        checked = TypeAdapter(list[Entry]).validate_json(json.dumps(entries))
        return _by_address(_resources(_with_attributes(entries, checked)))


def check_resources(resources: Iterable[Resource]) -> bool:
    """Return whether a state with these resources can be written and then read."""
    state = State(name="x", lineage="x", serial=1, resources={resource.address: resource for resource in resources})
    try:
        encode_checked(state, "")
    except Failed:
        return False
    return True


def _parts(state: State, ends: Ends) -> Iterator[bytes]:
    """Yield the bytes of the state one entry after the other."""
    document = {
        "version": VERSION,
        "lineage": state.lineage,
        "serial": state.serial,
        "name": state.name,
        "gwctl_version": __version__,
        "written": vars(state.written) if state.written else None,
        "wants": state.past.wants,
        "gone": sorted(map(str, state.past.gone)),
    }
    yield safe_json.dumps(document).removesuffix("\n}\n").encode() + b',\n  "resources": '
    for text in resources_text(state.resources.values(), ends):
        yield safe_json.escaped(text).encode()
    yield b"\n}\n"


def _joined(parts: Iterable[bytes]) -> bytes:
    """Return the parts as one. They need not exist at the same time."""
    whole = BytesIO()
    whole.writelines(parts)
    return whole.getvalue()


def _consists_of(data: bytes, parts: Iterable[bytes]) -> bool:
    """Return whether the data is these parts. They need not exist at the same time."""
    at = 0
    for part in parts:
        if not data.startswith(part, at):
            return False
        at += len(part)
    return at == len(data)


def _with_attributes(entries: Sequence[dict[str, Any]], checked: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the entries with the attributes that pydantic read. The facts stay as they are in the document."""
    pairs = zip(entries, checked, strict=True)
    return [{**entry, "attributes": read.attributes} for entry, read in pairs]


def _any_layout(data: bytes, place: str) -> tuple[dict[str, Any], Iterable[Resource], int | None]:
    """Return the document of any layout and version, its resources, and the version if it is older."""
    parsed = _read(data, place)
    document = _upgraded(parsed, place)
    older = None if parsed["version"] == VERSION else parsed["version"]
    return document, _resources(_checked(document, place)), older


def _resources(entries: Iterable[dict[str, Any]]) -> Iterator[Resource]:
    """Yield the resources of checked entries whose attributes are read. Raise ValueError for a bad address."""
    return (Resource(parse(entry["address"], RECORDED), entry["attributes"], entry["facts"]) for entry in entries)


def _by_address(resources: Iterable[Resource]) -> dict[Address, Resource]:
    """Return {address: resource}. Raise ValueError if an address is there twice, or if a base URL is not a URL."""
    every = list(resources)
    by_address = {resource.address: resource for resource in every}
    if len(by_address) != len(every):
        raise ValueError("an address is recorded twice")
    for resource in every:
        if resource.address.kind is ENDPOINT:
            _check_url(resource)
    return by_address


def _check_url(resource: Resource) -> None:
    """Raise ValueError if `base_url` is not a URL. The schema does not check URLs."""
    try:
        origin(resource.as_endpoint.base_url)
    except ValueError:
        raise ValueError(f"{resource.address} has a `base_url` that is not a URL") from None


def _read(data: bytes, place: str) -> dict[str, Any]:
    try:
        document = safe_json.loads(data, share=True)
    except ValueError:
        raise _broken(
            place,
            "the data is not JSON: perhaps it was truncated or edited by hand" if data else "the data is empty",
        ) from None
    if not isinstance(document, dict) or type(document.get("version")) is not int:
        raise _broken(place, "the data is not a state of gwctl")
    return document


def _upgraded(document: dict[str, Any], place: str) -> dict[str, Any]:
    if document["version"] > VERSION:
        writer = printable(str(document.get("gwctl_version", "a newer version")), 40)
        raise Failed(
            error(
                codes.STATE_TOO_NEW,
                f"The state was written by a newer gwctl ({writer}): {place}",
                detail=f"The state has format version {document['version']}, but gwctl {__version__} reads "
                f"version {VERSION}. Nothing was done.",
                hint=upgrade_hint(),
            )
        )
    while document["version"] < VERSION:
        if document["version"] not in UPGRADES:
            raise _broken(place, f"the format version is not known: {document['version']}")
        document = UPGRADES[document["version"]](document)
    return document


def _checked(document: dict[str, Any], place: str) -> list[dict[str, Any]]:
    """Return every entry with its attributes read. Raise `Failed` with the first fault if the document is not valid."""
    try:
        entries: list[dict[str, Any]] = reader("state", CLASSES)(document)["resources"]
    except Misfit:
        pass
    else:
        return entries
    from pydantic import ValidationError

    from reconciler.state.schema import StateDocument

    try:
        checked = StateDocument.model_validate_json(json.dumps(document))
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        raise _broken(place, safe_json.place_and_reason(first)) from None
    return _with_attributes(document["resources"], checked.resources)


def _broken(place: str, why: str) -> Failed:
    return Failed(
        error(
            codes.STATE_BROKEN,
            f"The state is not valid: {place}: {why}",
            detail="The state is needed to plan and apply. Nothing was done.",
            hint=f"copy {place}.backup over {place} to restore the state before the last change; if there is no "
            "backup, move the state away and apply again",
        )
    )


def _other_name(place: str, recorded: str, name: str) -> Failed:
    return Failed(
        error(
            codes.STATE_OF_ANOTHER_NAME,
            f"The state belongs to `{printable(recorded)}`, but the gateway file is `{name}`: {place}",
            detail="Applying this file would delete the resources of the other gateway. Nothing was done.",
            hint=f"either write `name: {printable(recorded)}` if the name is wrong, "
            "or set another `state:` in this gateway file",
        )
    )
