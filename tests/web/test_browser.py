"""The page in a real browser: hostile texts, pages of strangers, readers with a keyboard or a screen reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.render.hostile import HOSTILE
from tests.render.test_chromium import CONTRAST, OVERFLOW
from tests.support.axe import violations
from tests.support.libraries import library
from tests.support.local_page import contents
from tests.web import tour

ActionChains = library("selenium.webdriver.common.action_chains").ActionChains
Keys = library("selenium.webdriver.common.keys").Keys
pytestmark = pytest.mark.xdist_group("chromium")
TEAM_KEY = "a-key-of-the-team-1"
FOCUS = """
const at = document.activeElement;
return [at.localName, (at.labels?.[0] || at).innerText?.trim() || "", getComputedStyle(at).outlineStyle];
"""


def test_every_page_can_be_used_by_everybody(gwctl, keychain, servers, enters, axe) -> None:
    """axe-core finds nothing; text can be read, in light and in dark; nothing is wider than a phone."""
    first, second, third = servers(), servers(), servers()
    tour.prepare(gwctl, first, second)
    reader = enters("-v", TEAM_KEY=TEAM_KEY, script=True)
    seen = []
    for name in tour.walk(reader, third, gwctl):
        seen.append(name)
        assert violations(reader.page.browser, axe) == [], name
        for width, dark in ((360, True), (768, False), (1280, True)):
            reader.looks(width, dark, script=True)
            assert reader.page.run(OVERFLOW) is False, (name, width)
            contrast, where = reader.page.run(CONTRAST)
            assert contrast >= 4.5, (name, dark, where)
        reader.looks(script=True)
        assert reader.page.run("return document.querySelectorAll('h1').length") == 1
        assert reader.page.run("return document.querySelectorAll('[aria-current]').length") <= 1
    assert len(seen) == len(set(seen)) == 21
    refused = [each for each in reader.page.complaints() if "status of 4" not in each]
    assert refused == []


def test_hostile_ids_run_nothing_on_any_page(gwctl, keychain, server, enters) -> None:
    """With scripts switched on."""
    ids = [each for each in HOSTILE if each.isprintable()]
    server.lists(*ids)
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    reader = enters(script=True)
    reader.page.requests()  # those before
    for page in ("Plan", "Models", "Chat"):
        reader.goes(page)
        inert(reader)
    reader.goes("Plan").press("Apply…")
    inert(reader)
    reader.press("Apply")
    inert(reader)
    reader.goes("Chat")
    inert(reader)
    reader.goes("Connect").select("Which server or vendor?", tour.option_with(reader, "litellm")).press("Go on")
    reader.fill("Base URL:", server.url).press("Go on").choose("No key").press("Go on")
    inert(reader)
    reader.press("Go on")
    inert(reader)


def inert(reader) -> None:
    """Nothing that a server has said runs, loads or leads anywhere."""
    page = reader.page
    assert page.run("return window.pwned") is None
    assert page.run("return document.querySelectorAll('img, svg, iframe, script, object, embed').length") == 0
    host = reader.local.hosts[0]
    leads = page.run(
        "return [...document.querySelectorAll('a[href], form[action]')].map((each) => each.href || each.action)"
    )
    assert not [each for each in leads if isinstance(each, str) and host not in each]
    assert not [each for each in page.requests() if host not in each and not each.startswith("data:")]
    assert page.complaints() == []


def test_a_page_of_a_stranger_cannot_show_it_send_to_it_or_link_to_it(gwctl, enters, tmp_path: Path) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    reader = enters(script=True)
    before = contents(gwctl.folder)
    url = f"http://{reader.local.hosts[0]}"
    stranger = tmp_path / "stranger.html"
    stranger.write_text(
        f'<iframe src="{url}/plan"></iframe><form method="post" action="{url}/apply"><button>Go</button></form>'
        f'<a href="{url}/plan">Look</a>'
    )
    browser = reader.page.browser
    browser.get(stranger.as_uri())
    browser.switch_to.frame(0)
    assert "acme" not in browser.page_source
    browser.switch_to.default_content()
    reader.press("Go")
    assert "This browser has no access" in reader.text  # the cookie does not come along
    browser.get(stranger.as_uri())
    reader.goes("Look")
    assert "This browser has no access" in reader.text
    assert contents(gwctl.folder) == before
    browser.get(f"{url}/plan")
    assert reader.heading == "Plan"  # an address that is typed


def test_the_cookie_is_out_of_reach_of_scripts(gwctl, enters) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    reader = enters(script=True)
    assert reader.page.run("return document.cookie") == ""
    cookie = reader.page.browser.get_cookie("gwctl")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert reader.page.browser.current_url == f"http://{reader.local.hosts[0]}/"


def test_the_page_is_used_with_the_keyboard_alone(gwctl, enters) -> None:
    """From the first key to an applied plan; what has the focus can be seen."""
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    reader = enters()

    def until(name: str) -> list[str]:
        reached = []
        for _ in range(40):
            ActionChains(reader.page.browser).send_keys(Keys.TAB).perform()
            element, text, outline = reader.page.run(FOCUS)
            assert outline != "none", element
            reached.append(text)
            if text == name:
                return reached
        raise AssertionError(reached)

    def press() -> None:
        before = reader.page.browser.find_element("tag name", "html").id
        ActionChains(reader.page.browser).send_keys(Keys.ENTER).perform()
        while reader.page.browser.find_element("tag name", "html").id == before:
            pass

    assert until("Chat") == ["Skip to the content", "gwctl", "Status", "Plan", "Connect", "Models", "Clients", "Chat"]
    until("Show the plan")
    press()
    until("Apply…")
    press()
    until("Apply")
    press()
    assert reader.heading == "Results"
    assert gwctl.models() == ["model.own/m"]


def test_the_other_way_in_is_by_the_number_of_the_machine(gwctl, starts, page) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    local = starts()
    page.devtools("Emulation.setScriptExecutionDisabled", value=True)
    page.browser.get(local.entry.as_uri())
    page.browser.find_element("tag name", "summary").click()
    page.browser.find_element("xpath", "//button[contains(., '127.0.0.1')]").click()
    deadline = 200
    while "Status" not in page.browser.page_source and deadline:
        deadline -= 1
    assert page.browser.current_url == f"http://127.0.0.1:{local.port}/"
    page.browser.get(f"http://{local.hosts[0]}/")
    assert "The page is not served under this host name" in page.browser.page_source
