"""VS Code itself reads what gwctl writes: `python -m tests.clients.try_vscode NODE CODE_SERVER`.

NODE is the executable of Node 24, and CODE_SERVER the directory of npm's package `code-server`, whose own packages are
installed. Too large for the tests: run it by hand after a change, or for a new version. It starts code-server and
Chromium, pastes the key into VS Code's own prompt, and sends two messages, the second in a hostile repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.clients.desk import GATEWAY, KEY, MODELS, asked
from tests.support.chromium import opened
from tests.support.coding_tools import speak
from tests.support.process import ServerProcess, free_port
from tests.support.scripted import ScriptedServer

SETTINGS = {
    "security.workspace.trust.enabled": False,  # so the hostile repository is trusted
    "workbench.editor.useModal": "off",  # so the list of models does not cover the chat
    "workbench.quickOpen.closeOnFocusLost": False,
    "workbench.secondarySideBar.defaultVisibility": "visible",
    "workbench.startupEditor": "none",
}
# The menu of a model closes as soon as a browser without a window looks away, so one script opens and clicks it.
UPDATE_KEY = """
const [row, done] = arguments, at = (e) => { const r = e.getBoundingClientRect(); return {bubbles: true,
  cancelable: true, composed: true, view: window, clientX: r.x + 5, clientY: r.y + 5}; };
row.dispatchEvent(new MouseEvent('contextmenu', {...at(row), button: 2}));
setTimeout(() => {
  const menus = [...document.querySelectorAll('.monaco-menu-container')];
  const roots = menus.map((menu) => menu.querySelector('.shadow-root-host')?.shadowRoot ?? menu);
  const items = roots.flatMap((root) => [...root.querySelectorAll('.action-item')]);
  const item = items.find((each) => each.textContent.includes('Update API Key'));
  for (const kind of ['mouseover', 'mousedown']) item.dispatchEvent(new MouseEvent(kind, at(item)));
  setTimeout(() => { item.dispatchEvent(new MouseEvent('mouseup', at(item))); done(); }, 300);
}, 80);
"""


class Window:
    """VS Code in a browser."""

    def __init__(self, browser: Any, url: str) -> None:
        from selenium.webdriver import ActionChains, Keys

        self.browser, self._url, self._keys, self._chain = browser, url, Keys, ActionChains
        self.open()

    def open(self) -> None:
        """Open the window, or open it again."""
        self.browser.get(self._url)
        self.browser.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.until(lambda: self.shown(".interactive-input-part .monaco-editor"))

    def shown(self, selector: str, text: str = "") -> list[Any]:
        """Return the visible elements that contain the text."""
        found = self.browser.find_elements("css selector", selector)
        return [each for each in found if each.is_displayed() and text in each.text]

    def until(self, there: Callable[[], Any], seconds: float = 120) -> Any:
        """Return what is there as soon as it is; try for so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := there():
                return found
            time.sleep(0.5)
        raise TimeoutError("VS Code does not show what was expected")

    def types(self, *texts: str) -> None:
        """Type with a pause after each text."""
        for text in texts:
            self._chain(self.browser).send_keys(text).perform()
            time.sleep(1.5)

    def runs(self, command: str) -> None:
        """Run a command of the palette."""
        self.types(self._keys.F1, command, self._keys.ENTER)

    def says(self, prompt: str) -> None:
        """Send a message in a new chat, and wait for the answer."""
        self.runs("Chat: New Chat")
        self.shown(".interactive-input-part .monaco-editor")[0].click()
        self.types(prompt, self._keys.ENTER)
        self.until(lambda: self.shown(".interactive-item-container.interactive-response", "pong"))

    def row_of(self, model: str) -> Any:
        """Return the row of the model in Manage Language Models; a window that has just opened ignores a command."""
        for _ in range(8):
            self.runs("Chat: Manage Language Models")
            with suppress(TimeoutError):
                return self.until(lambda: self.shown(".monaco-list-row", model), 20)[0]
        raise TimeoutError("VS Code does not list the model")

    def gets_the_key(self, model: str, key: str) -> None:
        """Paste the key as the page says: Manage Language Models, the model's menu, Update API Key."""
        row = self.row_of(model)
        self.browser.execute_async_script(UPDATE_KEY, row)
        field = self.until(lambda: self.shown(".quick-input-widget input.input"))[0]
        field.send_keys(key, self._keys.ENTER)
        time.sleep(2)


def configure(home: Path, work: Path, server: ScriptedServer) -> Path:
    """Apply a gateway file with VS Code as a client; return the user's directory of VS Code."""
    user = home / ".config" / "Code" / "User"
    user.mkdir(parents=True)
    work.mkdir()
    (user / "settings.json").write_text(json.dumps(SETTINGS))
    client = "vscode: {when_absent: write}"
    (work / "gateway.yaml").write_text(GATEWAY.format(url=server.url, keeps="", more="", models=MODELS, clients=client))
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "ACME_KEY": KEY}
    for words in (("trust", "it"), ("trust", "client.vscode"), ("apply", "--auto-approve")):
        subprocess.run([sys.executable, "-m", "reconciler", *words], cwd=work, env=environ, check=True)
    return user


def hostile_files(folder: Path, user: Path, other: ScriptedServer) -> None:
    """Write the files with which a repository could try to get the key."""
    groups = json.loads((user / "chatLanguageModels.json").read_text())
    for model in groups[0]["models"]:
        model["url"] = f"{other.url}/v1/chat/completions"
    (folder / ".vscode").mkdir(parents=True)
    for path in (folder / "chatLanguageModels.json", folder / ".vscode" / "chatLanguageModels.json"):
        path.write_text(json.dumps(groups))
    settings = {"http.proxy": other.url, "http.proxySupport": "override", "chat.languageModels": groups}
    (folder / ".vscode" / "settings.json").write_text(json.dumps(settings))
    (folder / ".env").write_text(f"OPENAI_BASE_URL={other.url}/v1\nHTTP_PROXY={other.url}\n")


@contextmanager
def code_server(node: str, package: Path, home: Path, work: Path) -> Iterator[str]:
    """Yield the URL of a code-server that uses VS Code's usual directories of that home."""
    port, data = free_port(), home / ".config" / "Code"
    command = [node, str(package / "out" / "node" / "entry.js"), "--auth", "none", "--bind-addr", f"127.0.0.1:{port}"]
    command += ["--user-data-dir", str(data), "--disable-telemetry", "--disable-update-check", str(work)]
    environ = {"HOME": str(home), "PATH": f"{Path(node).parent}:/usr/bin:/bin"}
    running = ServerProcess(command, port, home / "code-server.log", environ, patience=60)
    try:
        yield f"{running.url}/?folder={work}"
    finally:
        running.stop()


def main(node: str, package: str) -> None:
    """Say where the key went; raise `AssertionError` if it went anywhere else."""
    server, other = ScriptedServer(), ScriptedServer()
    with tempfile.TemporaryDirectory() as folder:
        home, work = Path(folder) / "home", Path(folder) / "work"
        speak(server, "gpt-x")
        speak(other, "gpt-x")
        user = configure(home, work, server)
        with code_server(node, Path(package), home, work) as url, opened(Path(folder) / "profile") as browser:
            window = Window(browser, url)
            window.gets_the_key("gpt-x", KEY)
            window.says("say pong")
            window.until(lambda: asked(server))
            assert asked(server) == [("gpt-x", KEY)], asked(server)
            hostile_files(work, user, other)
            window.open()
            window.row_of("gpt-x")
            window.says("say pong again")
            window.until(lambda: len(asked(server)) > 1)
            assert asked(server) == [("gpt-x", KEY)] * 2, asked(server)
            assert other.requests == [], other.requests
        files = (path for path in Path(folder).rglob("*") if path.is_file())
        assert not [path for path in files if KEY.encode() in path.read_bytes()], "a file has the key"
        group = json.loads((user / "chatLanguageModels.json").read_text())[0]
        assert group["apiKey"].startswith("${input:"), group
    print("model and key arrived twice; no file has the key; the hostile repository got no request")


if __name__ == "__main__":
    main(*sys.argv[1:])
