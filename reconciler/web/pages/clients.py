"""The tools of this machine, and a form that adds one to the gateway file."""

from __future__ import annotations

from functools import partial

from reconciler.engine.clients.configure import NewClient, draft_client, known_tool
from reconciler.engine.clients.survey import survey
from reconciler.engine.connect.draft import open_file
from reconciler.engine.proposals.file_edit import FileEdit, edit_of_client
from reconciler.render.option_words import OPTION_WORDS
from reconciler.render.views.machine.clients import clients_view
from reconciler.web.desk import Desk
from reconciler.web.pages import edit
from reconciler.web.visit import Answer, Page, Visit

_USES = ("own", "shared", "none")


def show(visit: Visit, fault: str = "") -> Answer:
    """Return the tools that gwctl can configure, and which of them are on this machine."""
    reports = survey(visit.desk.options.environ)
    values = {
        "document": clients_view(reports),
        "tools": [(report.name, report.title) for report in reports if report.is_found],
        "uses": _USES,
        "use_words": OPTION_WORDS["--use"],
        "local_words": OPTION_WORDS["--local"],
        "fault": fault,
    }
    return Page(template="clients.html", title="Clients", values=values, status=422 if fault else 200)


def add(visit: Visit) -> Answer:
    """Begin an edit that adds the tool, if the user typed the tool's name."""
    tool = known_tool(visit.form.one("tool"))
    if visit.form.one("typed") != tool:
        return show(visit, f"This is not the name {tool}. Nothing was done.")
    use = visit.form.one("use")
    fields = {"file": use if use in _USES else None}
    new = NewClient(tool=tool, name=tool, fields=fields)
    return edit.begin(visit, partial(_edit, visit.desk, new, bool(visit.form.one("local"))))


def _edit(desk: Desk, new: NewClient, is_local: bool) -> FileEdit:
    return edit_of_client(draft_client(open_file(desk.options), new, is_local))
