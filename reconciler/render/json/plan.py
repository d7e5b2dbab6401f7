"""Plans and diagnostics as JSON documents. The folder `types` defines their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler import safe_json
from reconciler.diagnostics import Diagnostic, Source, has_errors
from reconciler.plan.change import Change, HeldModel, Plan
from reconciler.plan.outcome import Outcome
from reconciler.plan.summary import summarise
from reconciler.render.json.types.checks import ValidateDocument
from reconciler.render.json.types.plan import (
    ApplyDocument,
    ChangeDocument,
    HeldDocument,
    PlanDocument,
    SummaryDocument,
)
from reconciler.render.json.types.shared import FORMAT_VERSION, DiagnosticDocument, EndpointDocument, SourceDocument
from reconciler.resources.observation import Listed, Observation


def plan_document(plan: Plan) -> PlanDocument:
    """Return the document of a plan.

    `name`, `state` and `config_digest` are null if the gateway file or the state cannot be used.
    """
    document: PlanDocument = {
        "format_version": FORMAT_VERSION,
        "name": plan.name or None,
        "scope": plan.scope,
        "state": {"lineage": plan.lineage, "serial": plan.serial or 0} if plan.serial is not None else None,
        "config_digest": plan.config_digest or None,
        "lock_digest": plan.lock_digest,
        "complete": plan.complete,
        "summary": _summary(plan),
        "changes": [_change(change) for change in plan.effective],
        "held": [_held(held) for held in plan.held],
        "endpoints": endpoint_documents(plan.observations),
        "diagnostics": diagnostic_documents(plan.diagnostics),
    }
    return {**document, "pairs": list(plan.pairs)} if plan.pairs else document


def apply_document(plan: Plan, outcome: Outcome | None) -> ApplyDocument:
    """Return the document of an apply: the plan, the result of each change, and the state after the apply."""
    document: ApplyDocument = {**plan_document(plan), "applied": bool(outcome and outcome.applied)}
    if outcome is not None:
        for shown, change in zip(document["changes"], plan.effective, strict=True):
            shown["result"] = outcome.results[change.at]
        document["state"] = {"lineage": outcome.lineage or None, "serial": outcome.serial}
        document["diagnostics"] += diagnostic_documents(outcome.diagnostics)
    return document


def diagnostic_documents(diagnostics: Iterable[Diagnostic]) -> list[DiagnosticDocument]:
    """Return the documents of the diagnostics, in the same order."""
    return [_diagnostic(diagnostic) for diagnostic in diagnostics]


def _diagnostic(diagnostic: Diagnostic) -> DiagnosticDocument:
    document: DiagnosticDocument = safe_json.as_data(diagnostic)
    if not diagnostic.blocks_apply:
        del document["blocks_apply"]
    return document


def endpoint_documents(observations: Mapping[str, Observation]) -> list[EndpointDocument]:
    """Return the document of each endpoint's observation, in the order of the gateway file."""
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
    if seen.listed_at is not None:
        document["listed_at"] = seen.listed_at
    return document


def _summary(plan: Plan) -> SummaryDocument:
    summary = summarise(plan)
    return {
        "create": summary.counts["create"],
        "update": summary.counts["update"],
        "delete": summary.counts["delete"],
        "forget": summary.counts["forget"],
        "none": summary.counts["none"],
        "held": summary.held,
        "blocked": sum(summary.blocked.values()),
    }


def _change(change: Change) -> ChangeDocument:
    """Return the fields of a change. `before` and `after` have the attributes without the facts."""
    document: ChangeDocument = safe_json.as_data(replace(change, before=None, after=None))
    document["before"] = change.before.data if change.before else None
    document["after"] = change.after.data if change.after else None
    return document


def _held(held: HeldModel) -> HeldDocument:
    return {"address": str(held.address), "why": held.why, "accept_with": held.accept_with}


def source_document(source: Source | None) -> SourceDocument | None:
    """Return the document of a position in a file. Return None if there is no position."""
    document: SourceDocument | None = safe_json.as_data(source)
    return document


def validate_document(diagnostics: Sequence[Diagnostic]) -> ValidateDocument:
    """Return the document of `gwctl validate --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "valid": not has_errors(diagnostics),
        "diagnostics": diagnostic_documents(diagnostics),
    }
