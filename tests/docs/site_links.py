"""The links of a built site: each leads to a file and to a place in it. No page loads anything from another host."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"href": ("link",), "src": ("audio", "embed", "iframe", "img", "script", "source", "video")}
_NOT_LOADED = ("alternate", "canonical", "next", "prev")  # relations of <link> that a browser does not follow


@dataclass
class Page(HTMLParser):
    """The IDs of a page, the targets of its links, and the resources that it loads."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record what an element has."""
        values = dict(attrs)
        self.ids |= {each for each in (values.get("id"), values.get("name")) if each}
        for name, tags in LOADED.items():
            if (target := values.get(name)) is None or (tag == "link" and values.get("rel") in _NOT_LOADED):
                continue
            (self.loaded if tag in tags else self.links).append(target)


def faults(site: Path, root: str = "/") -> list[str]:
    """Return one line for each broken link and each resource of another host.

    `root` is the path of the URL at which the site is served: the page 404.html has links that begin with it.
    """
    read = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    lines = []
    for path, page in read.items():
        where = path.relative_to(site)
        lines += [f"{where}: loads {each}" for each in page.loaded if urlsplit(each).netloc]
        lines += [
            f"{where}: {each} leads nowhere"
            for each in dict.fromkeys([*page.links, *page.loaded])
            if not _leads(each, path, site, read, root)
        ]
    return lines


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _leads(link: str, path: Path, site: Path, read: dict[Path, Page], root: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    name = unquote(parts.path)
    if name.startswith("/") and not f"{name}/".startswith(root):
        return False  # outside of the site
    below = site / name[len(root) :] if name.startswith("/") else (path.parent / name if name else path)
    target = (below / "index.html" if below.is_dir() else below).resolve()
    if not target.is_file():
        return False
    return not parts.fragment or target not in read or unquote(parts.fragment) in read[target].ids
