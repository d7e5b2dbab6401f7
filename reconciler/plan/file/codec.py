"""Encoding and decoding of a saved plan, and the digest that reveals whether somebody edited the plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from reconciler import codes, safe_json
from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.files.read_back import not_recordable
from reconciler.installation import upgrade_hint
from reconciler.plan.change import Change, Plan
from reconciler.plan.file.refusals import SavedPlan
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.plan.file.schema import PlanFile

FORMAT: Final = "gwctl plan"
VERSION: Final = 3
_WITHOUT_VALUES = 2  # the first version without header values
BEGINNING = b'{"format": "gwctl plan", '  # the first bytes of every saved plan
_ANEW = "make a new plan: gwctl plan --out FILE"
_LACKING = {"missing", "missing_argument"}  # pydantic's errors for a document that lacks a field
_BEYOND = {"extra_forbidden", "unexpected_keyword_argument"}  # pydantic's errors for an additional field


def encode_plan(plan: Plan, made_by: str, made_at: str) -> bytes:
    """Return the bytes of the saved plan. Control characters are escaped, so that a terminal can show them."""
    from reconciler.plan.file.schema import PlanFile

    document = safe_json.as_data(PlanFile.of(plan, made_by, made_at))
    document["digest"] = digest_of(document)
    return safe_json.dumps(document, indent=None).encode()


def encode_checked(plan: Plan, made_by: str, made_at: str, place: str) -> bytes:
    """Return the bytes of the saved plan. Raise `Failed` if the bytes cannot be decoded to the same plan."""
    try:
        data = encode_plan(plan, made_by, made_at)
        is_same = encode_plan(decode_plan(data, place).plan, made_by, made_at) == data
    except ValueError as fault:  # a value that JSON cannot express
        raise Failed(not_recordable(str(fault))) from None
    except Failed as fault:
        raise Failed(*(not_recordable(diagnostic.summary) for diagnostic in fault.diagnostics)) from None
    if not is_same:
        raise Failed(not_recordable("the plan that was read back differs from the plan to be saved"))
    return data


def decode_plan(data: bytes, place: str) -> SavedPlan:
    """Return the saved plan from these bytes. Raise `Failed` if the bytes are not a valid plan, or were edited."""
    document = _read(data, place)
    if document["version"] > VERSION:
        raise Failed(_too_new(document, place))
    if document["version"] < VERSION:
        raise Failed(_too_old(document, place))
    file = _checked(document, place)
    if file.digest != digest_of(document):
        raise Failed(_edited(place))
    if safe_json.as_data(file) != document:  # the document lacks a field that has a default
        raise Failed(_too_old(document, place))
    strange = next((change.address for change in file.changes if not _is_of_one_kind(change)), None)
    if strange is not None:
        raise Failed(_broken(place, _strange(strange)))
    return SavedPlan(
        plan=file.plan,
        digest=file.digest,
        made_by=file.made_by,
        made_at=file.made_at,
        gwctl_version=file.gwctl_version,
    )


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the document without the field `digest`."""
    content = {name: value for name, value in document.items() if name != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _is_of_one_kind(change: Change) -> bool:
    """Return whether the change has a resource before or after, and each resource has the kind of the address.

    A resource of an owned kind must also have a complete slot.
    """
    kind = change.address.kind
    sides = [side for side in (change.before, change.after) if side]
    named = all(side.slot.keys() == set(kind.attributes) for side in sides if side.address.is_owned)
    return bool(sides) and named and all(side.address.kind is kind for side in sides)


def _strange(address: Address) -> str:
    return f"{printable(str(address))} does not have a resource with the fields of its kind"


def _read(data: bytes, place: str) -> dict[str, Any]:
    try:
        document = safe_json.loads(data)
    except ValueError:
        raise Failed(
            _broken(
                place, "the content is not JSON: the file is truncated, or is not a plan" if data else "it is empty"
            )
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT or type(document.get("version")) is not int:
        raise Failed(_broken(place, "the file was not saved by `gwctl plan --out`"))
    return document


def _checked(document: dict[str, Any], place: str) -> PlanFile:
    from pydantic import ValidationError

    from reconciler.plan.file.schema import plan_file_adapter

    try:
        return plan_file_adapter().validate_json(json.dumps(document))
    except ValidationError as fault:
        faults = fault.errors(include_url=False, include_context=False, include_input=False)
        other = _of_another_shape(document, place, {fault["type"] for fault in faults})
        raise Failed(other or _broken(place, safe_json.place_and_reason(faults[0]))) from None


def _of_another_shape(document: dict[str, Any], place: str, faults: Collection[str]) -> Diagnostic | None:
    """Return the diagnostic for an unedited plan whose fields belong to another version.

    Return None for any other plan.
    """
    if document.get("digest") != digest_of(document):
        return None
    if set(faults) <= _LACKING:
        return _too_old(document, place)
    return _too_new(document, place) if set(faults) <= _BEYOND else None


def _broken(place: str, why: str) -> Diagnostic:
    return error(codes.PLAN_BROKEN, f"The plan is not valid: {place}: {why}", detail="Nothing was done.", hint=_ANEW)


def _edited(place: str) -> Diagnostic:
    summary = f"The plan was edited after it was saved: {place}"
    return error(
        codes.PLAN_EDITED,
        summary,
        detail="The file no longer contains the plan that gwctl saved. Nothing was done.",
        hint=_ANEW,
    )


def _too_old(document: dict[str, Any], place: str) -> Diagnostic:
    writer = printable(str(document.get("gwctl_version", "an older version")), 40)
    summary = f"The plan was saved by an older gwctl ({writer}) in a format that this version cannot read: {place}"
    warning = "Plans of that version contain header values. " if document["version"] < _WITHOUT_VALUES else ""
    detail = f"{warning}Nothing was done."
    return error(codes.PLAN_TOO_OLD, summary, detail=detail, hint=f"delete the plan, and {_ANEW}")


def _too_new(document: dict[str, Any], place: str) -> Diagnostic:
    writer = printable(str(document.get("gwctl_version", "a newer version")), 40)
    summary = f"The plan was saved by a newer gwctl ({writer}): {place}"
    return error(codes.PLAN_TOO_NEW, summary, detail="Nothing was done.", hint=f"{upgrade_hint()}; or {_ANEW}")
