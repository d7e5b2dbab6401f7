"""The models of all endpoints, and a form that declares one more."""

from __future__ import annotations

from functools import partial

from reconciler.address import PURPOSES
from reconciler.engine.connect.draft import open_file
from reconciler.engine.connect.edits import with_model
from reconciler.engine.connection_test import look, models_shown
from reconciler.engine.proposals.content import read_content
from reconciler.engine.proposals.file_edit import FileEdit, edit_of
from reconciler.render.views.live import models_view
from reconciler.web.desk import Desk
from reconciler.web.pages import edit
from reconciler.web.pages.review import HOW
from reconciler.web.visit import Answer, Page, Visit


def show(visit: Visit) -> Answer:
    """Return the models that the endpoints offer now. The query can select a purpose, and a text in the names."""
    test = look(read_content(visit.desk.options).pinned(visit.desk.options), ())
    words, purpose = visit.query.one("words"), visit.query.one("purpose")
    every = models_shown(test)
    shown = [
        each
        for each in every
        if words.casefold() in each.resource.address.name.casefold() and purpose in ("", each.resource.purpose)
    ]
    values = {
        "document": models_view(shown),
        "count": f"{len(shown)} of {len(every)}",
        "diagnostics": test.diagnostics,
        "endpoints": [endpoint.name for endpoint in test.endpoints],
        "purposes": PURPOSES,
        "words": words,
        "purpose": purpose,
    }
    return Page(template="models.html", title="Models", values=values)


def add(visit: Visit) -> Answer:
    """Begin an edit that declares a model of an endpoint."""
    fields = {name: visit.form.one(name) for name in ("endpoint", "model", "purpose")}
    purpose = next((each for each in PURPOSES if each == fields["purpose"]), PURPOSES[0])
    if not fields["model"]:
        return show(visit)
    return edit.begin(visit, partial(_edit, visit.desk, fields["endpoint"], fields["model"], purpose))


def _edit(desk: Desk, endpoint: str, model_id: str, purpose: str) -> FileEdit:
    known = next(each for each in PURPOSES if each == purpose)
    return edit_of(with_model(open_file(desk.options), endpoint, model_id, known), HOW)
