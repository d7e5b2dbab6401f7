"""GitHub's own Markdown renderer, and a parser of its HTML: the elements, and the text outside of code."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from tests.support.libraries import library

_EMPTY = {"br", "hr", "img", "input", "link", "meta", "wbr"}
ALLOWED = {"h2", "h3", "p", "b", "strong", "code", "pre", "ul", "li", "br", "details", "summary"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}

# What GitHub makes of text after Markdown: people, numbers, commits, addresses, emoji, mathematics, other trackers.
ACTIVE = re.compile(
    r"@\w|#\d|\bGH-\d|(?<![0-9A-Za-z])[0-9a-fA-F]{7,40}(?![0-9A-Za-z])|://|\bwww\.|:[a-z0-9_+-]+:|\$|[A-Za-z]-\d|[<>]"
)


def rendered(markdown: str) -> str:
    """Return the HTML from GitHub's renderer."""
    # As GitHub renders a comment; raw HTML is let through here, so that whatever gets in is seen.
    options = library("cmarkgfm.cmark").Options
    flags = options.CMARK_OPT_UNSAFE | options.CMARK_OPT_FOOTNOTES | options.CMARK_OPT_HARDBREAKS
    html: str = library("cmarkgfm").github_flavored_markdown_to_html(markdown, flags)
    return html


class Read(HTMLParser):
    """The elements, attributes, code and prose of a page. `folded` is all text inside <details>."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.codes: list[str] = []
        self.prose: list[str] = []
        self.text = ""
        self.folded = ""
        self.comments: list[str] = []
        self._open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name) for name, _ in attrs]
        if tag not in _EMPTY:
            self._open.append(tag)
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1:] == [tag]:
            self._open.pop()
        else:
            self.unbalanced.append(f"/{tag}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data
        if "details" in self._open:
            self.folded += data
        if "code" in self._open:
            self.codes[-1] += data
        else:
            self.prose.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def active(self) -> list[str]:
        """Return the text outside of code that GitHub would link, ping or draw."""
        return [match[0] for piece in self.prose for match in ACTIVE.finditer(piece)]


def comment(markdown: str) -> str:
    """Return a page that shows the comment as GitHub does."""
    style = (Path(__file__).parent / "github.css").read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><title>comment</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{rendered(markdown)}</body></html>'
