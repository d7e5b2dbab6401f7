"""The removal of an endpoint from the gateway file. Its models are also removed from the candidates of roles."""

from __future__ import annotations

from functools import partial

from reconciler.engine.connect.draft import open_file
from reconciler.engine.connect.edits import without_endpoint
from reconciler.engine.proposals.file_edit import FileEdit, edit_of
from reconciler.web.desk import Desk
from reconciler.web.pages import edit
from reconciler.web.pages.review import HOW
from reconciler.web.visit import Answer, Visit


def begin(visit: Visit) -> Answer:
    """Begin the edit that removes the endpoint."""
    return edit.begin(visit, partial(_edit, visit.desk, visit.form.one("endpoint")))


def _edit(desk: Desk, name: str) -> FileEdit:
    return edit_of(without_endpoint(open_file(desk.options), name), HOW)
