"""A real S3 API (moto's server) in a process of its own, which checks signatures and a user's rights."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.process import ServerProcess, free_port

BUCKET = "acme-team"
RIGHTS = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")  # as docs/state.md says


class Moto:
    """Its port, and the credentials of a user who may do no more in one bucket than gwctl needs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.support.moto_server", str(self.port)]
        self._process = ServerProcess(command, self.port, folder / "moto.log", {}, patience=60)
        self._asked("PUT", f"/{BUCKET}", "s3")
        self._iam("CreateUser", UserName="gwctl")
        answer = self._iam("CreateAccessKey", UserName="gwctl")
        self.key_id = _between(answer, "AccessKeyId")
        self.secret = _between(answer, "SecretAccessKey")
        resources = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
        policy = {"Statement": [{"Effect": "Allow", "Action": list(RIGHTS), "Resource": resources}]}
        document = json.dumps(policy | {"Version": "2012-10-17"})
        self._iam("PutUserPolicy", UserName="gwctl", PolicyName="state", PolicyDocument=document)
        self._asked("POST", "/moto-api/reset-auth", "s3", b"0")  # from now on it checks

    def stop(self) -> None:
        """Kill it."""
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


def _between(text: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", text)
    assert found, text
    return found[1]


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """One server for all tests of this process; skipped by name where there is none."""
    pytest.importorskip("obstore", reason="S3: obstore is not installed (the extra `objects`)")
    pytest.importorskip("moto", reason="S3: moto is not installed")
    found = Moto(tmp_path_factory.mktemp("moto"))
    yield found
    found.stop()
