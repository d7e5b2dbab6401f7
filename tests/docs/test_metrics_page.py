"""The page about metrics has every metric with its labels, and its alerts use only these."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import yaml

from reconciler.render.metrics.plan import MetricFacts, metrics_text
from tests.plan.world import endpoint, gateway, listed, plan
from tests.support.libraries import library

text_string_to_metric_families = library("prometheus_client.openmetrics.parser").text_string_to_metric_families
PAGE = (Path(__file__).parents[2] / "docs" / "using" / "metrics.md").read_text(encoding="utf-8")


def metrics() -> dict[str, set[str]]:
    """Return {name: its labels} of all metrics."""
    seen = {"litellm": replace(listed("a"), latency_ms=7)}
    facts = MetricFacts(gateway="acme", now=3, applied=2, is_up={"litellm": True}, keys={"litellm": 1})
    made = replace(plan(gateway(endpoint()), seen), serial=1, config_digest="sha256:1")
    families = text_string_to_metric_families(metrics_text(made, facts))
    return {family.name: set(family.samples[0].labels) - {"gateway"} for family in families}


def test_the_page_has_every_metric_with_its_labels() -> None:
    rows = re.findall(r"^\| (`gwctl_.*?) \| (.*?) ?\|", PAGE, re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)`", labels)) for names, labels in rows for name in re.findall(r"`(\w+)`", names)
    }
    assert told == metrics()


def test_the_alerts_use_metrics_and_labels_that_exist() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    known = metrics()
    for rule in rules:
        (name,) = re.findall(r"gwctl_\w+", rule["expr"])
        used = re.findall(r"\$labels\.(\w+)", str(rule["annotations"])) + re.findall(r"(\w+)=", rule["expr"])
        assert set(used) <= known[name] | {"gateway"}, rule["alert"]
    assert len(rules) >= 5
