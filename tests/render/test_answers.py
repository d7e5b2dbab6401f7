"""What commands other than `plan` print: the lock file's pins, the results of an apply, findings, records, consents."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import codes
from reconciler.address import endpoint, model
from reconciler.diagnostics import Diagnostic, error
from reconciler.lockfile.document import ListDifference, Pin
from reconciler.lockfile.update import PinUpdate
from reconciler.plan.change import Change, Plan
from reconciler.plan.outcome import Outcome, Result
from reconciler.render.formats.plain import plain
from reconciler.render.formats.text import to_text
from reconciler.render.json import live
from reconciler.render.json.lock import failed_document, lock_document
from reconciler.render.json.state import resource_document, state_list_document
from reconciler.render.metrics.openmetrics import Gauge, to_openmetrics
from reconciler.render.metrics.plan import BEGINNING, MetricFacts, metrics_text
from reconciler.render.tree import Document, Group, Quote, Span, Table, document, line, section
from reconciler.render.views.doctor import doctor_view
from reconciler.render.views.lock import lock_view
from reconciler.render.views.result import Closing, result_view
from reconciler.render.views.stale import stale_view
from reconciler.render.views.state import addresses_view, moves_view, resource_view
from reconciler.render.views.trust import trust_view
from reconciler.resources.agreement import AgreedPair, Agreements
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.finding import Finding, is_well, of, ok
from reconciler.resources.live_model import Chatted, ShownModel
from reconciler.resources.observation import ListedModel
from reconciler.resources.resource import Resource
from tests.render.hostile import change, plan_with

GATEWAY = Path("gateway.yaml")


def lines(document: Document) -> list[str]:
    return [line for line in to_text(document).splitlines() if line]


def pin(*ids: str) -> Pin:
    models = tuple(ListedModel(each, "chat", "assumed") for each in ids)
    return Pin(name="it", base_url="https://llm.example", dialect="openai", models=models)


def updated(difference: ListDifference, why: str = "") -> PinUpdate:
    return PinUpdate(name="it", result="changed", pin=pin("a", "b"), difference=difference, why=why)


@pytest.mark.parametrize(
    ("update", "words"),
    [
        (PinUpdate(name="it", result="unchanged", pin=pin("a")), "1 model, unchanged"),
        (PinUpdate(name="it", result="kept", pin=pin("a", "b"), why="down"), "2 models, kept as pinned: down"),
        (PinUpdate(name="it", result="kept", pin=None, why="down"), "not pinned: down"),
        (updated(ListDifference(), "version 1"), "2 models, no changes  (version 1)"),
        (
            PinUpdate(name="it", result="removed", pin=None, difference=ListDifference(removed=("a",))),
            "−1 model: no longer pinned",
        ),
    ],
)
def test_a_pinned_list_has_a_line(update: PinUpdate, words: str) -> None:
    assert lines(lock_view([update], "Written.")) == [f"it  {words}", "Written."]


def test_models_of_a_pinned_list_are_folded_except_those_that_go() -> None:
    many = tuple(f"m-{number:02}" for number in range(30))
    update = updated(ListDifference(added=many, removed=many))
    shown = lines(lock_view([update], "Written."))
    assert shown[0] == "it  +30 −30 models"
    assert [line.strip() for line in shown[1:31]] == [f"- {each}" for each in many]
    assert [line.strip() for line in shown[31:51]] == [f"+ {each}" for each in many[:20]]
    assert shown[51].strip() == "+ 10 more  (-v shows each)"
    assert len(lines(lock_view([update], "Written.", verbose=True))) == 62


def test_the_details_of_a_model_are_compared_one_by_one() -> None:
    difference = ListDifference(
        changed=(("a", "chat", "image"),), details=(("b", {"context": 8192}, {"context": 16384, "output": 1}),)
    )
    shown = [line.strip() for line in lines(lock_view([updated(difference)], "Written."))]
    assert shown[1] == "~ a  chat → image"
    assert shown[2].startswith("~ b  context: 8192 → 16384, output: ")
    entry = lock_document("gateway.lock.yaml", [updated(difference)], False, True, "sha256:x", [])["endpoints"][0]
    assert entry["changed"] == [{"id": "a", "before": "chat", "after": "image"}]
    assert entry["details"] == [{"id": "b", "before": {"context": 8192}, "after": {"context": 16384, "output": 1}}]
    assert (entry["models"], entry["added"], entry["removed"]) == (2, [], [])
    failed = failed_document([error("BAD_VALUE", "no list")])
    assert (failed["endpoints"], failed["written"], failed["diagnostics"][0]["summary"]) == ([], False, "no list")


def outcome(plan: Plan, *results: Result, said: tuple[Diagnostic, ...] = ()) -> Outcome:
    return Outcome({each.at: result for each, result in zip(plan.effective, results, strict=True)}, "x", 7, said)


TWO = plan_with(change("delete", "a", "old"), change("create", "a", "new"))


@pytest.mark.parametrize(
    ("results", "shown"),
    [
        (
            ("done", "done"),
            [
                "done    delete model.a/old",
                "done    create model.a/new",
                "Applied: 1 created, 1 deleted. The state is at serial 7: s.json",
            ],
        ),
        (
            ("done", "failed"),
            [
                "done    delete model.a/old",
                "failed  create model.a/new",
                "Partly applied: 1 change of 2 failed. The state is at serial 7: s.json",
            ],
        ),
        (
            ("blocked", "skipped"),
            [
                "blocked delete model.a/old",
                "skipped create model.a/new",
                "Nothing was done; the state is still at serial 7: s.json",
            ],
        ),
    ],
)
def test_the_results_of_an_apply_are_told_change_by_change(results: tuple[Result, ...], shown: list[str]) -> None:
    assert lines(result_view(TWO, outcome(TWO, *results), "s.json")) == shown
    assert lines(result_view(TWO, outcome(TWO, *results), "s.json", quiet=True)) == shown[-1:]


def test_many_results_are_told_by_their_number_and_errors_in_words() -> None:
    plan = plan_with(*[change("create", "a", f"m-{number}") for number in range(30)])
    said = (error("STATE_UNWRITABLE", "The state cannot be written", hint="try again"),)
    done = outcome(plan, *["done"] * 28, *["failed"] * 2, said=said)
    shown = lines(result_view(plan, done, "s.json"))
    assert shown[:2] == ["done    create 28 resources", "failed  create 2 resources"]
    assert "The state cannot be written" in shown[2]
    assert shown[-1] == "Partly applied: 2 changes of 30 failed. The state is at serial 7: s.json"
    assert len(lines(result_view(plan, done, "s.json", verbose=True))) > 30
    nothing = plan_with()
    assert lines(result_view(nothing, outcome(nothing), "s.json")) == ["Nothing to do: s.json is up to date."]


OWN = tuple(replace(each, scope="machine") for each in TWO.changes)


@pytest.mark.parametrize(
    ("plan", "results", "closing", "shown"),
    [
        (replace(TWO, changes=OWN), "done", "total", "Applied on this machine: 1 created, 1 deleted. NOT"),
        (TWO, "done", "saved", "Applied: 1 created, 1 deleted. NOT"),
        (replace(TWO, changes=OWN), "done", "own", "done    create model.a/new"),
        (replace(TWO, changes=OWN), "failed", "own", "Nothing was done; the state is still at serial 3: s.json"),
        (replace(TWO, changes=OWN, scope="machine"), "failed", "total", "Nothing was done."),
        (TWO, "failed", "saved", "Nothing else was done; the state is still at serial 3: s.json"),
        (plan_with(), "done", "saved", "Nothing else to do: s.json is up to date."),
        (replace(plan_with(), scope="machine"), "done", "total", "Nothing to do: this machine is up to date."),
    ],
)
def test_the_last_line_says_only_of_a_state_that_was_written_what_serial_it_has(
    plan: Plan, results: Result, closing: Closing, shown: str
) -> None:
    done = replace(outcome(plan, *[results] * len(plan.effective)), serial=plan.serial or 0)
    last = lines(result_view(plan, done, "s.json", closing=closing))[-1]
    assert last == shown.replace("NOT", "The state was not changed.")


FINDINGS = (
    ok("machine", "Python is new enough"),
    of("machine", error(codes.BAD_VALUE, "no clock", detail="It stands still.", hint="wind it"), "warning"),
    Finding(group="endpoint.a", grade="note", code=codes.BAD_VALUE, summary="slow", hint="wait"),
    of("endpoint.a", error(codes.BAD_VALUE, "gone")),
)


def test_findings_stand_under_their_group() -> None:
    shown = lines(doctor_view(FINDINGS, verbose=False, quiet=False))
    assert [line.split() for line in shown] == [
        ["machine"],
        ["ok", "Python", "is", "new", "enough"],
        ["warning", "no", "clock"],
        ["It", "stands", "still."],
        ["hint:", "wind", "it"],
        ["endpoint.a"],
        ["note", "slow"],
        ["error", "gone"],
        ["1", "error,", "1", "warning."],
    ]
    assert any("hint: wait" in line for line in lines(doctor_view(FINDINGS, verbose=True, quiet=False)))
    assert sum("[BAD_VALUE]" in line for line in lines(doctor_view(FINDINGS, verbose=True, quiet=False))) == 3
    quiet = lines(doctor_view(FINDINGS, verbose=False, quiet=True))
    assert not [line for line in quiet if "slow" in line or "new enough" in line]
    assert lines(doctor_view(FINDINGS[:1], verbose=False, quiet=True)) == ["No problems found."]
    assert (is_well(FINDINGS), is_well(FINDINGS[:3])) == (False, True)


def test_what_changed_since_a_plan_was_shown_is_told_by_line_and_never_by_content() -> None:
    before, after = b"a\nkey: quokka\nc\n", b"a\nkey: walrus\nc\nd\n"
    shown = lines(stale_view(None, None, {GATEWAY: before}, {GATEWAY: after}))
    assert shown == ["Gateway file", "gateway.yaml, line 2: 1 line changed", "gateway.yaml, line 4: 1 line added"]
    cut = lines(stale_view(None, None, {GATEWAY: after}, {GATEWAY: before}))
    assert cut[-1] == "gateway.yaml, line 4: lines removed before this line"
    assert lines(stale_view(None, None, {}, {GATEWAY: after}))[-1] == "gateway.yaml is new"
    assert lines(stale_view(None, None, {GATEWAY: after}, {GATEWAY: None}))[-1].startswith("gateway.yaml no longer")


def test_what_changed_in_the_state_and_the_plan_is_told() -> None:
    now = replace(plan_with(change("create", "a", "new")), serial=(TWO.serial or 0) + 2)
    shown = lines(stale_view(TWO, now, {}, {}))
    assert shown == [
        "State",
        f"The state was at serial {TWO.serial or 0}, and is at serial {now.serial}.",
        "Plan",
        "no longer: delete model.a/old",
    ]


def test_records_are_shown_with_their_facts_apart() -> None:
    facts = {"origin": "declared", "listed": {"a": {"purpose": "chat"}, "b": {"purpose": "chat"}}}
    resource = Resource(model("it", "a"), ModelAttributes(purpose="chat"), facts)
    shown = [line.strip() for line in lines(resource_view(resource, verbose=False))]
    assert shown[0] == "model.it/a"
    assert shown[-3:] == ["recorded, not compared:", "origin: declared", "listed: 2 IDs"]
    assert len(lines(resource_view(resource, verbose=True))) == len(shown) + 2
    assert resource_document(resource)["kind"] == "model"
    listed = state_list_document("", 0, [resource])
    assert (listed["lineage"], [each["address"] for each in listed["resources"]]) == (None, ["model.it/a"])
    assert lines(addresses_view([endpoint("it")], "removed")) == ["removed endpoint.it"]
    assert lines(moves_view({endpoint("it"): endpoint("that")})) == ["endpoint.it → endpoint.that"]


def agreed(**more: str) -> AgreedPair:
    usual = {"kind": "env", "secret": "env:K", "resolved": "K", "origin": "https://llm.example", "path": ""}
    none = {"proxy": "", "ca_file": "", "ca_content": "", "how": "typed", "agreed": "2026-11-27"}
    return AgreedPair(**{**usual, **none, **more})


def test_a_consent_says_by_which_way_a_secret_goes() -> None:
    pairs = (agreed(), agreed(proxy="http://proxy", ca_file="ca.pem"))
    book = Agreements(path="gateway.yaml", store="s.json", name="acme", lineage="x", pairs=pairs)
    shown = lines(trust_view([book, replace(book, path="", store="", pairs=())]))
    assert shown[0] == "gateway.yaml  state s.json"
    assert "https://llm.example through http://proxy trusting the CA ca.pem" in shown[3]
    assert shown[4:] == ["stored by an older gwctl  state x", "  no bindings"]
    assert lines(trust_view([])) == ["No bindings on this machine."]


def test_documents_of_models_and_answers() -> None:
    facts = {"origin": "fetched", "purpose_source": "mode"}
    resource = Resource(model("a", "m"), ModelAttributes(purpose="chat"), facts)
    shown = live.models_document(TWO.observations, [ShownModel(resource, True, ("chat",), ("small",))], [])
    assert [each["name"] for each in shown["endpoints"]] == ["a"]
    entry = shown["models"][0]
    assert (entry["address"], entry["apis"], entry["roles"], entry["wanted"]) == (
        "model.a/m",
        ["chat"],
        ["small"],
        True,
    )
    said = (error("SERVER_ERROR", "it fell over"),)
    reply = Chatted(model=model("a", "m"), ok=False, code=codes.SERVER_ERROR, http_status=500, diagnostics=said)
    chat = live.chats_document(reply)
    assert chat["chat"]
    assert (chat["chat"]["ok"], chat["chat"]["http_status"], chat["diagnostics"][0]["summary"]) == (
        False,
        500,
        "it fell over",
    )
    assert live.chats_document(None)["chat"] is None
    assert live.test_document(TWO.observations, [reply], [])["chat"] == [chat["chat"]]


def test_metrics_have_a_sample_for_each_pair_and_name_no_model() -> None:
    facts = MetricFacts(gateway="acme", now=10.0, applied=5.5, is_up={"a": True}, keys={"a": 3.0})
    text = metrics_text(TWO, facts)
    assert text.encode().startswith(BEGINNING)
    assert text.endswith("# EOF\n")
    assert 'gwctl_changes{gateway="acme",cause="catalog",action="delete"} 1\n' in text
    assert 'gwctl_changes{gateway="acme",cause="config",action="delete"} 0\n' in text
    assert 'gwctl_last_apply_timestamp_seconds{gateway="acme"} 5.5\n' in text
    assert 'gwctl_endpoint_up{gateway="acme",endpoint="a"} 1\n' in text
    assert "old" not in re.findall(r'="([^"]*)"', text)


def test_a_label_is_escaped_and_an_empty_one_left_out() -> None:
    text = to_openmetrics([Gauge("x", "Help.", [({"a": 'q"\\\n', "b": ""}, 1)]), Gauge("y", "None.", [])], {})
    assert text == '# TYPE x gauge\n# HELP x Help.\nx{a="q\\"\\\\\\n"} 1\n# EOF\n'


def test_without_a_layout_each_line_says_what_it_is_about() -> None:
    table = Table(("NAME", "", "HOW"), ((Span("a"), Span("b"), Span("")), (Span("c"), Span(""), Span("d"))))
    quote = replace(line("bad"), quote=Quote(3, "  key: no", 7, 9))
    group = Group(
        (Span("+ two", "create"),), (line(Span("- old", "delete"), under=[line(Span("~ x", "update"))]),), False
    )
    shown = to_text(plain(document(section(table, quote, group))))
    for words in ("name: a; b", "name: c; how: d", "line 3: key: no", "the fault is at: no", "delete old", "update x"):
        assert words in shown


def test_documents_of_records_are_json() -> None:
    changed: Change = TWO.changes[0]
    assert changed.before
    assert json.loads(json.dumps(resource_document(changed.before)))["address"] == "model.a/old"
