"""Values as the JSON documents of `documents`; `jsontext` makes text of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.diagnostics import Diagnostic, Source, has_errors
from reconciler.plan.change import Change, HeldModel, Plan
from reconciler.plan.outcome import Outcome
from reconciler.plan.pairs import CarriedPair
from reconciler.plan.summary import summarise
from reconciler.render.json.types import (
    FORMAT_VERSION,
    Acting,
    ApplyDocument,
    CarriedPairDocument,
    ChangeDocument,
    DiagnosticDocument,
    EndpointDocument,
    HeldDocument,
    PlanDocument,
    SourceDocument,
    SummaryDocument,
    ValidateDocument,
)
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Resource


def plan_document(plan: Plan) -> PlanDocument:
    """The plan; `name`, `state` and `config_digest` are null where the files or the state are unusable."""
    pairs = [_pair(each) for each in plan.pairs]
    document: PlanDocument = {
        "format_version": FORMAT_VERSION,
        "name": plan.name or None,
        "scope": plan.scope,
        "state": {"lineage": plan.lineage, "serial": plan.serial or 0} if plan.serial is not None else None,
        "config_digest": plan.config_digest or None,
        "lock_digest": plan.lock_digest,
        "complete": plan.complete,
        "summary": _summary(plan),
        "changes": [_change(found, found.action) for found in plan.effective if found.action != "none"],
        "held": [_held(found) for found in plan.held],
        "endpoints": endpoint_documents(plan.observations),
        "diagnostics": diagnostic_documents(plan.diagnostics),
    }
    return {**document, "pairs": pairs} if pairs else document


def _pair(found: CarriedPair) -> CarriedPairDocument:
    return {
        "endpoint": found.endpoint,
        "what": found.what,
        "secret": found.secret,
        "origin": found.origin,
        "path": found.path,
        "proxy": found.proxy,
        "ca_file": found.ca_file,
        "ca_content": found.ca_content,
    }


def apply_document(plan: Plan, outcome: Outcome | None) -> ApplyDocument:
    """The plan, what came of each change, and the state as it is now."""
    document: ApplyDocument = {**plan_document(plan), "applied": bool(outcome and outcome.applied)}
    if outcome is not None:
        for shown, found in zip(document["changes"], plan.effective, strict=True):
            shown["result"] = outcome.results[found.at]
        document["state"] = {"lineage": outcome.lineage or None, "serial": outcome.serial}
        document["diagnostics"] += diagnostic_documents(outcome.diagnostics)
    return document


def diagnostic_documents(diagnostics: Iterable[Diagnostic]) -> list[DiagnosticDocument]:
    """Return the diagnostics, in the order in which they were made."""
    return [_diagnostic(diagnostic) for diagnostic in diagnostics]


def _diagnostic(diagnostic: Diagnostic) -> DiagnosticDocument:
    document: DiagnosticDocument = {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "hint": diagnostic.hint,
        "address": diagnostic.address,
        "source": source_document(diagnostic.source),
    }
    return {**document, "blocks_apply": True} if diagnostic.blocks_apply else document


def endpoint_documents(observations: Mapping[str, Observation]) -> list[EndpointDocument]:
    """What asking each endpoint gave, in file order."""
    return [_endpoint(name, seen) for name, seen in observations.items()]


def _endpoint(name: str, seen: Observation) -> EndpointDocument:
    document: EndpointDocument = {
        "name": name,
        "status": seen.status,
        "code": seen.code,
        "http_status": seen.http_status,
        "url": seen.url,
        "models": len(seen.answer.models) if isinstance(seen.answer, Listed) else None,
        "latency_ms": seen.latency_ms,
    }
    if seen.pinned is not None:
        document["pinned"] = seen.pinned
    return document


def _summary(plan: Plan) -> SummaryDocument:
    found = summarise(plan)
    return {
        "create": found.counts["create"],
        "update": found.counts["update"],
        "delete": found.counts["delete"],
        "forget": found.counts["forget"],
        "none": found.counts["none"],
        "held": found.held,
        "blocked": sum(found.blocked.values()),
    }


def _change(change: Change, action: Acting) -> ChangeDocument:
    return {
        "address": str(change.address),
        "action": action,
        "cause": change.cause,
        "reason": change.reason,
        "before": _attributes(change.before),
        "after": _attributes(change.after),
        "diff": [{"path": each.path, "before": each.before, "after": each.after} for each in change.diff],
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "source": source_document(change.source),
        "scope": change.scope,
    }


def _attributes(found: Resource | None) -> dict[str, object] | None:
    return found.data if found else None


def _held(found: HeldModel) -> HeldDocument:
    return {"address": str(found.address), "why": found.why, "accept_with": found.accept_with}


def source_document(found: Source | None) -> SourceDocument | None:
    """A place, where there is one."""
    return {"file": found.file, "line": found.line, "column": found.column} if found else None


def validate_document(found: Sequence[Diagnostic]) -> ValidateDocument:
    """`gwctl validate --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "valid": not has_errors(found),
        "diagnostics": diagnostic_documents(found),
    }
