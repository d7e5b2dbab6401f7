"""`gwctl plan --metrics FILE`: OpenMetrics text for the textfile collector of node_exporter."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenarios.test_status import ledger_of
from tests.support.command import Gwctl
from tests.support.libraries import library
from tests.support.scripted import Reply, ScriptedServer

open_metrics = library("prometheus_client.openmetrics.parser").text_string_to_metric_families
prometheus_text = library("prometheus_client.parser").text_string_to_metric_families
KEY = "quokka-7351-zebra-fjord"
FILE = """
version: 1
name: acme
endpoints:
  team: {base_url: 'URL', key: {env: TEAM_KEY}, models: [gpt-4o], store_key: keyring}
  down: {base_url: 'http://127.0.0.1:1', timeout: 1s, models: [m]}
"""
Samples = dict[tuple[str, frozenset], float]


@pytest.fixture
def acme(gwctl: Gwctl, keychain, server: ScriptedServer) -> Gwctl:
    """One endpoint that lists three models, and one that nobody serves."""
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    gwctl.write(FILE.replace("URL", server.url))
    return gwctl


def read(place: Path) -> Samples:
    """Return the samples. Both parsers must agree: node_exporter reads the older format."""
    text = place.read_text()
    strict = [sample for family in open_metrics(text) for sample in family.samples]
    older = [sample for family in prometheus_text(text) for sample in family.samples]
    assert [(each.name, each.labels, each.value) for each in strict] == [
        (each.name, each.labels, each.value) for each in older
    ]
    assert all(each.timestamp is None for each in strict)  # node_exporter refuses a file with times
    samples = {(each.name.removeprefix("gwctl_"), frozenset(each.labels.items())): each.value for each in strict}
    assert len(samples) == len(strict)
    return samples


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset({"gateway": "acme", **labels}.items())))


def plan(gwctl: Gwctl, *options: str, code: int = 0, **environ: str) -> Samples:
    gwctl("plan", "--metrics", "gwctl.prom", *options, code=code, **environ)
    return read(gwctl.folder / "gwctl.prom")


def test_the_first_plan_and_the_plan_after_an_apply(acme: Gwctl) -> None:
    samples = plan(acme, "--detailed-exitcode", code=2, TEAM_KEY=KEY)
    assert of(samples, "changes", cause="catalog", action="create") == 3
    assert of(samples, "last_apply_timestamp_seconds") is None
    assert of(samples, "stored_key_timestamp_seconds", endpoint="team") is None
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    samples = plan(acme, TEAM_KEY=KEY)
    assert not any(value for (name, _), value in samples.items() if name == "changes")
    assert (of(samples, "endpoint_up", endpoint="team"), of(samples, "endpoint_up", endpoint="down")) == (1, 0)
    assert of(samples, "endpoint_latency_seconds", endpoint="team") is not None
    assert of(samples, "endpoint_latency_seconds", endpoint="down") is None
    assert of(samples, "models", endpoint="team", purpose="chat", origin="fetched") == 1
    assert of(samples, "models", endpoint="team", purpose="chat", origin="declared") == 1
    assert of(samples, "models", endpoint="team", purpose="embedding", origin="fetched") == 1
    now = of(samples, "plan_timestamp_seconds") or 0
    applied, stored = (
        of(samples, "last_apply_timestamp_seconds"),
        of(samples, "stored_key_timestamp_seconds", endpoint="team"),
    )
    assert applied and stored and stored <= now and applied <= now
    with closing(sqlite3.connect(ledger_of(acme))) as rows, rows:
        rows.execute("UPDATE owned SET changed='2026-01-02T03:04:05Z'")
    assert of(plan(acme, TEAM_KEY=KEY), "stored_key_timestamp_seconds", endpoint="team") == 1767323045


def test_a_short_list_is_held_and_counted(acme: Gwctl, server: ScriptedServer) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    server.lists("gpt-4o")
    samples = plan(acme, TEAM_KEY=KEY)
    assert of(samples, "held_models", endpoint="team") == 2
    assert of(samples, "models", endpoint="team", purpose="chat", origin="held") == 1
    server.routes["/models"] = Reply(status=500)
    samples = plan(acme, TEAM_KEY=KEY)
    assert of(samples, "endpoint_up", endpoint="team") == 0
    assert of(samples, "models", endpoint="team", purpose="chat", origin="last-known") == 1


def test_a_plan_that_fails_still_writes_what_it_knows(acme: Gwctl) -> None:
    plan(acme, TEAM_KEY=KEY)
    (acme.folder / ".gwctl").mkdir(exist_ok=True)
    (acme.folder / ".gwctl" / "state.json").write_text("{")
    samples = plan(acme, code=1, TEAM_KEY=KEY)
    assert (of(samples, "plan_complete"), of(samples, "plan_errors")) == (0, 1)
    assert of(samples, "endpoint_up", endpoint="team") is None
    acme.write("version: [")
    samples = plan(acme, code=1)
    assert samples["plan_complete", frozenset()] == 0  # the name of the gateway is not known


def test_a_state_of_somebody_else_adds_no_label(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    before = plan(acme, "--offline")
    state = acme.folder / ".gwctl" / "state.json"
    state.write_text(state.read_text().replace("endpoint.down", "endpoint.evil").replace("model.down", "model.evil"))
    after = plan(acme, "--offline", code=None)
    assert after.keys() == before.keys()
    assert after != before
    assert "evil" not in (acme.folder / "gwctl.prom").read_text()


@pytest.mark.parametrize("what", ["link", "folder", "foreign", "nowhere"])
def test_only_a_file_of_metrics_is_replaced(acme: Gwctl, what: str) -> None:
    place = acme.folder / "there"
    other = acme.folder / "other"
    other.write_text("# HELP node_time time\n")
    {"link": lambda: place.symlink_to(other), "folder": place.mkdir, "foreign": lambda: other.rename(place)}.get(
        what, lambda: None
    )()
    name = "there" if what != "nowhere" else "no/such"
    done = acme("plan", "--offline", "--metrics", name, code=1)
    assert "Cannot write the metrics" in done.err
    kept = place if what == "foreign" else other
    assert kept.read_text() == "# HELP node_time time\n"


def test_the_collector_can_read_the_file_and_mktemp_may_make_it(acme: Gwctl) -> None:
    place = acme.folder / "gwctl.prom"
    place.touch(mode=0o600)
    plan(acme, "--offline")
    plan(acme, "--offline")
    assert stat.S_IMODE(place.stat().st_mode) == 0o644
    assert sorted(path.name for path in acme.folder.glob("*.prom*")) == ["gwctl.prom"]
