"""The saved plan's codec: a plan to bytes and back, and the digest by which an edited one is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from reconciler import __version__, codes, safe_json
from reconciler.address import Address, parse
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.errors import Failed, GatewayError
from reconciler.files.read_back import not_recordable
from reconciler.installation import upgrade_hint
from reconciler.plan.change import Change, Difference, HeldModel, Plan
from reconciler.plan.consents import Consents
from reconciler.plan.file.refusals import SavedPlan
from reconciler.plan.pairs import CarriedPair
from reconciler.resources.attributes import Attributes
from reconciler.resources.observation import Listed, ListedModel, Observation, Unlisted
from reconciler.resources.resource import Resource
from reconciler.text import printable

FORMAT = "gwctl plan"
VERSION = 3
_WITHOUT_VALUES = 2  # the first version that holds no header's value
BEGINNING = b'{"format": "gwctl plan", '  # of every saved plan's bytes
_ANEW = "make a new one: gwctl plan --out FILE"


class _OlderShape(GatewayError, ValueError):
    """A resource has fewer fields than one of its kind has now, and nobody edited the plan."""


def encode_plan(plan: Plan, made_by: str, made_at: str) -> bytes:
    """The plan as its document; text that could drive a terminal is escaped."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "gwctl_version": __version__,
        "made_by": made_by,
        "made_at": made_at,
        "name": plan.name,
        "scope": plan.scope,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "config_digest": plan.config_digest,
        "lock_digest": plan.lock_digest,
        "complete": plan.complete,
        "stopped": plan.stopped,
        "consents": _consents(plan.consents),
        "pairs": [vars(pair).copy() for pair in plan.pairs],
        "changes": [_change(change) for change in plan.changes],
        "held": [{"address": str(found.address), "why": found.why} for found in plan.held],
        "blocked": list(map(str, plan.blocked)),
        "observations": {name: _observation(seen) for name, seen in plan.observations.items()},
        "diagnostics": [vars(diagnostic) | {"source": _source(diagnostic.source)} for diagnostic in plan.diagnostics],
    }
    return safe_json.dumps(document | {"digest": _digest(document)}, indent=None).encode()


def encode_checked(plan: Plan, made_by: str, made_at: str, place: str) -> bytes:
    """The plan as its document, which was read back and means the same; `Failed` where it would not."""
    try:
        data = encode_plan(plan, made_by, made_at)
        is_same = encode_plan(decode_plan(data, place).plan, made_by, made_at) == data
    except ValueError as fault:  # what JSON has no form for
        raise Failed(not_recordable(str(fault))) from None
    except Failed as fault:
        raise Failed(*(not_recordable(diagnostic.summary) for diagnostic in fault.diagnostics)) from None
    if not is_same:
        raise Failed(not_recordable("another plan would be read"))
    return data


def decode_plan(data: bytes, place: str) -> SavedPlan:
    """Read a saved plan; `Failed` when it is none, is of a later format, or was edited."""
    document = _read(data, place)
    if document["version"] > VERSION:
        raise Failed(_too_new(document, place))
    if document["version"] < VERSION:
        raise Failed(_too_old(document, place))
    _check(document, place)
    digest = document.pop("digest")
    if digest != _digest(document):
        raise Failed(_edited(place))
    try:
        plan = _plan(document)
    except _OlderShape:
        raise Failed(_too_old(document, place)) from None
    except ValueError as fault:
        raise Failed(_broken(place, str(fault))) from None
    return SavedPlan(
        plan=plan,
        digest=digest,
        made_by=document["made_by"],
        made_at=document["made_at"],
        gwctl_version=document["gwctl_version"],
    )


def _digest(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _consents(consents: Consents) -> dict[str, list[str]]:
    each = {name: sorted(map(str, getattr(consents, name))) for name in ("catalogs", "deletes", "hosts", "adopts")}
    return each | {"removed": sorted(map(str, consents.removed))}


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "action": change.action,
        "cause": change.cause,
        "reason": change.reason,
        "before": _resource(change.before),
        "after": _resource(change.after),
        "diff": [vars(each) for each in change.diff],
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "source": _source(change.source),
        "scope": change.scope,
    }


def _resource(resource: Resource | None) -> dict[str, Any] | None:
    if resource is None:
        return None
    return {"address": str(resource.address), "attributes": resource.data, "facts": dict(resource.facts)}


def _source(source: Source | None) -> dict[str, Any] | None:
    return vars(source).copy() if source else None


def _observation(seen: Observation) -> dict[str, Any]:
    names = ("status", "code", "http_status", "url", "latency_ms", "summary", "detail", "hint", "key_sent", "pinned")
    models = seen.answer.models if isinstance(seen.answer, Listed) else None
    listed = None if models is None else [[model.id, model.purpose, model.purpose_source] for model in models]
    return {name: getattr(seen, name) for name in names} | {"listed": listed}


def _read(data: bytes, place: str) -> dict[str, Any]:
    try:
        document = safe_json.loads(data)
    except ValueError:
        raise Failed(_broken(place, "it is not JSON: cut off, or another file?" if data else "it is empty")) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT or type(document.get("version")) is not int:
        raise Failed(_broken(place, "it is not a plan that `gwctl plan --out` saved"))
    return document


def _check(document: dict[str, Any], place: str) -> None:
    from pydantic import ValidationError

    from reconciler.plan.file.schema import PlanFile

    try:
        PlanFile.model_validate(document)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        where = printable(".".join(map(str, first["loc"])))
        raise Failed(_broken(place, f"at {where}: {first['msg'].lower()}")) from None


def _plan(found: dict[str, Any]) -> Plan:
    return Plan(
        name=found["name"],
        lineage=found["lineage"],
        serial=found["serial"],
        config_digest=found["config_digest"],
        complete=found["complete"],
        changes=tuple(map(_read_change, found["changes"])),
        held=tuple(HeldModel(parse(each["address"]), each["why"]) for each in found["held"]),
        blocked=tuple(map(parse, found["blocked"])),
        observations={name: _read_observation(observation) for name, observation in found["observations"].items()},
        diagnostics=tuple(_read_diagnostic(diagnostic) for diagnostic in found["diagnostics"]),
        stopped=found["stopped"],
        scope=found["scope"],
        consents=_read_consents(found["consents"]),
        lock_digest=found["lock_digest"],
        pairs=tuple(CarriedPair(**pair) for pair in found["pairs"]),
    )


def _read_consents(found: dict[str, list[str]]) -> Consents:
    return Consents(
        catalogs=frozenset(found["catalogs"]),
        deletes=frozenset(found["deletes"]),
        adopts=frozenset(map(parse, found["adopts"])),
        hosts=frozenset(found["hosts"]),
        removed=frozenset(map(parse, found["removed"])),
    )


def _read_change(found: dict[str, Any]) -> Change:
    return Change(
        address=parse(found["address"]),
        action=found["action"],
        cause=found["cause"],
        reason=found["reason"],
        before=_read_resource(found["before"]),
        after=_read_resource(found["after"]),
        diff=tuple(Difference(**each) for each in found["diff"]),
        moved_from=parse(found["moved_from"]) if found["moved_from"] else None,
        source=_read_source(found["source"]),
        scope=found["scope"],
    )


def _read_resource(found: dict[str, Any] | None) -> Resource | None:
    if found is None:
        return None
    address = parse(found["address"])
    return Resource(address, _read_attributes(address, found["attributes"]), found["facts"])


def _read_attributes(address: Address, data: dict[str, Any]) -> Attributes:
    """The attributes of a resource of that kind; ValueError for others, `_OlderShape` where fields are missing."""
    from pydantic import ValidationError

    from reconciler.plan.file.schema import attributes_of

    why = f"{printable(str(address))} is not recorded as such a thing is"
    if address.is_owned and data.keys() != set(address.kind.attributes):
        raise ValueError(why)
    try:
        return attributes_of(address.kind).validate_json(json.dumps(data))
    except ValidationError as fault:
        kinds = {each["type"] for each in fault.errors(include_url=False, include_context=False, include_input=False)}
        raise (_OlderShape if kinds == {"missing"} else ValueError)(why) from None


def _read_source(found: dict[str, Any] | None) -> Source | None:
    return Source(**found) if found else None


def _read_observation(found: dict[str, Any]) -> Observation:
    listed, facts = found["listed"], {name: each for name, each in found.items() if name != "listed"}
    if listed is None:
        return Observation(catalog=Unlisted(Code(found["code"] or ""), found["detail"]), **facts)
    return Observation(catalog=Listed(tuple(ListedModel(*each) for each in listed)), **facts)


def _read_diagnostic(found: dict[str, Any]) -> Diagnostic:
    return Diagnostic(**(found | {"source": _read_source(found["source"])}))


def _broken(place: str, why: str) -> Diagnostic:
    return error(
        codes.PLAN_BROKEN, f"The plan cannot be understood: {place}: {why}", detail="Nothing was done.", hint=_ANEW
    )


def _edited(place: str) -> Diagnostic:
    summary = f"The plan was edited since it was saved: {place}"
    return error(
        codes.PLAN_EDITED, summary, detail="What it would do nobody has planned; nothing was done.", hint=_ANEW
    )


def _too_old(document: dict[str, Any], place: str) -> Diagnostic:
    writer = printable(str(document.get("gwctl_version", "an older version")), 40)
    summary = f"The plan was saved by an older gwctl ({writer}), and this one reads no such plan: {place}"
    warning = "Plans held the values of headers then. " if document["version"] < _WITHOUT_VALUES else ""
    detail = f"{warning}Nothing was done."
    return error(codes.PLAN_TOO_OLD, summary, detail=detail, hint=f"delete it, and {_ANEW}")


def _too_new(document: dict[str, Any], place: str) -> Diagnostic:
    writer = printable(str(document.get("gwctl_version", "a newer version")), 40)
    summary = f"The plan was saved by a newer gwctl ({writer}): {place}"
    return error(codes.PLAN_TOO_NEW, summary, detail="Nothing was done.", hint=f"{upgrade_hint()}; or {_ANEW}")
