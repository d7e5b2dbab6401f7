"""The language server that editors use for YAML. GWCTL_TEST_YAML_SERVER names its executable."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}


class Editor:
    """An editor with a gateway file, whose first line names the schema beside it."""

    def __init__(self, executable: str, folder: Path) -> None:
        self._uri = (folder / "gateway.yaml").as_uri()
        self._text = ""
        self._version = 0
        self._number = 0
        environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self._process = subprocess.Popen(
            [executable, "--stdio"], cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._request("initialize", processId=None, rootUri=folder.as_uri(), capabilities={})
        self._send("initialized")
        self._send("workspace/didChangeConfiguration", settings=_SETTINGS)

    def type(self, text: str) -> list[str]:
        """Write the file anew; return the faults that the editor shows, each as `line: message`."""
        self._version += 1
        self._text = text
        document = {"uri": self._uri, "version": self._version}
        if self._version == 1:
            self._send("textDocument/didOpen", textDocument={**document, "languageId": "yaml", "text": text})
        else:
            self._send("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
        while (shown := self._read()).get("method") != "textDocument/publishDiagnostics":
            pass
        found = shown["params"]["diagnostics"]
        return [f"{fault['range']['start']['line'] + 1}: {fault['message']}" for fault in found]

    def offered(self, after: str) -> dict[str, str]:
        """Return {what the editor offers: its description} behind that text, which the file has once."""
        answer = self._request("textDocument/completion", **self._at(after))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: _words(item.get("documentation", "")) for item in items}

    def hover(self, over: str) -> str:
        """Return what the editor says about the end of that text, which the file has once."""
        answer = self._request("textDocument/hover", **self._at(over, back=1))
        return _words(answer["contents"]) if answer else ""

    def close(self) -> None:
        """End the server."""
        self._request("shutdown")
        self._send("exit")
        self._process.communicate(timeout=30)

    def _at(self, text: str, back: int = 0) -> dict[str, Any]:
        assert self._text.count(text) == 1, text
        before = self._text[: self._text.index(text) + len(text) - back]
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self._uri}, "position": position}

    def _request(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._send(method, self._number, **parameters)
        while (answer := self._read()).get("id") != self._number or "method" in answer:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _send(self, method: str, number: int | None = None, **parameters: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": parameters} | ({"id": number} if number else {})
        body = json.dumps(message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while (line := self._process.stdout.readline().strip()) or not length:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            assert line or length or self._process.poll() is None, "the language server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


def _words(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation)


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    """Return an editor in an empty folder; skipped by name where there is no language server."""
    executable = os.environ.get("GWCTL_TEST_YAML_SERVER")
    if not executable:
        pytest.skip("yaml-language-server: GWCTL_TEST_YAML_SERVER does not name it")
    result = Editor(executable, tmp_path)
    yield result
    result.close()
