"""The files that a state's URL names: what a pull may change of them is a part of what somebody agrees to."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("psycopg")

from reconciler.state.stores.postgres.credential import found_in

HOST = "postgresql://ana@db.acme.example/gateway"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of a run, beside files of the machine."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    for each in ("one", "two", "repo/ca.pem", "repo/own"):
        (tmp_path / each).write_text("*:*:*:*:x\n")
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


def pair(query: str) -> object:
    credential = found_in(f"{HOST}?{query}", {"PGPASSWORD": "x"})
    assert credential is not None
    return credential.pair


def test_another_ca_of_the_checkout_is_another_exposure(checkout: Path) -> None:
    before = pair("sslrootcert=ca.pem")
    assert before == pair("sslrootcert=ca.pem")
    (checkout / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nanother\n")
    assert before != pair("sslrootcert=ca.pem")


def test_the_machine_s_ca_is_the_machine_s_word(checkout: Path) -> None:
    plain = pair("connect_timeout=5")
    for path in ("system", checkout.parent / "one"):
        assert pair(f"sslrootcert={path}") == plain


@pytest.mark.parametrize("field", ["passfile", "sslcert", "sslkey"])
def test_another_link_of_the_checkout_leads_to_another_secret(checkout: Path, field: str) -> None:
    own = pair(f"{field}=own")
    (checkout / "own").write_text("*:*:*:*:y\n")
    assert pair(f"{field}=own") == own, "what a pull writes there is the author's own"
    result = [own]
    for each in ("one", "two"):
        (checkout / "own").unlink()
        (checkout / "own").symlink_to(checkout.parent / each)
        result.append(pair(f"{field}=own"))
    assert len(set(result)) == 3
