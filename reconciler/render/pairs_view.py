"""The pairs that a saved plan carries, as people read them: which secret of an endpoint may go where."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.plan.moving import Moving
from reconciler.render.tree import Document, Span, document, line, section


def pairs_view(pairs: Sequence[Moving]) -> Document:
    """A line for each; nothing where it carries none."""
    if not pairs:
        return ()
    head = line("The plan was made with these agreed to:")
    return document(section(head, *(line(f"  endpoint.{each.endpoint}, ", Span(_words(each))) for each in pairs)))


def _words(pair: Moving) -> str:
    return f"{pair.what}: {pair.secret} → {pair.place}"
