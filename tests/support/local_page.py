"""`gwctl ui` in a process of its own, and a person with a real browser."""

from __future__ import annotations

import html
import http.client
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.chromium import Page
from tests.support.command import Gwctl
from tests.support.forks import words_of
from tests.support.process import alive, started, stop

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

_PATIENCE = 30  # seconds until the server listens


class Local:
    """One run of `gwctl ui`: its entry page, and requests to it."""

    def __init__(self, gwctl: Gwctl, words: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self._log = gwctl.folder.parent / "ui.log"
        command = gwctl.command("ui", "--no-browser", "-C", str(gwctl.folder), *words)
        own = gwctl.environ | environ
        forked = words_of(command, own) if sys.platform == "linux" else None  # elsewhere nothing says when it ends
        if gwctl.warm and forked:
            self.pid = gwctl.warm.in_background(forked, gwctl.folder, own, self._log)
        else:  # what the tests' own process has is not what the page has: a process of its own has only these
            alone = ["env", "-i", *(f"{name}={value}" for name, value in own.items())]
            self.pid = started([*alone, *command], self._log, {})
        until = time.monotonic() + _PATIENCE
        while "file://" not in self.said and alive(self.pid) and time.monotonic() < until:
            time.sleep(0.05)
        found = re.search(r"^file://(\S+)$", self.said, re.MULTILINE)
        assert found, self.said
        self.entry = Path(found[1])
        self.html = self.entry.read_text()
        self.code = _found(r'name="code" value="([^"]+)"', self.html)
        self.hosts = re.findall(r'action="http://([^/"]+)/enter"', self.html)

    @property
    def said(self) -> str:
        """What the command has printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def port(self) -> int:
        """The port."""
        return int(self.hosts[0].rpartition(":")[2])

    def ends(self) -> None:
        """Wait until the process has ended."""
        until = time.monotonic() + _PATIENCE
        while alive(self.pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert not alive(self.pid), self.said

    def stop(self) -> None:
        """End the process."""
        stop(self.pid)


@dataclass(frozen=True)
class Reply:
    """A response, as it came."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def address(self) -> str:
        """Where the first form is sent."""
        return _found(r'<form method="post" action="([^"]+)"', self.text)

    @property
    def words(self) -> str:
        """What a reader sees."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", self.text)).split())


class Script:
    """Requests that a browser would not send, or not like this."""

    def __init__(self, local: Local) -> None:
        self.local = local
        self.host = local.hosts[0]
        self.cookie = ""

    def send(self, method: str, path: str, fields: Mapping[str, str] | None = None, **headers: str | None) -> Reply:
        """Send a request with the usual headers of the page's own browser; None leaves one out."""
        usual: dict[str, str | None] = {
            "Host": self.host,
            "Cookie": self.cookie or None,
            "Sec-Fetch-Site": "same-origin",
        }
        if method == "POST":
            usual |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(fields or {}) if method == "POST" else None
        connection = http.client.HTTPConnection("127.0.0.1", self.local.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in usual.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode() if body else None)
            answer = connection.getresponse()
            return Reply(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
            )
        finally:
            connection.close()

    def enter(self) -> Reply:
        """Enter with the code, as the entry page does."""
        reply = self.send("POST", "/enter", {"code": self.local.code}, Sec_Fetch_Site="cross-site")
        self.cookie = reply.headers.get("set-cookie", "").partition(";")[0]
        return reply

    def form(self, path: str, nth: int = 0) -> dict[str, str]:
        """Return the hidden fields of a form of the page."""
        return hidden(self.send("GET", path).text, nth)


def hidden(page: str, nth: int = 0) -> dict[str, str]:
    """Return the hidden fields of the n-th form."""
    form = re.findall(r"<form.*?</form>", page, re.DOTALL)[nth]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


class Reader:
    """A person with a browser: follows links, fills in forms, presses buttons."""

    def __init__(self, page: Page, local: Local) -> None:
        self.page = page
        self.local = local

    def enter(self, width: int = 1100, dark: bool = False, script: bool = False) -> Reader:
        """Open the entry page and press its button."""
        self.looks(width, dark, script)
        self.page.complaints()  # those of a page before
        self.page.browser.get(self.local.entry.as_uri())
        self.press("Open the page of this gateway file")
        self.until("Status")
        return self

    def looks(self, width: int = 1100, dark: bool = False, script: bool = False) -> None:
        """Set the width and the colours, and whether scripts run at all."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.page.devtools("Emulation.setEmulatedMedia", features=features)
        self.page.devtools("Emulation.setScriptExecutionDisabled", value=not script)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.page.devtools("Emulation.setDeviceMetricsOverride", **size)

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.page.run("return document.body.innerText"))

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return str(self.page.run("return document.querySelector('h1').innerText"))

    def until(self, heading: str) -> None:
        """Wait until the page has that heading."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._heading() == heading:
                return
            time.sleep(0.05)
        raise AssertionError(f"{heading!r} did not come, but:\n{self.text}")

    def _heading(self) -> str:
        from selenium.common.exceptions import WebDriverException

        try:
            return self.heading
        except WebDriverException:  # the next page is on its way
            return ""

    def goes(self, name: str) -> Reader:
        """Follow the link of that name, and wait for the page."""
        self._acts(self._one(f"//a[normalize-space()='{name}']"))
        return self

    def press(self, name: str) -> Reader:
        """Press the button of that name."""
        self._acts(self._one(f"//button[normalize-space()='{name}']"))
        return self

    def fill(self, label: str, value: str) -> Reader:
        """Type into the field of that label."""
        field = self._field(label)
        field.clear()
        field.send_keys(value)
        return self

    def choose(self, label: str) -> Reader:
        """Tick the box, or pick the choice, of that label."""
        field = self._field(label)
        if not field.is_selected():
            field.click()
        return self

    def select(self, label: str, option: str) -> Reader:
        """Pick an option of a list."""
        from selenium.webdriver.support.ui import Select

        Select(self._field(label)).select_by_visible_text(option)
        return self

    def _field(self, label: str) -> WebElement:
        element = self._one(f"//label[contains(normalize-space(), {_quoted(label)})]")
        return self.page.browser.find_element("id", str(element.get_attribute("for")))

    def _one(self, path: str) -> WebElement:
        return self.page.browser.find_element("xpath", path)

    def _acts(self, element: WebElement) -> None:
        """Click, and wait until another page is there."""
        before = self._root()
        element.click()
        until = time.monotonic() + 60
        while self._root() in (before, "") and time.monotonic() < until:
            time.sleep(0.02)

    def _root(self) -> str:
        """Return what differs from page to page; "" while the next page is on its way."""
        from selenium.common.exceptions import WebDriverException

        try:
            return str(self.page.browser.find_element("tag name", "html").id)
        except WebDriverException:
            return ""


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'"


@pytest.fixture
def starts(gwctl: Gwctl) -> Iterator[Callable[..., Local]]:
    """Start `gwctl ui`."""
    running: list[Local] = []

    def start(*words: str, **environ: str) -> Local:
        running.append(Local(gwctl, words, environ))
        return running[-1]

    yield start
    for local in running:
        local.stop()


@pytest.fixture
def enters(starts: Callable[..., Local], page: Page) -> Callable[..., Reader]:
    """Start `gwctl ui`, and enter with a browser."""

    def entered(*words: str, **environ: Any) -> Reader:
        looks = {name: environ.pop(name) for name in ("width", "dark", "script") if name in environ}
        return Reader(page, starts(*words, **environ)).enter(**looks)

    return entered


def contents(folder: Path) -> dict[str, bytes]:
    """{path: content} of every file below."""
    return {os.path.relpath(path, folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def address_of(page: Page) -> str:
    """The path of the address that is shown."""
    return urlsplit(page.browser.current_url).path
