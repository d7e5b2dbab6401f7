"""The table of the model list: what each kind of catalog makes of the records."""

from __future__ import annotations

import pytest

from reconciler.plan.consents import Consents
from reconciler.plan.resolve.model_list import is_short
from reconciler.plan.summary import summarise
from tests.plan.world import (
    after,
    applied,
    change,
    codes,
    endpoint,
    gateway,
    listed,
    models_of,
    not_asked,
    plan,
    plan_to_apply,
    shown,
    unlisted,
)

TWELVE = tuple(f"gpt-{number}" for number in range(12))
FAULTS = [
    unlisted("SERVER_ERROR", 503),
    listed(),
    unlisted("NONSTANDARD_LIST", 200),
    unlisted("INVALID_API_KEY", 401),
    unlisted("UNREACHABLE"),
    unlisted("RATE_LIMITED", 429),
    unlisted("ENDPOINT_NOT_FOUND", 404),
    listed(*TWELVE[:4]),
    not_asked("KEY_UNREADABLE"),
    not_asked("KEY_WITHHELD"),
    not_asked("MISSING_API_KEY"),
    not_asked("OFFLINE"),
]


def test_listed_gives_declared_and_fetched() -> None:
    planned = plan(gateway(endpoint("litellm", "gpt-0", "gpt-x")), {"litellm": listed("gpt-0", "gpt-1")})
    assert models_of(planned) == ["gpt-0", "gpt-1", "gpt-x"]
    origins = {at.model_id: each.facts["origin"] for at, each in after(planned).items() if at.is_model}
    assert origins == {"gpt-0": "declared", "gpt-1": "fetched", "gpt-x": "declared"}
    assert codes(planned, "warning") == ["DECLARED_NOT_LISTED"]


def test_filters_apply_to_fetched_and_never_to_declared() -> None:
    one = endpoint("litellm", "old-preview", include=("gpt-*",), exclude=("*-preview",))
    planned = plan(gateway(one), {"litellm": listed("gpt-1", "gpt-2-preview", "claude", "old-preview")})
    assert models_of(planned) == ["gpt-1", "old-preview"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}-{fault.http_status}")
def test_a_failed_empty_or_short_list_never_deletes(fault) -> None:
    gate = gateway(endpoint("litellm", "gpt-0"))
    recorded = applied(gate, {"litellm": listed(*TWELVE)})
    planned = plan(gate, {"litellm": fault}, recorded)
    assert shown(planned) == []
    assert models_of(planned) == sorted(TWELVE)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}-{fault.http_status}")
def test_an_outage_and_its_end_change_nothing(fault) -> None:
    gate = gateway(endpoint("litellm", "gpt-0"))
    recorded = applied(gate, {"litellm": listed(*TWELVE)})
    meanwhile = applied(gate, {"litellm": fault}, recorded)
    assert shown(plan(gate, {"litellm": listed(*reversed(TWELVE))}, meanwhile)) == []


@pytest.mark.parametrize(
    ("recorded", "missing", "short"),
    [
        (0, 0, False),
        (1, 1, True),
        (2, 1, False),
        (2, 2, True),
        (3, 1, False),
        (5, 2, True),
        (6, 2, False),
        (12, 8, True),
    ],
)
def test_short_is_all_or_at_least_two_and_more_than_a_third(recorded: int, missing: int, short: bool) -> None:
    assert is_short(recorded, missing) is short


def test_held_models_stay_until_the_catalog_is_accepted() -> None:
    gate = gateway(endpoint("litellm", "gpt-11"))
    recorded = applied(gate, {"litellm": listed(*TWELVE)})
    planned = plan(gate, {"litellm": listed(*TWELVE[:4])}, recorded)
    assert len(planned.held) == 7
    assert {each.accept_with for each in planned.held} == {"--accept-catalog litellm"}
    assert not planned.failed
    accepted = plan(gate, {"litellm": listed(*TWELVE[:4])}, recorded, Consents(catalogs=frozenset({"litellm"})))
    assert summarise(accepted).counts["delete"] == 7
    assert {change.cause for change in accepted.effective} == {"catalog"}
    assert models_of(accepted) == sorted({*TWELVE[:4], "gpt-11"})


def test_held_models_are_recorded_so_that_the_next_short_list_is_short_too() -> None:
    gate = gateway(endpoint("litellm"))
    recorded = applied(gate, {"litellm": listed(*TWELVE)})
    held = applied(gate, {"litellm": listed(*TWELVE[:4], "new")}, recorded)
    again = plan(gate, {"litellm": listed(*TWELVE[:4], "new")}, held)
    assert shown(again) == []
    assert len(again.held) == 8


def test_what_is_held_stays_held_when_new_models_make_the_list_long_again() -> None:
    """Of 4 recorded one is left, and 10 are new: 3 of 13 would not be short, yet nobody let the 3 go."""
    gate = gateway(endpoint("litellm"))
    recorded = applied(gate, {"litellm": listed(*TWELVE[:4])})
    grown = listed(TWELVE[0], *(f"new-{number}" for number in range(10)))
    first = plan(gate, {"litellm": grown}, recorded)
    assert (len(first.held), summarise(first).counts["create"]) == (3, 10)
    again = plan(gate, {"litellm": grown}, after(first))
    assert (len(again.held), again.effective) == (3, ())
    down = applied(gateway(endpoint("litellm", "declared")), {"litellm": unlisted()}, after(first))
    assert len(plan(gate, {"litellm": grown}, down).held) == 3
    back = plan(gate, {"litellm": listed(*TWELVE[:4])}, after(first))
    assert models_of(back) == sorted({*TWELVE[:4], *(f"new-{number}" for number in range(10))})
    accepted = plan(gate, {"litellm": grown}, after(first), Consents(catalogs=frozenset({"litellm"})))
    assert summarise(accepted).counts["delete"] == 3


def test_a_few_missing_models_go() -> None:
    gate = gateway(endpoint("litellm"))
    recorded = applied(gate, {"litellm": listed(*TWELVE)})
    planned = plan(gate, {"litellm": listed(*TWELVE[1:])}, recorded)
    assert "- model.litellm/gpt-0 (catalog)" in shown(planned)


def test_short_is_judged_on_what_passes_the_present_filters() -> None:
    recorded = applied(gateway(endpoint("litellm")), {"litellm": listed("a-1", "a-2", "b-1", "b-2")})
    planned = plan(gateway(endpoint("litellm", include=("a-*",))), {"litellm": listed("a-1", "a-2")}, recorded)
    assert not planned.held
    assert [change.cause for change in planned.effective if change.action == "delete"] == ["config", "config"]


def test_nothing_recorded_is_never_short() -> None:
    planned = plan(gateway(endpoint("litellm", "gpt-0")), {"litellm": listed()})
    assert models_of(planned) == ["gpt-0"]
    assert codes(planned) == ["NO_MODELS_RETURNED"]


def test_unlisted_without_declared_or_recorded_blocks_that_endpoint_only() -> None:
    gate = gateway(endpoint("dark"), endpoint("litellm", "gpt-0"))
    planned = plan(gate, {"dark": unlisted(), "litellm": listed("gpt-0")})
    assert "NO_MODELS_KNOWN" in codes(planned, "error")
    assert shown(planned) == [
        "+ default.chat (config)",
        "+ endpoint.litellm (config)",
        "+ model.litellm/gpt-0 (config)",
    ]
    assert len(planned.blocked) == 1


@pytest.mark.parametrize("code", ["INVALID_API_KEY", "MISSING_API_KEY", "KEY_UNREADABLE"])
def test_trouble_with_the_key_leaves_the_endpoint_as_recorded(code: str) -> None:
    recorded = applied(gateway(endpoint("litellm", "a")), {"litellm": listed("a")})
    changed = gateway(endpoint("litellm", "b", base_url="http://h:4000/x"))
    planned = plan(changed, {"litellm": unlisted(code, 401)}, recorded)
    assert shown(planned) == []
    assert models_of(planned) == ["a"]
    assert not planned.complete


def test_a_withheld_key_shows_what_would_be_and_blocks_the_apply() -> None:
    recorded = applied(gateway(endpoint("litellm", "a")), {"litellm": listed("a", "c")})
    changed = gateway(endpoint("litellm", "a", "b", base_url="http://other:4000"))
    seen = {"litellm": not_asked("KEY_WITHHELD")}
    shown_only = plan(changed, seen, recorded)
    assert shown(shown_only) == ["+ model.litellm/b (config)", "~ endpoint.litellm (config)"]
    assert not shown_only.complete
    assert not shown_only.failed
    assert len(plan_to_apply(changed, seen, recorded).blocked) == 1


def test_missing_key_is_a_warning_in_a_plan_and_an_error_in_an_apply() -> None:
    gate = gateway(endpoint("litellm", "a"))
    seen = {"litellm": not_asked("MISSING_API_KEY")}
    shown_only, applied_too = plan(gate, seen), plan_to_apply(gate, seen)
    assert codes(shown_only, "warning") == codes(applied_too, "error") == ["MISSING_API_KEY"]
    assert [item.blocks_apply for item in (*shown_only.diagnostics, *applied_too.diagnostics)] == [True, False]


@pytest.mark.parametrize(
    ("seen", "severity"),
    [
        (unlisted("INVALID_API_KEY", 401), "error"),
        (unlisted("INVALID_API_KEY", 400, marker=True), "error"),
        (unlisted("INVALID_API_KEY", 403), "note"),
        (unlisted("INVALID_API_KEY", 403, marker=True), "error"),
        (unlisted("ENDPOINT_NOT_FOUND", 404), "note"),
        (unlisted("ENDPOINT_NOT_FOUND", 405), "note"),
        (unlisted("SERVER_ERROR", 500), "warning"),
    ],
)
def test_discover_false_wants_no_list_yet_tests_the_key(seen, severity: str) -> None:
    planned = plan(gateway(endpoint("litellm", "a", discover=False)), {"litellm": seen})
    assert planned.diagnostics[0].severity == severity
    assert models_of(planned) == ([] if severity == "error" else ["a"])


def test_discover_false_is_declared_exactly() -> None:
    recorded = applied(gateway(endpoint("litellm", "a")), {"litellm": listed("a", "b")})
    planned = plan(gateway(endpoint("litellm", "a", discover=False)), {"litellm": listed("a", "b", "c")}, recorded)
    assert shown(planned) == ["- model.litellm/b (config)", "~ endpoint.litellm (config)"]


def test_one_commit_while_the_endpoint_is_down_shows_all_its_causes_as_config() -> None:
    before = gateway(endpoint("litellm", "never-listed", base_url="http://wrong:4000"))
    recorded = applied(before, {"litellm": listed("a", "a-preview")})
    fixed = gateway(endpoint("litellm", base_url="http://right:4000", exclude=("*-preview",)))
    assert shown(plan(fixed, {"litellm": unlisted()}, recorded)) == [
        "- model.litellm/a-preview (config)",
        "- model.litellm/never-listed (config)",
        "~ default.chat (config)",
        "~ endpoint.litellm (config)",
    ]


def test_a_dropped_declaration_stays_while_the_list_has_it() -> None:
    recorded = applied(gateway(endpoint("litellm", "a", "b")), {"litellm": listed("a", "b")})
    for seen in (listed("a", "b"), unlisted()):
        assert shown(plan(gateway(endpoint("litellm", "a")), {"litellm": seen}, recorded)) == []


def test_the_recorded_purpose_beats_patterns_when_there_is_no_list() -> None:
    gate = gateway(endpoint("litellm", "dall-e-3"))
    recorded = applied(gate, {"litellm": listed(**{"dall-e-3": "chat"})})
    assert shown(plan(gate, {"litellm": unlisted()}, recorded)) == []


def test_a_withdrawn_purpose_is_read_from_the_list_again() -> None:
    recorded = applied(gateway(endpoint("litellm", ("x", "image"))), {"litellm": listed("x", "y")})
    planned = plan(gateway(endpoint("litellm", "x")), {"litellm": listed("x", "y")}, recorded)
    assert change(planned, "model.litellm/x").cause == "config"
    assert change(planned, "model.litellm/x").after.purpose == "chat"


def test_the_same_id_on_two_endpoints_is_two_models() -> None:
    gate = gateway(endpoint("a", "m"), endpoint("b", "m"))
    planned = plan(gate, {"a": listed("m"), "b": listed("m")})
    assert {"+ model.a/m (config)", "+ model.b/m (config)"} <= set(shown(planned))


def test_two_endpoints_may_share_one_url() -> None:
    gate = gateway(endpoint("a", "m"), endpoint("b", "n"))
    seen = {"a": listed("m", "n"), "b": listed("m", "n")}
    assert shown(plan(gate, seen, applied(gate, seen))) == []


def test_filters_that_match_nothing_are_said() -> None:
    planned = plan(gateway(endpoint("litellm", include=("zzz-*",))), {"litellm": listed("a")})
    assert codes(planned, "warning") == ["FILTER_MATCHES_NOTHING"]


def test_an_optional_key_that_is_not_there_is_a_note() -> None:
    from tests.plan.world import with_key

    planned = plan(gateway(with_key(endpoint("litellm", "a"))), {"litellm": listed("a")})
    assert codes(planned, "note") == ["NO_KEY"]
