"""The command with a state that a server keeps: what it reads and writes there, and what it says when it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import address
from reconciler.address import KEY
from reconciler.engine.keys.audit import States
from reconciler.engine.options import Options
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.presence import OwnedRow, Owner, Slot
from reconciler.resources.resource import Resource
from reconciler.state.codec import decode, encode
from reconciler.state.document import State, Written
from reconciler.state.stores.registry import credential_of
from tests.state.places.place import Place
from tests.support.command import Gwctl
from tests.support.process import free_port

GATEWAY = "version: 1\nname: acme\nstate: '{}'\nendpoints: {{laptop: {{preset: ollama, models: [m]}}}}\n"
FACTS = {"origin": "declared", "purpose_source": "declared"}


STORES = [pytest.param(name, marks=pytest.mark.xdist_group(f"store-{name}")) for name in ("postgresql", "s3")]


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, gwctl: Gwctl) -> Place:
    """One recorded model, and the gateway file that names the store."""
    place: Place = request.getfixturevalue(f"{request.param}_place")
    model = Resource(address.model("laptop", "m"), ModelAttributes(purpose="chat"), FACTS)
    place.client().write(
        encode(
            State(name="acme", lineage="lineage-1").following([model], Written("ana@laptop", "2026-01-01T00:00:00Z"))
        ),
        None,
    )
    gwctl.write(GATEWAY.format(place.url))
    gwctl.environ |= place.environ
    return place


def test_it_reads_and_writes_the_state_that_the_file_names(gwctl: Gwctl, place: Place) -> None:
    assert gwctl("state", "list").out.split() == ["model.laptop/m"]
    gwctl("state", "mv", "model.laptop/m", "model.laptop/n")
    assert '"serial": 2' in gwctl("state", "pull", "--state", place.url).out
    assert "model.laptop/n" in gwctl("state", "list").out


def test_a_lock_of_somebody_else_says_who_and_since_when(gwctl: Gwctl, place: Place) -> None:
    with place.client("17").lock():
        assert "locked by job 17 of acme/gateway since 20" in gwctl("doctor", code=None).out
    assert "no known lock" in gwctl("doctor", code=None).out


def test_a_wrong_password_is_not_repeated(gwctl: Gwctl, place: Place) -> None:
    wrong = place.refused()
    for command in (("state", "list"), ("plan", "-v"), ("plan", "--format", "json"), ("doctor", "-v")):
        result = gwctl(*command, code=1, **wrong.environ)
        output = result.out + result.err
        assert "The store rejected the request" in output
        assert wrong.variable in output
        assert not [secret for secret in wrong.secrets if secret in output]


@pytest.mark.parametrize("way", ["in the file", "--state"])
def test_a_password_in_the_url_is_refused_and_not_repeated(way: str, gwctl: Gwctl, place: Place) -> None:
    secret = place.secrets[0]
    scheme, _, rest = place.url.partition("://")
    url = f"{scheme}://ana:{secret}@{rest.rpartition('@')[2]}"
    if way == "in the file":
        gwctl.write(GATEWAY.format(url))
        result = gwctl("plan", code=1)
        assert "gateway.yaml:3:8" in result.out + result.err
    else:
        result = gwctl("plan", "--state", url, code=1)
    assert "contains a password" in result.out + result.err
    assert secret not in result.out + result.err


def test_a_server_that_is_not_there_is_named(gwctl: Gwctl, place: Place) -> None:
    elsewhere = place.at(free_port())
    gwctl.write(GATEWAY.format(elsewhere.url))
    result = gwctl("plan", code=1, **elsewhere.environ)
    assert f"127.0.0.1:{elsewhere.port}" in result.out + result.err
    assert "not read (--offline)" in gwctl("doctor", "--offline", code=None, **elsewhere.environ).out


def test_a_broken_state_says_how_this_store_mends_it(gwctl: Gwctl, place: Place) -> None:
    store = place.client()
    store.write(b"{", store.read().version)
    result = gwctl("plan", code=1)
    assert store.undo in result.out + result.err


def test_whether_a_state_keeps_a_key_is_asked_where_it_is_kept(place: Place, tmp_path: Path) -> None:
    """A key whose state cannot be asked, or seems to be empty, is not taken for an orphan."""
    recorded = decode(place.client().read().data, "", None)
    owner = Owner(stack="stack", lineage=recorded.lineage, address="key.laptop", name="acme", place=place.client().url)
    row = OwnedRow(slot=Slot(KEY, ("gwctl:acme", "laptop")), fingerprint="", status="present", owners=(owner,))
    ledger = tmp_path / "ledger.sqlite3"
    credential = credential_of(place.url, place.environ)
    stack = Stack(id="stack", path="/acme/gateway.yaml", store=place.url, name="acme")
    assert States(Options(environ=place.environ), ledger).keep(row) == bool(credential), (
        "no password goes there unasked"
    )
    pairs = {} if credential is None else {credential.pair: "asked"}
    Stacks(ledger).remember(stack, pairs)
    assert not States(Options(environ=place.environ), ledger).keep(row), "it is there, and records no such endpoint"
    elsewhere, empty = place.at(free_port()), place.fresh()
    assert States(Options(environ=elsewhere.environ), ledger).keep(
        replace(row, owners=(replace(owner, place=elsewhere.url),))
    )
    assert States(Options(environ=empty.environ), ledger).keep(replace(row, owners=(replace(owner, place=empty.url),)))
