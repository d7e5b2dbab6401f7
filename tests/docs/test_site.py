"""The docs site: every page has its place in it, nothing in it leads nowhere, and its search finds words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.docs import site, site_links
from tests.support.axe import violations
from tests.support.chromium import Page
from tests.support.libraries import library

pytestmark = pytest.mark.xdist_group("chromium")
DOCS = site.ROOT / "docs"
PATIENCE = 30  # seconds
KINDS = ("", "howto/rotation/", "using/starting/", "concepts/outcomes/", "reference/commands/", "404.html")
OPENED = """
const is_open = [...document.querySelectorAll("*")].some(each => each.shadowRoot?.querySelector("dialog[open] input"));
if (!is_open) document.querySelector(".md-search__button").click();
return is_open;
"""
RESULTS = """
const dialog = [...document.querySelectorAll("*")].find(each => each.shadowRoot);
const results = [...dialog.shadowRoot.querySelectorAll("[role=option]")];
return results.map(each => [each.querySelector("h2").innerText, each.href]);
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site."""
    library("zensical")
    folder = tmp_path_factory.mktemp("site") / "site"
    site.build(folder)
    return folder


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[str]:
    """Yield the URL of the site."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built)))
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_page_is_in_the_navigation_once() -> None:
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    listed = [page for page in site.pages() if not page.startswith("../")]
    missing = sorted(there - set(listed))
    assert missing == [], f"add to `nav` of zensical.toml, in the part where a reader looks for it: {missing}"
    assert sorted(set(listed) - there) == [], "`nav` of zensical.toml names pages that are not there"
    assert len(listed) == len(set(listed)), "`nav` of zensical.toml names a page twice"


def test_every_link_of_the_site_leads_somewhere_and_nothing_is_loaded_from_another_host(built: Path) -> None:
    assert site_links.faults(built) == []


def test_a_link_from_the_root_begins_with_the_path_at_which_the_site_is_served(tmp_path: Path) -> None:
    (tmp_path / "404.html").write_text('<a href="/acme/">home</a> <a href="/acme/a.css">a</a> <a href="/a.css">b</a>')
    (tmp_path / "index.html").touch()
    (tmp_path / "a.css").touch()
    assert site_links.faults(tmp_path, "/acme/") == ["404.html: /a.css leads nowhere"]


def test_a_broken_link_and_a_foreign_resource_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text("<h1 id='here'>a</h1><a href='../b.html#there'></a><a href='#here'></a>")
    (tmp_path / "b.html").write_text("<a href='a/'></a><a href='a/#gone'></a><a href='c/'></a><img src='//cdn/x.png'>")
    assert site_links.faults(tmp_path) == [
        "a/index.html: ../b.html#there leads nowhere",
        "b.html: loads //cdn/x.png",
        "b.html: a/#gone leads nowhere",
        "b.html: c/ leads nowhere",
    ]


def test_a_reader_of_plain_text_has_a_list_of_all_pages(built: Path) -> None:
    """llms.txt names each page of the navigation with a sentence, and the text of each page is there."""
    lines = [line for line in (built / "llms.txt").read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert len(lines) == len(site.pages())
    for line in lines:
        title, _, rest = line.partition("](<./")
        path, _, sentence = rest.partition(">): ")
        assert (built / path).read_text(encoding="utf-8").startswith(f"# {title[3:]}\n"), line
        assert len(sentence) > 10, line


def test_without_a_url_no_link_names_a_host_at_which_nobody_serves_the_site(built: Path) -> None:
    named = [path for path in built.rglob("*") if path.is_file() and b"site.invalid" in path.read_bytes()]
    assert named == []
    page = built / "using" / "ui" / "index.md"
    links = re.findall(r"\]\(<(\.\./[^>]*index\.md)>\)", page.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (page.parent / link).is_file()] == []


@pytest.mark.parametrize(("preferred", "scheme"), [("light", "default"), ("dark", "slate")])
def test_a_page_of_each_kind_can_be_used_by_everybody(
    served: str, page: Page, axe: str, preferred: str, scheme: str
) -> None:
    """The start, a how-to with steps, a page with code and pictures, a long table, generated commands, no page."""
    found = {}
    page.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": preferred}])
    for path in KINDS:
        page.browser.get(served + path)
        assert page.run("return document.body.dataset.mdColorScheme") == scheme
        found[path] = violations(page.browser, axe)
    assert {path: each for path, each in found.items() if each} == {}


def test_the_search_finds_a_word_and_asks_no_other_host(served: str, page: Page) -> None:
    page.requests()  # those of the page before
    page.browser.get(served)
    wait = library("selenium.webdriver.support.ui").WebDriverWait(page.browser, PATIENCE)
    wait.until(lambda _: page.run(OPENED))
    library("selenium.webdriver.common.action_chains").ActionChains(page.browser).send_keys("held").perform()
    wait.until(lambda _: page.run(RESULTS))
    results = dict(page.run(RESULTS))
    assert "held" in page.run("return fetch(arguments[0]).then(page => page.text())", results["SHORT_LIST"])
    asked = {f"{url.scheme}://{url.netloc}/" for url in map(urlsplit, page.requests()) if url.scheme.startswith("http")}
    assert asked == {served}
    assert page.complaints() == []
