"""A saved plan, the values that the plan is bound to, and the reasons to refuse an apply of the plan."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.plan.change import Plan, Scope
from reconciler.text import printable
from reconciler.values import dataclass

_ANEW = "make a new plan: gwctl plan --out FILE"


@dataclass(frozen=True, kw_only=True)
class SavedPlan:
    """A plan from a file. `digest` covers the whole content of the file and identifies the plan."""

    plan: Plan
    digest: str
    made_by: str
    made_at: str  # UTC, ISO 8601
    gwctl_version: str


@dataclass(frozen=True, kw_only=True)
class CurrentState:
    """The present values of everything that a saved plan is bound to."""

    name: str
    lineage: str | None
    serial: int
    config_digest: str
    lock_digest: str | None
    scope: Scope | None  # the option --scope; None: the scope of the plan
    last_plan: str | None = None  # the digest of the saved plan whose apply wrote the state
    last_written: str = ""  # who wrote the state, and when, in words
    used_here: str | None = None  # when this machine applied the plan; None: never


def refusals(saved: SavedPlan, now: CurrentState) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each reason to refuse the plan. If the plan may be applied, return nothing."""
    return tuple(_refusals(saved, now))


def _refusals(saved: SavedPlan, now: CurrentState) -> Iterator[Diagnostic]:
    plan = saved.plan
    if plan.name != now.name:
        yield _of_another(f"it was made for `{printable(plan.name)}`, but the gateway file is `{printable(now.name)}`")
    elif plan.lineage and now.lineage and plan.lineage != now.lineage:
        yield _of_another(f"it was made for the state with lineage {plan.lineage}, but this state has {now.lineage}")
    elif now.last_plan == saved.digest or now.used_here:
        yield _used(now)
    elif plan.serial is None or (plan.lineage, plan.serial) != (now.lineage, now.serial):
        yield _stale(plan, now)
    if plan.config_digest != now.config_digest:
        why = "The gateway file, its overlays or variables have changed since the plan was made"
        yield error(
            codes.PLAN_CONFIG_CHANGED, why, detail="Nothing was done.", hint=f"{_ANEW}, or use the same -f and --var"
        )
    if plan.lock_digest != now.lock_digest:
        yield error(
            codes.PLAN_LOCK_CHANGED,
            "The lock file changed since the plan was made",
            detail="Nothing was done.",
            hint=_ANEW,
        )
    if now.scope not in (None, plan.scope):
        summary = f"The plan was made with --scope {plan.scope} and cannot be applied with --scope {now.scope}"
        yield error(
            codes.PLAN_OF_ANOTHER_SCOPE,
            summary,
            detail="Nothing was done.",
            hint="omit --scope: the plan contains its scope",
        )
    yield from _unfinished(plan)


def _unfinished(plan: Plan) -> Iterator[Diagnostic]:
    diagnostics = (diagnostic for diagnostic in plan.diagnostics if diagnostic.severity != "note")
    open_ = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error" or diagnostic.blocks_apply]
    if open_ or plan.stopped:
        reasons = "; ".join(
            dict.fromkeys(f"{diagnostic.address or diagnostic.code}: {diagnostic.summary}" for diagnostic in open_)
        )
        detail = f"{reasons}. Nothing was done." if reasons else "Nothing was done."
        yield error(
            codes.PLAN_INCOMPLETE,
            "The plan is incomplete and cannot be applied",
            detail=detail,
            hint=f"correct the errors, then {_ANEW}",
        )


def _of_another(why: str) -> Diagnostic:
    hint = "use the same directory (-C), -f and --state as for the plan"
    return error(
        codes.PLAN_OF_ANOTHER_STACK,
        f"The plan belongs to a different gateway file or state: {why}",
        detail="Nothing was done.",
        hint=hint,
    )


def _used(now: CurrentState) -> Diagnostic:
    when = (
        f"this machine applied the plan at {now.used_here}"
        if now.used_here
        else f"the state was written {now.last_written}"
    )
    return error(
        codes.PLAN_USED,
        f"The plan has already been applied: {when}",
        detail="A plan can be applied only once. Nothing was done.",
        hint=_ANEW,
    )


def _stale(plan: Plan, now: CurrentState) -> Diagnostic:
    origin = f"serial {plan.serial}" if plan.serial is not None else "a state that was not read"
    there = f"serial {now.serial}, written {now.last_written}" if now.last_written else f"serial {now.serial}"
    summary = f"The plan is stale: it was made for {origin}, but the state has {there}"
    return error(
        codes.PLAN_STALE,
        summary,
        detail="Applying the plan could undo changes that were made after the review. Nothing was done.",
        hint=_ANEW,
    )
