"""The JSON documents of `gwctl plan`, `apply` and `destroy`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Cause, Owning, Scope
from reconciler.plan.outcome import Result
from reconciler.render.json.types.shared import DiagnosticDocument, EndpointDocument, SourceDocument, TypedDict

Acting = Literal["create", "update", "delete", "forget"]


class PlannedStateDocument(TypedDict):
    """The state for which the plan was made. `lineage` is null before the first apply."""

    lineage: str | None
    serial: int


class DifferenceDocument(TypedDict):
    """One attribute that differs. `path` is the name of the attribute, or several names joined with dots."""

    path: str
    before: Any
    after: Any


class ChangeDocument(TypedDict):
    """One change in a plan. `before` and `after` are the attributes, or null.

    `scope` is `shared` if the state records the resource, and `machine` if only this machine records the resource.
    """

    address: str
    action: Acting
    cause: Cause | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: list[DifferenceDocument]
    moved_from: str | None
    source: SourceDocument | None
    scope: Owning
    result: NotRequired[Result]


class HeldDocument(TypedDict):
    """A model that is missing from a short list, and the option that allows its deletion."""

    address: str
    why: str
    accept_with: str


class SummaryDocument(TypedDict):
    """The counts of a plan. `blocked` counts the endpoints and keychain entries that are left unchanged."""

    create: int
    update: int
    delete: int
    forget: int
    none: int
    held: int
    blocked: int


class PlanDocument(TypedDict):
    """The output of `gwctl plan --format json`. `scope` is the scope of the changes.

    `pairs` are the bindings of the plan.
    """

    format_version: str
    name: str | None
    scope: Scope
    state: PlannedStateDocument | None
    config_digest: str | None
    lock_digest: str | None
    complete: bool
    summary: SummaryDocument
    changes: list[ChangeDocument]
    held: list[HeldDocument]
    endpoints: list[EndpointDocument]
    pairs: NotRequired[list[CarriedPair]]
    diagnostics: list[DiagnosticDocument]


class ApplyDocument(PlanDocument):
    """The output of `gwctl apply --format json` and `gwctl destroy --format json`.

    `state` is the state after the apply.
    """

    applied: bool
