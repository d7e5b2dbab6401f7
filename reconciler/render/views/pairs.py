"""The bindings of a plan as text. A binding says that a secret of an endpoint may be sent to a host."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.plan.carried_pairs import CarriedPair
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Group, Line, Section, Span, document, line, section, spans


def pairs_view(pairs: Sequence[CarriedPair]) -> Document:
    """Return a document with a line per binding. Return an empty document if there are no bindings."""
    if not pairs:
        return ()
    return document(section(line("Bindings of the plan:"), *(line("  ", *_words(carried)) for carried in pairs)))


def pairs_section(pairs: Sequence[CarriedPair], folded: bool) -> Section:
    """Return the bindings as the section `Secrets` of a review."""
    title = spans(f"{counted(len(pairs), 'secret')} that the plan can send")
    return section(*([Group(title, tuple(map(_line, pairs)), folded)] if pairs else []), title="Secrets", noun="secret")


def _line(pair: CarriedPair) -> Line:
    return line(*_words(pair))


def _words(pair: CarriedPair) -> tuple[Span, ...]:
    return spans(f"endpoint.{pair.endpoint}, {pair.what}: ", Span(pair.secret, "code"), " → ", Span(pair.place, "code"))
