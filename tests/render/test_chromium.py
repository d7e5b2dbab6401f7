"""The page and the comment in a real browser: nothing runs, nothing is asked for, all can be read and reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.render.formats.html.page import to_html
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.views.review.document import review_view
from tests.render.hostile import HOSTILE, change, hostile_plan, plan_with
from tests.support.chromium import Page
from tests.support.gfm import comment
from tests.support.libraries import library
from tests.support.sample import sample_plan

ActionChains = library("selenium.webdriver.common.action_chains").ActionChains
Keys = library("selenium.webdriver.common.keys").Keys
pytestmark = pytest.mark.xdist_group("chromium")  # one browser for all of them

Show = Callable[..., Page]
ROWS = "return [...document.querySelectorAll('li[data-action]')].filter((row) => row.checkVisibility()).length"
OVERFLOW = "return document.documentElement.scrollWidth > innerWidth"
# The least contrast of any text with what is behind it, as WCAG 2.2 counts it, and that text.
CONTRAST = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
  .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const [r, g, b, a = 1] = channels(getComputedStyle(element).backgroundColor);
    if (a) return [r, g, b];
  }
  return [255, 255, 255];
};
const says = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const found = [...document.querySelectorAll("body *:not(script, style)")]
  .filter((each) => says(each) && each.checkVisibility())
  .map((each) => {
    const pair = [light(channels(getComputedStyle(each).color)), light(behind(each))].sort((a, b) => b - a);
    return [(pair[0] + 0.05) / (pair[1] + 0.05), each.outerHTML.slice(0, 80)];
  });
return found.sort((a, b) => a[0] - b[0])[0];
"""


@pytest.fixture
def show(page: Page, tmp_path: Path) -> Show:
    """Opens HTML as a file."""

    def shown(html: str, **how: int | bool) -> Page:
        return page.show(html, tmp_path / "page.html", **how)

    return shown


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a plan such as one meets."""
    monkeypatch.chdir(tmp_path)
    return to_html(review_view(sample_plan(Path())), "acme-ai: plan")


def many(number: int) -> str:
    """The page of a plan with as many changes."""
    changes = [change(("delete", "create")[each % 2], f"e-{each % 3}", f"model-{each}") for each in range(number)]
    return to_html(review_view(plan_with(*changes)), "acme")


def press(page: Page, *keys: str) -> None:
    ActionChains(page.browser).send_keys(*keys).perform()


def asked_for_itself_alone(page: Page) -> bool:
    return [each.rpartition("/")[2] for each in page.requests()] == ["page.html"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1100])
def test_the_page_is_quiet_and_legible(show: Show, sample: str, dark: bool, width: int) -> None:
    page = show(sample, dark=dark, width=width)
    page.run("for (const fold of document.querySelectorAll('details')) fold.open = true")
    contrast, where = page.run(CONTRAST)
    assert contrast >= 4.5, where
    assert page.run(OVERFLOW) is False
    assert page.complaints() == []
    assert asked_for_itself_alone(page)
    background = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is not dark


def test_hostile_ids_run_nothing_on_the_page(show: Show) -> None:
    page = show(to_html(review_view(hostile_plan(list(HOSTILE), "".join(HOSTILE))), "x"), width=360)
    assert page.run("return window.pwned") is None
    assert page.complaints() == []
    assert asked_for_itself_alone(page)
    assert page.run(OVERFLOW) is False
    assert page.run("return document.querySelectorAll('img, svg, iframe, script').length") == 1
    press(page, "/", "<img src=x")
    assert 0 < page.run(ROWS) < page.run("return document.querySelectorAll('li[data-action]').length")


def test_hostile_ids_run_nothing_in_the_comment(show: Show) -> None:
    page = show(comment(to_markdown(review_view(hostile_plan(list(HOSTILE), "".join(HOSTILE))))))
    assert page.run("return window.pwned") is None
    assert page.complaints() == []
    assert asked_for_itself_alone(page)
    assert page.run("return document.querySelectorAll('a, img, svg, iframe, script, input').length") == 0


def test_the_filter_works_by_keyboard(show: Show) -> None:
    page = show(many(150))
    count = "return document.getElementById('count').textContent"
    assert page.run(count) == "150 lines"
    assert page.run(ROWS) == 75  # the deletes; what is created is folded
    press(page, "/", "MODEL-7")
    assert page.run("return document.activeElement.id") == "words"
    assert page.run(count) == "11 of 150 lines"
    assert page.run(ROWS) == 11  # unfolded
    press(page, Keys.TAB, "d")
    assert page.run("return document.activeElement.value") == "delete"
    assert page.run(count) == "5 of 150 lines"
    assert (
        page.run("return document.querySelectorAll('main section:not([hidden]) h2').length") == 2
    )  # and the endpoints
    press(page, Keys.TAB, "e-1")
    assert page.run(count) == "2 of 150 lines"
    press(page, Keys.TAB, Keys.ENTER)
    time.sleep(0.05)
    assert page.run(count) == "150 lines"
    assert page.run(ROWS) == 75
    assert page.run("return document.activeElement.id") == "words"
    press(page, "no such thing")
    assert page.run(count) == "0 of 150 lines"


def test_all_can_be_reached_by_keyboard_and_is_seen_to_be(show: Show) -> None:
    page = show(many(150))
    reached = []
    for _ in range(12):
        press(page, Keys.TAB)
        name, outline = page.run(
            "const at = document.activeElement; return [at.localName, getComputedStyle(at).outline]"
        )
        assert "none" not in outline, name
        reached.append(name)
    assert reached[:5] == ["a", "a", "a", "a", "input"]
    assert {"select", "button", "div", "summary"} <= set(reached)


def test_without_its_script_all_of_it_can_be_read(show: Show) -> None:
    page = show(many(150), script=False)
    assert page.run("return document.getElementById('filter').checkVisibility()") is False
    assert page.run(ROWS) == 75
    for summary in page.browser.find_elements("css selector", "summary"):
        summary.click()
    assert page.run(ROWS) == 150
    assert page.complaints() == []


def test_paper_has_no_folds_and_no_filter(show: Show) -> None:
    page = show(many(150), script=False)
    page.devtools("Emulation.setEmulatedMedia", media="print")
    assert page.run(ROWS) == 150
    assert page.run("return document.getElementById('filter').checkVisibility()") is False
    page.devtools("Emulation.setEmulatedMedia", media="")


def test_3000_changes_stay_quick(show: Show) -> None:
    started = time.monotonic()
    page = show(many(3000))
    took = page.run(
        """
        const words = document.getElementById("words");
        const started = performance.now();
        for (const value of ["model-1", "model-12", ""]) {
          words.value = value;
          words.dispatchEvent(new Event("input", {bubbles: true}));
          document.body.offsetHeight;
        }
        return performance.now() - started;
        """
    )
    assert page.run("return document.getElementById('count').textContent") == "3000 lines"
    assert took < 3000  # about 300 ms, where nothing else is done
    assert time.monotonic() - started < 20
