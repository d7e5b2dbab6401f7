"""A real S3 API (moto's server) that checks signatures and rights. GWCTL_TEST_MOTO names a Python with moto."""

from __future__ import annotations

import os
import re
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.process import ServerProcess, free_port
from tests.support.shared import Shared

BUCKET = "acme-team"
DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "stores.md"


class Moto:
    """A running server: its port, and the credentials of a user with only the rights in docs/reference/stores.md."""

    def __init__(self, python: str, folder: Path, *options: str) -> None:
        self.port = free_port()
        command = [python, "-P", str(Path(__file__).with_name("s3_server.py")), str(self.port), *options]
        self._process = ServerProcess(command, self.port, folder / "moto.log", {}, patience=60)
        self._asked("PUT", f"/{BUCKET}", "s3")
        self._iam("CreateUser", UserName="gwctl")
        answer = self._iam("CreateAccessKey", UserName="gwctl")
        self.key_id = _between(answer, "AccessKeyId")
        self.secret = _between(answer, "SecretAccessKey")
        self._iam("PutUserPolicy", UserName="gwctl", PolicyName="state", PolicyDocument=_documented_policy())
        self._asked("POST", "/moto-api/reset-auth", "s3", b"0")  # from now on it checks

    def stop(self) -> None:
        """Kill the server."""
        self._process.stop()

    def _iam(self, action: str, **named: str) -> str:
        return self._asked("POST", "/", "iam", urlencode({"Action": action, "Version": "2010-05-08"} | named).encode())

    def _asked(self, method: str, path: str, service: str, data: bytes | None = None) -> str:
        scope = f"Credential=none/20260101/us-east-1/{service}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none"}
        headers |= {"Content-Type": "text/plain"} if service == "s3" else {}
        request = urllib.request.Request(f"{self._process.url}{path}", data, headers, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return answer.read().decode()


def _documented_policy() -> str:
    """Return the policy in docs/reference/stores.md, for this bucket."""
    match = re.search(r"<!-- iam -->\n```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert match
    return match[1].replace("BUCKET/acme", BUCKET).replace("BUCKET", BUCKET)


def _between(text: str, tag: str) -> str:
    match = re.search(f"<{tag}>(.*?)</{tag}>", text)
    assert match, text
    return match[1]


@pytest.fixture(scope="session")
def moto(of_all_processes: Shared) -> Moto:
    """Return one server for all tests. Skip the test if the server is not installed."""
    pytest.importorskip("obstore", reason="S3: obstore is not installed (the extra `objects`)")
    python = os.environ.get("GWCTL_TEST_MOTO")
    if not python:
        pytest.skip("S3: GWCTL_TEST_MOTO does not name a Python with moto")
    return of_all_processes.get("moto", lambda folder: Moto(python, folder))
