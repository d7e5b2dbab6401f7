"""The stored keys on this machine as a table, without the keys and their fingerprints."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.ledger.handle_rows import Handle
from reconciler.render.tree import Block, Document, Role, Span, Table, document, line, section
from reconciler.resources.presence import OwnedRow

_ROLES: dict[str, Role] = {"kept": "good", "changed": "note", "unknown": "warning"}


def keys_view(owned: Sequence[tuple[OwnedRow, str, str]], handles: Sequence[Handle] | None = None) -> Document:
    """Return a document with a row per keychain entry: slot, condition, origin of the key, and recommended action."""
    return document(section(*_entries(owned)), section(*_handles(handles or ())))


def _entries(owned: Sequence[tuple[OwnedRow, str, str]]) -> list[Block]:
    if not owned:
        return [line("No stored keys.")]
    header = ("ENTRY", "CONDITION", "KEY FROM", "SINCE", "FOR", "")
    rows = tuple(
        (
            Span(str(row.slot)),
            Span(condition, _ROLES.get(condition, "error")),
            Span(_origin(row)),
            Span(row.changed, "dim"),
            Span(", ".join(owner.place for owner in row.owners), "dim"),
            Span(advice),
        )
        for row, condition, advice in owned
    )
    return [Table(header, rows, spare=(3, 4, 2))]


def _origin(row: OwnedRow) -> str:
    origin = row.facts.get("origin", "")
    return f"{origin} (only here)" if row.is_of_machine else origin


def _handles(handles: Sequence[Handle]) -> list[Block]:
    if not handles:
        return []
    header = ("HANDLE", "CLIENT", "ENDPOINT", "LAST USE", "")
    rows = tuple(
        (
            Span(handle.handle, "code"),
            Span(handle.client),
            Span(handle.endpoint),
            Span(handle.used or "never", "dim"),
            Span(f"revoked {handle.revoked}" if handle.revoked else "", "warning"),
        )
        for handle in handles
    )
    return [Table(header, rows, spare=(3,))]
