"""TLS against real servers: whom we trust, who we are, and what is said when either fails."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from reconciler.files.working_tree import digest_of
from reconciler.live.http.tls_errors import tls_fault
from reconciler.resources.tls import Tls, TlsFile
from tests.live.one_endpoint import look, tls
from tests.support.authority import Authority


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    """Another CA."""
    (tmp_path / "other").mkdir()
    return Authority(tmp_path / "other", "other")


def failed(seen, words: str) -> str:
    """The words of a connection that TLS prevented."""
    assert (seen.code, seen.summary, seen.http_status) == ("UNREACHABLE", "Could not fetch models", None)
    assert words in seen.detail, seen.detail
    return f"{seen.detail} {seen.hint}"


def test_the_right_ca(servers, authority) -> None:
    server = servers(context=authority.server())
    server.lists("a")
    assert look(server.url, tls(authority.ca_file)).status == "listed"
    assert server.requests[0].headers["authorization"].startswith("Bearer ")


def test_no_ca_and_the_wrong_one(servers, authority, stranger) -> None:
    server = servers(context=authority.server())
    for given in (None, tls(stranger.ca_file)):
        assert "tls: {ca_file: FILE}" in failed(look(server.url, given), "unable to get local issuer certificate")
    assert server.requests == []


def test_the_ca_is_trusted_beside_the_system_s(servers, authority, stranger, monkeypatch) -> None:
    """SSL_CERT_FILE stands for the system's store."""
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.ca_file))
    system, private = servers(context=stranger.server()), servers(context=authority.server())
    for each in (system, private):
        each.lists("a")
        assert look(each.url, tls(authority.ca_file)).status == "listed"
    assert look(private.url).code == "UNREACHABLE"


@pytest.mark.parametrize("days", [-1, 20])
def test_a_certificate_out_of_its_time(servers, authority, days: int) -> None:
    server = servers(context=authority.server(days=days))
    words = "certificate has expired" if days < 0 else "certificate is not yet valid"
    assert "clock" in failed(look(server.url, tls(authority.ca_file)), words)


def test_a_certificate_of_another_host(servers, authority) -> None:
    server = servers(context=authority.server("other.example"))
    assert "for another host" in failed(look(server.url, tls(authority.ca_file)), "127.0.0.1")


def test_the_right_client_certificate_in_two_files_and_in_one(servers, authority, tmp_path) -> None:
    server = servers(context=authority.server(wants_client=True))
    server.lists("a")
    certificate, key = authority.client()
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    for client in ((certificate, key), (both, None)):
        assert look(server.url, tls(authority.ca_file, client)).status == "listed"


def test_no_client_certificate_and_a_wrong_one(servers, authority, stranger) -> None:
    server = servers(context=authority.server(wants_client=True, tls12=True))
    server.lists("a")
    assert "tls: {client_cert: FILE" in failed(look(server.url, tls(authority.ca_file)), "TLS: https://127.0.0.1:")
    wrong = look(server.url, tls(authority.ca_file, stranger.client()))
    assert "tls.client_cert" in failed(wrong, "does not know the CA of the client certificate")
    assert server.requests == []


def test_in_tls_1_3_the_refusal_may_cross_the_request(servers, authority, stranger) -> None:
    """Then there is only a cut connection to be seen, and the words say what it may mean."""
    server = servers(context=authority.server(wants_client=True))
    server.lists("a")
    for client in ((None, None), stranger.client()):
        text = failed(look(server.url, tls(authority.ca_file, client)), "")
        assert "client certificate" in text
        assert "client_cert" in text
    assert server.requests == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "the server requires a client certificate"),
        ("TLSV1_ALERT_UNKNOWN_CA", "does not know the CA of the client certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "the client certificate has expired"),
    ],
)
def test_what_a_server_says_of_our_certificate(reason: str, words: str) -> None:
    alert = ssl.SSLError(1, f"[SSL: {reason}] words of the library (_ssl.c:1)")
    alert.reason = reason
    assert words in tls_fault(alert, "https://h", None).detail


def unreadable(tmp_path: Path) -> dict[str, Path]:
    """Files that are no certificate, each in its own way."""
    paths = {name: tmp_path / name for name in ("missing", "empty", "text", "binary", "folder", "na\x00me")}
    paths["empty"].write_text("")
    paths["text"].write_text("-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n")
    paths["binary"].write_bytes(bytes(range(256)))
    paths["folder"].mkdir()
    return paths


@pytest.mark.parametrize("name", ["missing", "empty", "text", "binary", "folder", "na\x00me"])
def test_a_file_that_is_no_certificate_is_named(servers, authority, tmp_path, name: str) -> None:
    server = servers(context=authority.server())
    server.lists("a")
    path, shown = unreadable(tmp_path)[name], name.replace("\x00", "\\u0000")
    certificate, key = authority.client()
    for given, field in (
        (tls(path), "ca_file"),
        (tls(authority.ca_file, (path, key)), "client_cert"),
        (tls(authority.ca_file, (certificate, path)), "client_"),
    ):
        assert f"tls.{field}" in failed(look(server.url, given), shown)
    assert server.requests == []


def test_a_pipe_is_no_file_to_wait_for(servers, authority, tmp_path) -> None:
    mkfifo = getattr(__import__("os"), "mkfifo", None)
    if mkfifo is None:
        pytest.skip("named pipes: POSIX only")
    mkfifo(tmp_path / "pipe")
    server = servers(context=authority.server())
    failed(look(server.url, tls(tmp_path / "pipe")), "the CA file pipe is not a file")


def test_a_key_of_another_certificate(servers, authority) -> None:
    server = servers(context=authority.server())
    given = tls(authority.ca_file, (authority.client("a")[0], authority.client("b")[1]))
    failed(
        look(server.url, given),
        "a.pem with the client key b.key cannot be used: the certificate and the key do not belong",
    )


def test_a_certificate_without_its_key(servers, authority) -> None:
    server = servers(context=authority.server())
    given = tls(authority.ca_file, (authority.client()[0], None))
    failed(look(server.url, given), "me.pem cannot be used: the file does not contain both a certificate and a key")


def test_an_encrypted_key_is_said_and_no_passphrase_is_asked_for(servers, authority) -> None:
    server = servers(context=authority.server())
    certificate, key = authority.client()
    plain = load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(plain.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hush-hush")))
    text = failed(look(server.url, tls(authority.ca_file, (certificate, key))), "the client key me.key is encrypted")
    assert "hush" not in text


def test_a_broken_file_costs_only_its_own_endpoint(servers, authority, tmp_path) -> None:
    from reconciler.live.http.proxy import Route
    from reconciler.live.observe import observe
    from reconciler.live.target import Target
    from reconciler.presets.preset import Preset

    server = servers(context=authority.server())
    server.lists("a")
    preset = Preset(id="", key="optional")
    routes = {"good": Route(tls(authority.ca_file)), "bad": Route(tls(tmp_path / "missing"))}
    targets = {
        name: Target(name=name, base_url=server.url, preset=preset, headers=(), timeout=10.0, key=None, route=route)
        for name, route in routes.items()
    }
    seen = observe([(name, lambda it=target: it) for name, target in targets.items()])
    assert (seen["good"].status, seen["bad"].code) == ("listed", "UNREACHABLE")


def test_nothing_turns_verification_off(servers, authority) -> None:
    """The variables that turn it off in other programs are ignored here."""
    server = servers(context=authority.server())
    code = f"from tests.live.one_endpoint import look; print(look({server.url!r}).code)"
    names = ("PYTHONHTTPSVERIFY", "NODE_TLS_REJECT_UNAUTHORIZED", "SSL_VERIFY", "CURL_INSECURE")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=dict.fromkeys(names, "0"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "UNREACHABLE"


def test_a_ca_file_of_the_checkout_is_trusted_as_it_was_when_it_was_agreed_to(servers, authority, stranger) -> None:
    server = servers(context=authority.server())
    server.lists("a")
    data = "# Főtanúsítvány\n".encode() + authority.ca_file.read_bytes()
    authority.ca_file.write_bytes(data)
    tls = Tls(TlsFile("ca.pem", str(authority.ca_file), digest_of(data)))
    assert look(server.url, tls).status == "listed"
    asked = len(server.requests)
    authority.ca_file.write_bytes(stranger.ca_file.read_bytes() + data)
    assert "changed while gwctl was running" in failed(look(server.url, tls), "ca.pem")
    assert len(server.requests) == asked
