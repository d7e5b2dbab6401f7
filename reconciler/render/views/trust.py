"""The bindings on this machine as text."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.render.tree import Document, Section, Span, Table, document, line, section
from reconciler.resources.agreement import AgreedPair, Agreements
from reconciler.secrets.binding import trusting


def trust_view(agreements: Sequence[Agreements]) -> Document:
    """Return a section per gateway file, with a row per binding."""
    if not agreements:
        return document(section(line("No bindings on this machine.")))
    return document(*map(_section, agreements))


def _section(agreements: Agreements) -> Section:
    where = agreements.path or "stored by an older gwctl"
    head = line(Span(where, "strong"), Span(f"  state {agreements.store or agreements.lineage}", "dim"))
    if not agreements.pairs:
        return section(head, line("  no bindings"))
    return section(head, Table(("SECRET", "MAY BE SENT TO", "AGREED", "HOW"), tuple(map(_row, agreements.pairs))))


def _row(pair: AgreedPair) -> tuple[Span, ...]:
    place = f"{pair.origin}{pair.path}"
    way = f" through {pair.proxy}" if pair.proxy else ""
    way += trusting(pair.ca_file, pair.ca_content)
    return Span(pair.secret), Span(place + way), Span(pair.agreed, "dim"), Span(pair.how, "dim")
