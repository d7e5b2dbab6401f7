"""A real Chromium without a window. GWCTL_TEST_CHROMIUM names its executable; the default is one on the PATH."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

# It asks for nothing of its own, so that every request in its log is the page's.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)


def chromium_and_driver() -> tuple[str, str] | None:
    """Return the paths of the browser and its driver; None if one of them is missing."""
    browser = os.environ.get("GWCTL_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


@contextmanager
def opened(folder: Path) -> Iterator[Chrome]:
    """Yield a browser whose profile is in that empty folder."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    executables = chromium_and_driver()
    assert executables is not None
    options = ChromeOptions()
    options.binary_location = executables[0]
    for flag in (*_FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=ChromeService(executables[1]))
    try:
        yield browser
    finally:
        browser.quit()


class Page:
    """An opened page: its content, its errors and its requests."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def show(self, html: str, path: Path, width: int = 1100, dark: bool = False, script: bool = True) -> Page:
        """Open the HTML as a file: in this width, in light or dark colours, with or without its script."""
        path.write_text(html, encoding="utf-8")
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.devtools("Emulation.setEmulatedMedia", features=features)
        self.devtools("Emulation.setScriptExecutionDisabled", value=not script)
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.devtools("Emulation.setDeviceMetricsOverride", **size)
        self._log()
        self.browser.get(path.absolute().as_uri())
        return self

    def devtools(self, method: str, **parameters: Any) -> Any:
        """Return the result of a command of the Chrome DevTools Protocol."""
        return self.browser.execute_cdp_cmd(method, parameters)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return the result of a test's script in the page."""
        return self.browser.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """Return the errors and warnings on the console, including violations of the page's policy."""
        return [each["message"] for each in self.browser.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the URL of each request since the page was opened, including the page itself."""
        return [
            each["params"]["request"]["url"] for each in self._log() if each["method"] == "Network.requestWillBeSent"
        ]

    def picture(self) -> bytes:
        """Return the whole page as a PNG."""
        from base64 import b64decode

        return b64decode(self.devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def _log(self) -> list[dict[str, Any]]:
        return [json.loads(each["message"])["message"] for each in self.browser.get_log("performance")]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield one browser for all tests of a process. Skip the test if there is no browser."""
    if chromium_and_driver() is None:
        pytest.skip("chromium and chromedriver: neither GWCTL_TEST_CHROMIUM nor the PATH leads to both")
    with opened(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def page(browser: Chrome) -> Page:
    """Return a page in the browser, without what an earlier test has set for its own page."""
    page = Page(browser)
    page.devtools("Emulation.setScriptExecutionDisabled", value=False)
    page.devtools("Emulation.clearDeviceMetricsOverride")
    page.devtools("Emulation.setEmulatedMedia", features=[])
    return page
