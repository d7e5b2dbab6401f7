"""The entry page: a file of this user that sends the code once. No URL contains a secret."""

from __future__ import annotations

from reconciler.web.gate import ENTER, Gate
from reconciler.web.templates import render, source


def entry_page(gate: Gate) -> str:
    """Return the HTML of the entry page."""
    usual, other = (f"http://{host}{ENTER}" for host in gate.hosts)
    return render("entry.html", {"usual": usual, "other": other, "code": gate.code, "style": source("style.css")})
