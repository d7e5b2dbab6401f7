"""The review of a plan, with or without an edit of a file. Only the plan that was shown is applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.diagnostics import Diagnostic
from reconciler.engine.connect.save_question import SAVE_AND_APPLY, save_options
from reconciler.engine.proposals.consents import Consent
from reconciler.engine.proposals.content import FileContent, read_content
from reconciler.engine.proposals.file_edit import FileEdit
from reconciler.engine.proposals.proposal import Proposal, agree_to, carry_out, propose
from reconciler.errors import Failed
from reconciler.render.phrases import apply_question
from reconciler.render.views.result import result_view
from reconciler.render.views.review.document import review_view
from reconciler.render.views.stale import stale_view
from reconciler.text import printable
from reconciler.web.desk import Desk
from reconciler.web.visit import Answer, Elsewhere, Fields, Page, Visit, problem

HOW = "gwctl ui"
_MARKS = ("file", "serial", "plan")


def show_plan(visit: Visit) -> Answer:
    """Return the plan of the gateway file, with the consents of the form."""
    return _plan_page(visit, _proposed(visit, _given(visit.form)))


def confirm(visit: Visit) -> Answer:
    """Return the question before an apply. If the form has other consents than the shown plan, return a new plan.

    If the gateway file has changed since the plan was shown, return the changes.
    """
    given = _given(visit.form)
    shown = _shown(visit)
    if shown is None or read_content(visit.desk.options) != shown.content:
        now = _proposed(visit, given)
        return _stale(visit, now, now.content)
    if given != shown.given:
        return _plan_page(visit, _proposed(visit, given))
    question = apply_question(len(shown.plan.effective))
    return Page(template="confirm.html", title=question, values=_values(visit.desk, shown))


def apply_plan(visit: Visit) -> Answer:
    """Apply the plan if it is still the plan that was shown. Otherwise apply nothing and show the changes."""
    now = _proposed(visit, _given(visit.form))
    if not _is_as_shown(visit, now):
        return _stale(visit, now, now.content)
    return _applied(visit, now)


def agree(visit: Visit) -> Answer:
    """Record the consent to the new pairs of one endpoint, if the plan is still the plan that was shown.

    The user must type the name of the endpoint.
    """
    name = visit.form.one("for")
    now = _proposed(visit, _given(visit.form))
    if not _is_as_shown(visit, now):
        return _stale(visit, now, now.content)
    if name not in now.questions() or visit.form.one("typed") != name:
        return _plan_page(visit, now, mistyped=name)
    agree_to(now, name, HOW)
    return Elsewhere("/plan")


def show_edit(visit: Visit, edit: FileEdit, address: str) -> Answer:
    """Return the edit of the file and the plan with the edit. The form is sent to `address`."""
    return _review_page(visit, _proposed(visit, _given(visit.form), edit), edit, address)


def decide(visit: Visit, edit: FileEdit, address: str) -> tuple[Answer, bool]:
    """Save the file and apply the plan, or only save the file, as the form says.

    Nothing is saved if anything has changed since the form was shown. Return the next page, and whether the file was
    saved.
    """
    step, given = visit.form.one("do"), _given(visit.form)
    if (content := read_content(visit.desk.options)).files.get(edit.path) != edit.before:
        return _stale(visit, None, content, address), False
    now = _proposed(visit, given, edit)
    if step not in ("apply", "save"):
        return _review_page(visit, now, edit, address), False
    if not _is_as_shown(visit, now):
        return _stale(visit, now, now.content, address), False
    edit.save()
    if step == "apply":
        return _applied(visit, now, edit), True
    faults = _kept(visit, edit)
    return problem(faults) if faults else Elsewhere("/plan"), True


def _proposed(visit: Visit, given: frozenset[Consent], edit: FileEdit | None = None) -> Proposal:
    proposal = propose(visit.desk.options, given, edit)
    visit.desk.plans.put(_shelf_mark(_marks(visit.desk, proposal)), proposal)
    return proposal


def _given(form: Fields) -> frozenset[Consent]:
    """Return the consents whose boxes are ticked."""
    pairs = (text.partition(" ") for text in form.all("consent"))
    return frozenset(Consent(option, name) for option, _, name in pairs)


def _shown(visit: Visit) -> Proposal | None:
    """Return the plan that was shown with the form. Return None if no plan in memory has the marks of the form."""
    return visit.desk.plans.get(_shelf_mark({name: visit.form.one(name) for name in _MARKS}))


def _shelf_mark(marks: Mapping[str, str]) -> str:
    return "/".join(marks[name] for name in _MARKS)


def _is_as_shown(visit: Visit, proposal: Proposal) -> bool:
    return all(visit.form.one(name) == mark for name, mark in _marks(visit.desk, proposal).items())


def _marks(desk: Desk, proposal: Proposal) -> Mapping[str, str]:
    """Return the marks that every form contains. They identify the file, the serial of the state, and the plan."""
    serial = "" if proposal.serial is None else str(proposal.serial)
    return {"file": proposal.content.mark(desk.secret), "serial": serial, "plan": proposal.digest}


def _values(desk: Desk, proposal: Proposal) -> dict[str, Any]:
    plan = proposal.plan
    return {
        "plan": review_view(plan),
        "marks": _marks(desk, proposal),
        "consents": [(str(each), each.words, each in proposal.given) for each in proposal.consents],
        "questions": {name: (each.intro, list(each.items)) for name, each in proposal.questions().items()},
        "is_applicable": bool(plan.effective or plan.to_remember) and not plan.stopped,
        "question": apply_question(len(plan.effective)),
    }


def _plan_page(visit: Visit, proposal: Proposal, mistyped: str = "") -> Page:
    values = {**_values(visit.desk, proposal), "mistyped": mistyped}
    return Page(template="plan.html", title="Plan", values=values, status=422 if mistyped else 200)


def _review_page(visit: Visit, proposal: Proposal, edit: FileEdit, address: str) -> Page:
    path = printable(str(edit.path), 300)
    values = {
        "lines": edit.lines,
        "path": path,
        "address": address,
        "decisions": [(option.value, option.text) for option in save_options(path)],
    }
    return Page(template="review.html", title=SAVE_AND_APPLY, values={**_values(visit.desk, proposal), **values})


def _stale(visit: Visit, now: Proposal | None, content: FileContent, address: str = "/plan") -> Page:
    before = _shown(visit)
    old = before.content.files if before else content.files
    changes = stale_view(before.plan if before else None, now.plan if now else None, old, content.files)
    values = {"changes": changes, "address": address}
    return Page(template="stale.html", title="Nothing was done", values=values, status=409)


def _applied(visit: Visit, proposal: Proposal, edit: FileEdit | None = None) -> Page:
    """Apply the plan. If not every change is made, store the typed keys of the edit separately."""
    try:
        outcome = carry_out(proposal)
    except Failed as fault:
        return problem([*fault.diagnostics, *_kept(visit, edit)])
    faults = [] if outcome.applied else _kept(visit, edit)
    place = proposal.run.session.store.place
    result = result_view(proposal.plan, outcome, place, verbose=True, closing="saved" if edit else "total")
    values = {"document": result, "diagnostics": faults}
    return Page(template="results.html", title="Results", values=values)


def _kept(visit: Visit, edit: FileEdit | None) -> list[Diagnostic]:
    """Store the typed keys of a saved edit. If this fails, keep the keys in memory for the next apply."""
    faults = edit.keep() if edit else []
    if faults and edit:
        visit.desk.remember_keys(edit)
    return faults
