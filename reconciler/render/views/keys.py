"""Keychain entries as a table, without keys and without their fingerprints."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.render.tree import Document, Role, Span, Table, document, line, section
from reconciler.resources.presence import OwnedRow

_ROLES: dict[str, Role] = {"kept": "good", "changed": "note", "unknown": "warning"}


def keys_view(owned: Sequence[tuple[OwnedRow, str, str]]) -> Document:
    """Return a row per entry: its slot, its condition, the origin of its key, and what to do."""
    if not owned:
        return document(section(line("No stored keys.")))
    header = ("ENTRY", "CONDITION", "KEY FROM", "SINCE", "FOR", "")
    rows = tuple(
        (
            Span(str(row.slot)),
            Span(condition, _ROLES.get(condition, "error")),
            Span(row.facts.get("origin", "")),
            Span(row.changed, "dim"),
            Span(", ".join(owner.place for owner in row.owners), "dim"),
            Span(advice),
        )
        for row, condition, advice in owned
    )
    return document(section(Table(header, rows, spare=(3, 4, 2))))
