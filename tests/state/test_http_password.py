"""The password of a state server: its recipients, and the way to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.engine.stack.open_store import open_store
from reconciler.errors import Failed
from reconciler.live.http.store_exchange import exchange
from reconciler.secrets.binding import Binding
from reconciler.state.stores.http.settings import credential_of
from reconciler.state.stores.http.store import HttpStore
from reconciler.state.stores.http_exchange import Request
from tests.state.http_client import ANA, GITLAB, PASSWORD, PATH, Serve, store
from tests.state.places.actions import failure
from tests.state.places.http_place import knows
from tests.support.bindings import agreed, agreed_store
from tests.support.state_rules import saying
from tests.support.state_server import Instead


def withheld(url: str, **environ: str) -> str:
    with pytest.raises(Failed) as caught:
        HttpStore(url, environ, lambda _: pytest.fail("nothing is asked"), binding=_agreed(url, environ))
    (said,) = caught.value.diagnostics
    assert PASSWORD not in repr(caught.value) + str(said)
    return f"{said.code}: {said.summary}"


def _agreed(url: str, environ: dict[str, str]) -> Binding | None:
    credential = credential_of(url, environ)
    return agreed(credential.pair.secret, credential.pair.exposure.origin) if credential else None


def opened(url: str, environ: dict[str, str]) -> HttpStore:
    return HttpStore(url, environ, exchange, binding=agreed_store(url, environ))


def test_the_password_goes_only_to_the_address_that_the_environment_names() -> None:
    """A pull request changes `state:`; the pipeline has the password."""
    bound = ANA | {"GWCTL_HTTP_ADDRESS": "https://state.corp.test/x"}
    assert "meant for https://state.corp.test" in withheld("https://evil.test/x", **bound)
    for other in ("https://state.corp.test:8443/x", "https://state.corp.test.evil.test/", "http://state.corp.test/"):
        assert withheld(other, **bound).startswith("PASSWORD_WITHHELD")
    opened("https://STATE.corp.test:443/y", bound)


def test_a_job_s_token_goes_only_to_its_own_gitlab() -> None:
    token = {"GWCTL_HTTP_USERNAME": "gitlab-ci-token", "GWCTL_HTTP_PASSWORD": PASSWORD}
    token["CI_API_V4_URL"] = "https://gitlab.corp.test/api/v4"
    assert "meant for https://gitlab.corp.test" in withheld("https://evil.test/x", **token)
    opened(f"https://gitlab.corp.test{GITLAB}", token)


def test_a_password_does_not_cross_the_network_in_the_clear() -> None:
    assert "unencrypted" in withheld("http://state.corp.test/x", **ANA)
    opened("http://state.corp.test/x", {})
    opened("http://127.0.0.1:1/x", ANA)


def test_a_password_wants_a_user() -> None:
    assert "GWCTL_HTTP_USERNAME is not set" in withheld("https://a.test", GWCTL_HTTP_PASSWORD=PASSWORD)
    assert "contains a colon" in withheld("https://a.test", **ANA | {"GWCTL_HTTP_USERNAME": "a:b"})


def test_terraform_s_variables_are_read_for_terraform_s_own_server_alone(state_servers: Serve) -> None:
    server = state_servers(knows=knows(PASSWORD))
    own = {"TF_HTTP_USERNAME": "ana", "TF_HTTP_PASSWORD": PASSWORD}
    assert store(server, environ=own | {"TF_HTTP_ADDRESS": f"{server.url}/states/infrastructure"}).read() is None
    for address in ("", "http://127.0.0.1:1/", "https://[", "not a url"):
        diagnostic = failure(store(server, environ=own | {"TF_HTTP_ADDRESS": address}).read, PASSWORD)
        assert (diagnostic.code, "none is set" in diagnostic.summary) == ("STORE_REFUSED", True)
    assert [each.headers.get("authorization") for each in server.asked][1:] == [None] * 4


def test_what_cannot_be_used_is_said_and_never_repeated() -> None:
    for url in (
        f"https://ana:{PASSWORD}@h/x",
        f"https://{PASSWORD}@h",
        "https://",
        "http://h:0/",
        "http://[::1/",
        "ftp://h",
    ):
        assert withheld(url).startswith("UNKNOWN_STORE")
    for name in ("LOCK", "UNLOCK"):
        elsewhere = {f"GWCTL_HTTP_{name}_ADDRESS": "https://other.test/lock"}
        assert "on another host than the state" in withheld("https://a.test/x", **ANA, **elsewhere)
        assert "not an HTTP method" in withheld("https://a.test/x", **{f"GWCTL_HTTP_{name}_METHOD": "G\r\nX: y"})


def test_wrong_and_missing_passwords_are_told_apart(state_servers: Serve) -> None:
    server = state_servers(knows=knows(PASSWORD))
    assert "none is set" in failure(store(server).read).summary
    wrong = failure(store(server, environ=ANA | {"GWCTL_HTTP_PASSWORD": "another"}).read, "another")
    assert "user or password was rejected (user ana)" in wrong.summary


def test_a_refusal_that_repeats_the_password_is_not_shown(state_servers: Serve) -> None:
    server = state_servers()
    server.answers("GET", Instead(saying(403, {"message": f"you sent {PASSWORD}"})))
    failure(store(server, environ=ANA).read, PASSWORD)


def test_it_is_trusted_and_reached_as_endpoints_are(state_servers: Serve, authority, forward, monkeypatch) -> None:
    server = state_servers(context=authority.server())
    proxy = forward()
    place = server.url.replace("127.0.0.1", "llm.corp.test") + PATH
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    diagnostic = failure(HttpStore(place, {}, exchange).read)
    assert "unable to get local issuer certificate" in diagnostic.summary
    assert "the system's trust store" in diagnostic.hint
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    assert HttpStore(place, {}, exchange).read() is None
    assert [each.headers["host"] for each in server.asked] == [f"llm.corp.test:{server.port}"]


def test_a_request_shows_neither_headers_nor_body() -> None:
    assert PASSWORD not in repr(
        Request(method="GET", url="http://h", headers={"Authorization": PASSWORD}, seconds=1, body=PASSWORD.encode())
    )


@pytest.mark.parametrize(
    "value", ["secret\n", "secret\r\n", "one\ntwo", "\x00", "\ufeffsecret", "${PASSWORD}", "$CI_JOB_TOKEN"]
)
@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://state.corp.test/x", "GWCTL_HTTP_PASSWORD"),
        ("https://state.corp.test/x", "TF_HTTP_PASSWORD"),
        ("postgresql://ana@db.corp.test/x", "PGPASSWORD"),
        ("s3://bucket/key", "AWS_SECRET_ACCESS_KEY"),
        ("az://container/key", "AZURE_STORAGE_ACCOUNT_KEY"),
    ],
)
def test_what_is_no_password_is_not_sent(url: str, name: str, value: str) -> None:
    with pytest.raises(Failed) as caught:
        open_store(url, Path(), {name: value})
    (said,) = caught.value.diagnostics
    assert said.code == "PASSWORD_MALFORMED"
    assert name in said.summary
    assert "secret" not in str(said)
