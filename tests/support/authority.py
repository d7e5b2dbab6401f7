"""A private CA, and certificates from it or from another CA, as PEM files and server contexts."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest

NAMES = ("127.0.0.1", "localhost", "llm.corp.test")


class Authority:
    """A private CA. Its files are in `folder`, and `ca_file` makes a client trust it."""

    def __init__(self, folder: Path, name: str = "corp") -> None:
        import trustme

        self._ca = trustme.CA()
        self._folder = folder
        self.ca_file = folder / f"{name}-ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def server(self, *names: str, wants_client: bool = False, days: int = 1, tls12: bool = False) -> ssl.SSLContext:
        """Return a server's context. With `wants_client`, clients need a certificate of this CA."""
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        issued = self._ca.issue_cert(*(names or NAMES), not_after=until, not_before=until - datetime.timedelta(days=9))
        built = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(built)
        if wants_client:
            built.verify_mode = ssl.CERT_REQUIRED
            self._ca.configure_trust(built)
        if tls12:
            built.maximum_version = ssl.TLSVersion.TLSv1_2
        return built

    def client(self, name: str = "me") -> tuple[Path, Path]:
        """Return the files of a client certificate and its key."""
        issued = self._ca.issue_cert(f"{name}@corp.test")
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        issued.private_key_pem.write_to_path(str(key))
        return certificate, key

    def key_and_certificate(self) -> tuple[Path, Path]:
        """Return the files of a server's key and certificate."""
        issued = self._ca.issue_cert(*NAMES)
        key, certificate = self._folder / "server.key", self._folder / "server.pem"
        issued.private_key_pem.write_to_path(str(key))
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        return key, certificate


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Return a private CA."""
    (tmp_path / "certs").mkdir()
    return Authority(tmp_path / "certs")
