"""The page of an edit of the gateway file. The edit is shown with its plan, then saved and applied."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.engine.proposals.file_edit import FileEdit
from reconciler.web.desk import Made
from reconciler.web.pages import review
from reconciler.web.visit import Answer, Elsewhere, Visit


def begin(visit: Visit, make: Callable[[], FileEdit]) -> Answer:
    """Return the address of a new edit. Raise `Failed` if the file cannot be edited."""
    number = visit.desk.number()
    visit.desk.edits.put(number, Made(make, make()))
    return Elsewhere(f"/edit/{number}")


def show(visit: Visit) -> Answer:
    """Make the edit again in the current file. Return the edit and its plan."""
    made = visit.desk.edits.get(visit.name)
    if made is None:
        return Elsewhere("/")
    edit = made.make()
    visit.desk.edits.put(visit.name, Made(made.make, edit))
    return review.show_edit(visit, edit, f"/edit/{visit.name}")


def decide(visit: Visit) -> Answer:
    """Save and apply, only save, or forget the edit."""
    made = visit.desk.edits.get(visit.name)
    if made is None or visit.form.one("do") == "stop":
        visit.desk.edits.drop(visit.name)
        return Elsewhere("/")
    answer, is_done = review.decide(visit, made.edit, f"/edit/{visit.name}")
    if is_done:
        visit.desk.edits.drop(visit.name)
    return answer
