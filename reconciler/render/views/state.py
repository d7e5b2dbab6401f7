"""Recorded resources as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.address import Address
from reconciler.render.phrases import counted, value
from reconciler.render.tree import Document, Line, Span, document, line, section
from reconciler.resources.resource import Resource


def addresses_view(addresses: Iterable[Address], word: str = "") -> Document:
    """Return a document with a line per address."""
    return document(section(*(line(Span(f"{word} " if word else "", "dim"), str(at)) for at in addresses)))


def moves_view(names: Mapping[Address, Address]) -> Document:
    """Return a document with a line per renamed resource."""
    return document(section(*(line(f"{old} → {new}") for old, new in names.items())))


def resource_view(resource: Resource, verbose: bool) -> Document:
    """Return the attributes of a resource, and the facts after the attributes.

    Without `verbose`, only the number of models in a recorded list is shown.
    """
    attributes = (line(Span(f"{key}: ", "dim"), value(attribute)) for key, attribute in resource.data.items())
    facts = (_fact(key, fact, verbose) for key, fact in resource.facts.items())
    recorded = line("recorded, not compared:", under=facts) if resource.facts else None
    return document(
        section(line(Span(str(resource.address), "strong"), under=attributes), *([recorded] if recorded else []))
    )


def _fact(key: str, fact: object, verbose: bool) -> Line:
    if key != "listed" or not isinstance(fact, dict):
        return line(Span(f"{key}: ", "dim"), value(fact))
    rows = (line(f"{model_id}: {value(entry)}") for model_id, entry in fact.items())
    return line(Span("listed: ", "dim"), counted(len(fact), "ID"), under=rows if verbose else ())
