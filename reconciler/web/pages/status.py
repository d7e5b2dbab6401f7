"""The status: the first page."""

from __future__ import annotations

from reconciler.engine.connection_test import look
from reconciler.engine.recorded.status import status_of
from reconciler.render.views.machine.status import status_view
from reconciler.web.visit import Answer, Page, Visit


def show(visit: Visit) -> Answer:
    """Return the records of the gateway file and the differences. With `live`, also contact the endpoints."""
    is_live = bool(visit.query.one("live"))
    options = visit.desk.options
    status = status_of(options, look(options, ()) if is_live else None)
    values = {
        "document": status_view(status.document, status.ages),
        "diagnostics": status.diagnostics,
        "endpoints": [endpoint["name"] for endpoint in status.document["endpoints"]],
        "is_live": is_live,
    }
    return Page(template="status.html", title="Status", values=values)
