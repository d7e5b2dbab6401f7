"""The door to Jinja2. Every value is escaped. Documents are rendered as in the HTML plan."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reconciler.render.formats.html.elements import blocks, inline
from reconciler.render.phrases import diagnostics_section
from reconciler.render.tree import document
from reconciler.text import block, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.diagnostics import Diagnostic
    from reconciler.render.tree import Document


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return the text of a template with these values."""
    return _environment().get_template(template).render(**values)


@cache
def source(name: str) -> str:
    """Return the text of a file that stands beside the templates."""
    environment = _environment()
    return environment.loader.get_source(environment, name)[0] if environment.loader else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reconciler.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["html"] = _html
    environment.filters["findings"] = _findings
    environment.filters["paragraph"] = _paragraph
    environment.filters["raw"] = _raw
    return environment


def _safe(value: Any) -> Any:
    """Return a value without control characters and direction marks. Jinja escapes the value afterwards."""
    return printable(value, len(value)) if type(value) is str else value


def _raw(text: str) -> Markup:
    """Return a value only escaped, because a form sends the value back unchanged."""
    return escape(text)


def _paragraph(text: str) -> Markup:
    """Return a text of many lines as HTML. No line is cut."""
    return Markup(escape(block(text)))  # noqa: S704 - escaped in the same line


def _html(shown: Document, level: int = 2) -> Markup:
    """Return a document as HTML. `level` is the level of its headings."""
    parts: list[str] = []
    for section in shown:
        heading = f"<h{level}>{inline(section.title)}</h{level}>\n" if section.title else ""
        parts += ["<section>\n", heading, *blocks(section.blocks), "</section>\n"]
    return Markup("".join(parts))  # noqa: S704 - the renderer has escaped every text


def _findings(diagnostics: Sequence[Diagnostic]) -> Markup:
    return _html(document(diagnostics_section(diagnostics, verbose=True)))
