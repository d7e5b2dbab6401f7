"""A real Azure blob API (Azurite, from npm); GWCTL_TEST_AZURITE names its `azurite-blob`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import urllib.request
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.support.process import ServerProcess, free_port
from tests.support.shared import Shared

ACCOUNT, CONTAINER = "acmestates", "acme-team"


class Azurite:
    """A running server: its port, and the key of its only account."""

    def __init__(self, executable: str, folder: Path) -> None:
        self.port = free_port()
        self.key = base64.b64encode(secrets.token_bytes(32)).decode()
        where = ["--blobHost", "127.0.0.1", "--blobPort", str(self.port)]
        quiet = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
        environ = {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{self.key}"}
        self._process = ServerProcess([executable, *where, *quiet], self.port, folder / "log", environ, patience=60)
        self._make_container()

    def stop(self) -> None:
        """Kill the server."""
        self._process.stop()

    def _make_container(self) -> None:
        date, version = formatdate(usegmt=True), "2021-08-06"
        canonical = f"x-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
        signed = hmac.new(base64.b64decode(self.key), f"PUT{chr(10) * 12}{canonical}".encode(), hashlib.sha256)
        signature = base64.b64encode(signed.digest()).decode()
        headers = {"x-ms-date": date, "x-ms-version": version, "Content-Length": "0"}
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature}"
        url = f"{self._process.url}/{ACCOUNT}/{CONTAINER}?restype=container"
        request = urllib.request.Request(url, headers=headers, method="PUT")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20).close()


@pytest.fixture(scope="session")
def azurite(of_all_processes: Shared) -> Azurite:
    """Return one server for all tests. Skip the test if the server is not installed."""
    pytest.importorskip("obstore", reason="Azure: obstore is not installed (the extra `objects`)")
    executable = os.environ.get("GWCTL_TEST_AZURITE")
    if not executable:
        pytest.skip("Azure: GWCTL_TEST_AZURITE does not name an azurite-blob")
    return of_all_processes.get("azurite", lambda folder: Azurite(executable, folder))
