"""URLs of states: what may be one, and that no secret in one is taken or repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config.load import load
from reconciler.store_url import SCHEMES, fault_of, path_of, scheme_of


@pytest.mark.parametrize(
    "url",
    [
        "state.json",
        "/srv/a:b/state.json",
        "C:\\states\\state.json",
        "file:state.json",
        "file:///srv/state.json",
        "postgresql://ana@db.example:5432/team?state=acme&sslmode=verify-full&sslkey=me.key&require_auth=password",
        "postgresql:///team",
        "postgresql://one:5432,two:5432/team",
        "postgres://[::1]:5432/team",
        "s3://bucket/team/state.json?region=eu-central-1&endpoint=http://127.0.0.1:9000",
        "gs://bucket/state.json",
        "az://container/state.json?account=acme",
        "https://gitlab.example:8443/api/v4/projects/1/terraform/state/a@b",
        "S3://bucket/state.json",
    ],
)
def test_a_url_of_a_state(url: str) -> None:
    assert fault_of(url) is None


@pytest.mark.parametrize(
    ("url", "code", "hint"),
    [
        ("", "UNKNOWN_STORE", "file:PATH"),
        ("file:", "UNKNOWN_STORE", "file:PATH"),
        ("file://", "UNKNOWN_STORE", "file:PATH"),
        ("postgersql://h/d", "UNKNOWN_STORE", "did you mean `postgresql`"),
        ("mysql://u:zz@h/d", "UNKNOWN_STORE", ""),
        ("s3:bucket/key", "UNKNOWN_STORE", "s3://"),
        ("https://host/a b", "UNKNOWN_STORE", "no spaces"),
        ("postgresql://u:zz@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:z/z@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:1/zz@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:z#zz@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:z?zz@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://u:z[z@h/d", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://h/d?password=zz", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("postgresql://h/d?sslpassword=zz", "LITERAL_PASSWORD", "PGPASSWORD"),
        ("s3://zz:zz@bucket/k", "LITERAL_PASSWORD", "AWS_SECRET_ACCESS_KEY"),
        ("s3://bucket/k?secret_access_key=zz", "LITERAL_PASSWORD", "AWS_SECRET_ACCESS_KEY"),
        ("az://c/k?sv=2024&sig=zz", "LITERAL_PASSWORD", "AZURE_STORAGE_ACCOUNT_KEY"),
        ("https://u:zz@h/s", "LITERAL_PASSWORD", "docs/reference/stores.md"),
        ("https://h/s?private_token=zz", "LITERAL_PASSWORD", "docs/reference/stores.md"),
    ],
)
def test_a_url_that_no_state_has(url: str, code: str, hint: str) -> None:
    result = fault_of(url)
    assert result is not None
    assert result.code == code
    assert hint in result.hint
    assert "zz" not in str(result)


@given(st.sampled_from([name for name in SCHEMES if name != "file"]), st.text(min_size=1).filter(str.isprintable))
def test_a_password_is_found_whatever_is_in_it(scheme: str, password: str) -> None:
    """Also unescaped, with what ends a host in the eyes of a parser."""
    result = fault_of(f"{scheme}://ana:x{password}@host.example/place")
    assert result is not None
    assert result == fault_of(f"{scheme}://ana:xyz@host.example/place") or result.code == "UNKNOWN_STORE"


@pytest.mark.parametrize(
    ("url", "scheme", "path"),
    [("a/b", "", "a/b"), ("file:a/b", "file", "a/b"), ("file:///a", "file", "/a"), ("FILE:a", "file", "a")],
)
def test_a_path(url: str, scheme: str, path: str) -> None:
    assert (scheme_of(url), path_of(url)) == (scheme, path)


@pytest.mark.parametrize("text", ["host=db password=zz", "password=zz", "file:dbname=x password = zz"])
def test_libpq_s_other_way_is_no_path(text: str) -> None:
    result = fault_of(text)
    assert result is not None
    assert result.code == "UNKNOWN_STORE"
    assert "zz" not in repr(result)


def test_a_user_in_a_store_s_url_is_no_credential_of_a_gateway_file(tmp_path: Path) -> None:
    """Only its password is: `postgresql://ana@…` is how the documents write it."""
    for url, codes in (
        ("postgresql://ana@db.acme.example/gwctl", []),
        ("postgresql://ana@db.acme.example/gwctl?sslkey=client.pem", []),
        ("postgresql://ana:secret@db.acme.example/gwctl", ["LITERAL_PASSWORD"]),
    ):
        path = tmp_path / "gateway.yaml"
        path.write_text(f"version: 1\nname: acme\nstate: '{url}'\nendpoints: {{}}\n", encoding="utf-8")
        assert [
            diagnostic.code for diagnostic in load([path], {}, {}).diagnostics if diagnostic.severity == "error"
        ] == codes, url
