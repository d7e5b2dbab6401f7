"""The last step: show the change of the file and the plan, then save and apply if the user agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.forms import Forms
from reconciler.cli.console.prompts import nobody_there
from reconciler.cli.wizard.given import Given
from reconciler.diagnostics import error
from reconciler.engine.connect.save_question import SAVE_AND_APPLY, Decision, save_options
from reconciler.errors import Failed
from reconciler.render.edited_lines import added_and_removed
from reconciler.text import printable
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.connect.draft import Draft
    from reconciler.engine.plan import Run
    from reconciler.plan.change import Plan
    from reconciler.render.views.result import Closing


@dataclass(frozen=True)
class Reviewed:
    """The exit code, whether the apply succeeded or had nothing to do, and {endpoint: why it cannot answer yet}.

    `plan` is the applied plan.
    """

    code: int
    is_applied: bool = False
    unusable: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None


def review(draft: Draft, given: Given, forms: Forms, output: Output, how: str) -> Reviewed:
    """Show the changes, ask the user, save the file and apply the plan.

    `how` is the name of the command in the records of consents.
    """
    from reconciler.engine.connect.draft import keep_keys, plan_draft, save_draft, schema_path, write_schema

    with output.progress("text") as awaited:
        plan, run = plan_draft(draft, awaited.turn)
    name = printable(str(draft.path), 300)
    output.line(f"{name}:")
    for line in added_and_removed(draft.before or b"", draft.data, draft.hidden):
        output.line(f"  {line}")
    schema = schema_path(draft)
    if schema:
        output.line(f"{printable(str(schema), 300)}: a new file, for completion in an editor")
    output.line("")
    show(plan, output)
    decision = _decided(given, forms, name)
    if decision == "stop":
        output.talk("Nothing was written.")
        return Reviewed(1)
    save_draft(draft, how)
    unwritten = write_schema(schema) if schema else []
    is_new = schema is not None and not unwritten
    output.talk(f"Saved: {name} and {printable(str(schema), 300)}" if is_new else f"Saved: {name}")
    output.report(unwritten)
    if decision == "apply":
        return apply_and_show(plan, run, output, "saved")
    faults = keep_keys(draft)
    output.talk("To apply the file: ", "gwctl apply")
    return Reviewed(output.report(faults))


def show(plan: Plan, output: Output) -> None:
    """Show the plan."""
    from reconciler.render.views.plan import brief_view, plan_view

    output.show(brief_view(plan) if output.quiet else plan_view(plan, output.verbose))


def _decided(given: Given, forms: Forms, name: str) -> Decision:
    if given.approved:
        return "apply"
    if away := nobody_there():
        summary = f"Approval is needed, but gwctl cannot ask: {away}"
        hint = "run the same command with --yes"
        raise Failed(error(codes.NOT_APPROVED, summary, detail="Nothing was written.", hint=hint))
    return forms.pick(SAVE_AND_APPLY, save_options(name))


def apply_and_show(plan: Plan, run: Run, output: Output, closing: Closing = "total") -> Reviewed:
    """Apply the plan that the user agreed to, and show the results. `closing` is the kind of the closing line."""
    from reconciler.engine.apply import apply
    from reconciler.render.views.result import result_view

    outcome = apply(plan, run, lambda _: True, output.talk)
    place = run.session.store.place
    shown = result_view(plan, outcome, place, verbose=output.verbose, quiet=output.quiet, closing=closing)
    output.show(shown)
    results = outcome.results.values()
    seen = {name: why_unusable(each.code) for name, each in run.inputs.observations.items()}
    unusable = {name: why for name, why in seen.items() if why}
    return Reviewed(1 if plan.failed or not outcome.applied else 0, not results or "done" in results, unusable, plan)


def why_unusable(code: str | None) -> str:
    """Return why an endpoint with this outcome cannot answer a message, or "" if it may answer."""
    from reconciler.engine.connect.endpoint_questions import KEY_FAULTS

    if code == codes.UNREACHABLE:
        return "did not respond"
    return "has no key that it accepts" if code in KEY_FAULTS else ""
