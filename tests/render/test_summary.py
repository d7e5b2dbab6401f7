"""Every format says the same of a plan, whatever kind of plan it is: they print one summary."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from reconciler.cli.console.output import Output
from reconciler.cli.plan_text import FORMATS, show_plan
from reconciler.diagnostics import error
from reconciler.plan.build import nothing_but
from reconciler.plan.change import Plan
from reconciler.plan.summary import summarise
from tests.plan.world import applied, endpoint, gateway, listed, not_asked, plan, unlisted

GATE = gateway(endpoint("a", "m", base_url="https://a.example"))
SEEN = {"a": listed("m", "n")}
NEW = plan(GATE, SEEN)
RECORDED = applied(GATE, SEEN)
LINEAGE = "6f0c1c3e-0000-4000-8000-000000000000"
BLOCKED = plan(GATE, {"a": unlisted("INVALID_API_KEY", 401)}, RECORDED)
STOPPED = plan(gateway(endpoint("b", "m", base_url="https://b.example")), {"b": listed("m")}, RECORDED)

# kind: the plan, what every format says of it, and what none says.
KINDS: dict[str, tuple[Plan, tuple[str, ...], tuple[str, ...]]] = {
    "empty": (plan(GATE, SEEN, RECORDED), ("no changes", "4 unchanged"), ("no plan", "not read")),
    "creates": (NEW, ("4 to create", "0 unchanged"), ("no plan", "no changes")),
    "incomplete": (BLOCKED, ("no changes", "1 endpoint left as recorded", "incomplete"), ("no plan",)),
    "offline": (
        plan(GATE, {"a": not_asked("OFFLINE")}, RECORDED),
        ("no changes", "incomplete"),
        ("no plan", "not read"),
    ),
    "state not read": (
        replace(NEW, serial=None),
        ("4 to create", "the state was not read"),
        ("no plan", "empty state"),
    ),
    "state not read, nothing to do": (
        replace(plan(gateway(), {}), serial=None),
        ("no changes", "the state was not read"),
        ("no plan",),
    ),
    "guard stopped": (STOPPED, ("to create", "to delete", "blocked until the deletes are allowed"), ("no plan",)),
    "errors": (
        replace(NEW, diagnostics=(error("E", "It is wrong"),)),
        ("4 to create", "It is wrong"),
        ("no plan",),
    ),
    "refused": (nothing_but([error("E", "It is wrong")]), ("no plan, 1 error", "It is wrong"), ("unchanged",)),
    "refused twice": (nothing_but([error("E", "One"), error("E", "Two")]), ("no plan, 2 errors",), ("to create",)),
}
WAYS = [(output_format, quiet) for output_format in FORMATS if output_format != "json" for quiet in (False, True)]


def printed(plan: Plan, output_format: str, quiet: bool, capsys: pytest.CaptureFixture[str]) -> str:
    show_plan(plan, Output("never", verbose=False, quiet=quiet), output_format)
    text = html.unescape(re.sub(r"<(?!!--)[^>]*>", "", capsys.readouterr().out))
    return text.replace("\\", "").replace("*", "").replace(":", ",")


@pytest.mark.parametrize(("output_format", "quiet"), WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_it(kind: str, output_format: str, quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    plan, says, never = KINDS[kind]
    text = printed(plan, output_format, quiet, capsys).lower()
    for words in says:
        assert words.lower() in text, text
    for words in never:
        assert words not in text, text


@pytest.mark.parametrize("kind", KINDS)
def test_json_counts_what_the_others_say(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = KINDS[kind][0]
    show_plan(result, Output("never", verbose=False, quiet=True), "json")
    document, counted = json.loads(capsys.readouterr().out), summarise(result)
    assert {name: document["summary"][name] for name in counted.counts} == counted.counts
    assert (document["state"] is not None) == counted.state_read
    assert len(document["changes"]) == sum(number for name, number in counted.counts.items() if name != "none")
