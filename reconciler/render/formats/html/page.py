"""A document as one HTML page. The page loads no other file, and can be read if scripts are not allowed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from reconciler.files.read_file import packaged
from reconciler.render.formats.html.elements import blocks, inline, text
from reconciler.render.formats.html.filter_controls import controls
from reconciler.render.tree import Document, Section

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"


def to_html(document: Document, title: str) -> str:
    """Return the whole HTML page. Its heading is the title of the first section.

    If the first section has no title, the heading is `title`.
    """
    head, rest = _apart(document)
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"{_POLICY}; style-src {_hash(style)}; script-src {_hash(script)}"
    heading = inline(head.title) if head and head.title else text(title)
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            '<a class="skip" href="#main">Skip to the plan</a>\n',
            f"<header>\n<h1>{heading}</h1>\n",
            *(blocks(head.blocks, paragraphs=True) if head else ()),
            *_contents(rest),
            "</header>\n",
            *controls(document),
            '<main id="main" tabindex="-1">\n',
            *(part for number, section in enumerate(rest) for part in _section(section, number)),
            f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


def _apart(document: Document) -> tuple[Section | None, Document]:
    """Return the section for the header of the page, and the other sections.

    The first value is None if no section is for the header.
    """
    return (document[0], document[1:]) if document and document[0].title else (None, document)


def _section(section: Section, number: int) -> Iterator[str]:
    if not section.title:
        yield from ("<section>\n", *blocks(section.blocks), "</section>\n")
        return
    yield f'<section id="s{number}" aria-labelledby="h{number}">\n<h2 id="h{number}">{inline(section.title)}</h2>\n'
    yield from blocks(section.blocks)
    yield "</section>\n"


def _contents(sections: Document) -> Iterator[str]:
    titled = [(number, section.title) for number, section in enumerate(sections) if section.title]
    if len(titled) > 1:
        yield '<nav aria-label="Sections">\n<ul>\n'
        yield from (f'<li><a href="#s{number}">{inline(title)}</a></li>\n' for number, title in titled)
        yield "</ul>\n</nav>\n"


def _asset(name: str) -> str:
    return packaged(__package__, name)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
