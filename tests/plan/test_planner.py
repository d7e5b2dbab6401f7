"""The planner's table, the guard, and what `moved` and `removed` make of them."""

from __future__ import annotations

import pytest

from reconciler.address import parse
from reconciler.plan.change import Difference
from reconciler.plan.consents import Consents
from reconciler.plan.diff import explain
from tests.plan.world import applied, change, codes, endpoint, gateway, listed, plan, shown, unlisted

THREE = [endpoint(name, "m", base_url=f"http://{name}:4000") for name in "abc"]


def seen(*names: str):
    return {name: listed("m") for name in names}


def test_not_recorded_is_created() -> None:
    planned = plan(gateway(endpoint("a", "m")), seen("a"))
    assert shown(planned) == ["+ default.chat (config)", "+ endpoint.a (config)", "+ model.a/m (config)"]


def test_equal_is_none_and_differing_is_updated_with_its_difference() -> None:
    recorded = applied(gateway(endpoint("a", "m")), seen("a"))
    planned = plan(gateway(endpoint("a", "m", base_url="http://other")), seen("a"), recorded)
    assert shown(planned) == ["~ endpoint.a (config)"]
    assert change(planned, "endpoint.a").diff == (Difference("base_url", "http://h:4000", "http://other"),)


@pytest.mark.parametrize("reachable", [True, False])
def test_an_endpoint_taken_out_goes_with_its_models_and_defaults(reachable: bool) -> None:
    recorded = applied(gateway(*THREE, defaults={"chat": ["a/m"]}), seen("a", "b", "c"))
    others = {name: listed("m") if reachable else unlisted() for name in ("b", "c")}
    planned = plan(gateway(*THREE[1:]), others, recorded)
    assert shown(planned) == ["- endpoint.a (config)", "- model.a/m (config)", "~ default.chat (config)"]
    assert change(planned, "default.chat").after.default_model.name == "b/m"


def test_deleting_most_endpoints_needs_each_by_name() -> None:
    recorded = applied(gateway(*THREE), seen("a", "b", "c"))
    planned = plan(gateway(THREE[0]), seen("a"), recorded)
    assert planned.stopped
    stop = next(diagnostic for diagnostic in planned.diagnostics if diagnostic.code == "MANY_DELETES")
    assert "--allow-delete endpoint.b --allow-delete endpoint.c" in stop.hint
    assert "2 of 3" in stop.summary
    half = Consents(deletes=frozenset({"b"}))
    assert plan(gateway(THREE[0]), seen("a"), recorded, half).stopped
    both = Consents(deletes=frozenset({"b", "c"}))
    assert not plan(gateway(THREE[0]), seen("a"), recorded, both).stopped
    in_file = gateway(THREE[0], removed=("endpoint.b", "endpoint.c"))
    assert not plan(in_file, seen("a"), recorded).stopped


def test_one_of_two_may_go_unasked() -> None:
    recorded = applied(gateway(*THREE[:2]), seen("a", "b"))
    assert not plan(gateway(THREE[0]), seen("a"), recorded).stopped


def test_an_empty_gateway_deletes_nothing_unasked() -> None:
    recorded = applied(gateway(*THREE), seen("a", "b", "c"))
    assert plan(gateway(), {}, recorded).stopped


def test_protection_does_not_fall_with_the_entry_it_protects() -> None:
    safe = endpoint("a", "m", protect=True)
    recorded = applied(gateway(safe, THREE[1]), seen("a", "b"))
    gone = plan(gateway(THREE[1]), seen("b"), recorded, Consents(deletes=frozenset({"a"})))
    assert codes(gone, "error") == ["PROTECTED"]
    opened = applied(gateway(THREE[0], THREE[1]), seen("a", "b"), recorded)
    assert not plan(gateway(THREE[1]), seen("b"), opened).stopped


def test_protection_covers_the_endpoint_and_not_models_leaving_its_list() -> None:
    safe = gateway(endpoint("a", protect=True))
    recorded = applied(safe, {"a": listed("m", "n", "o", "p")})
    assert not plan(safe, {"a": listed("m", "n", "o")}, recorded).stopped


def test_moved_renames_an_endpoint_with_its_models_and_defaults() -> None:
    recorded = applied(gateway(endpoint("a", "m")), seen("a"))
    planned = plan(gateway(endpoint("b", "m"), moved=(("endpoint.a", "endpoint.b"),)), seen("b"), recorded)
    assert shown(planned) == ["~ endpoint.b (config)", "~ model.b/m (config)"]
    assert change(planned, "endpoint.b").moved_from == parse("endpoint.a")
    assert change(planned, "endpoint.b").reason == "moved from endpoint.a"


def test_moved_and_changed_says_both() -> None:
    recorded = applied(gateway(endpoint("a", "m")), seen("a"))
    gate = gateway(endpoint("b", "m", base_url="http://other"), moved=(("endpoint.a", "endpoint.b"),))
    result = change(plan(gate, seen("b"), recorded), "endpoint.b")
    assert result.moved_from == parse("endpoint.a")
    assert [each.path for each in result.diff] == ["base_url"]


def test_moved_once_done_is_a_note() -> None:
    recorded = applied(gateway(endpoint("b", "m")), seen("b"))
    planned = plan(gateway(endpoint("b", "m"), moved=(("endpoint.a", "endpoint.b"),)), seen("b"), recorded)
    assert shown(planned) == []
    assert codes(planned) == ["MOVED_DONE"]


def test_moved_onto_another_recorded_one_is_an_error() -> None:
    recorded = applied(gateway(*THREE[:2]), seen("a", "b"))
    planned = plan(gateway(THREE[1], moved=(("endpoint.a", "endpoint.b"),)), seen("b"), recorded)
    assert codes(planned, "error") == ["MOVED_ONTO_ANOTHER"]


def test_removed_and_kept_is_only_forgotten() -> None:
    recorded = applied(gateway(*THREE[:2]), seen("a", "b"))
    planned = plan(gateway(THREE[1], kept=("endpoint.a",)), seen("b"), recorded)
    assert {"x endpoint.a (config)", "x model.a/m (config)"} <= set(shown(planned))


def test_removed_once_done_is_a_note() -> None:
    recorded = applied(gateway(THREE[1]), seen("b"))
    assert codes(plan(gateway(THREE[1], removed=("endpoint.a",)), seen("b"), recorded)) == ["REMOVED_DONE"]


def test_a_removed_model_is_not_held() -> None:
    recorded = applied(gateway(endpoint("a", "m")), {"a": listed("m", "n", "o", "p")})
    gate = gateway(endpoint("a", "m"), removed=("model.a/n", "model.a/o"))
    planned = plan(gate, {"a": listed("m", "p")}, recorded)
    assert shown(planned) == ["- model.a/n (config)", "- model.a/o (config)"]
    assert not planned.held
    assert shown(plan(gate, {"a": unlisted()}, applied(gate, {"a": listed("m", "p")}, recorded))) == []


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"a": None}, {"a": {"b": 1}}, ["a"]),
        ({"a": {"b": [1, 2], "c": 3}}, {"a": {"b": [2, 1], "c": 3}}, ["a.b"]),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, ["a.b", "a.c"]),
        ({"h": {"X-Team": "a"}}, {"h": {}}, ["h.X-Team"]),
        ({"a": 10}, {"a": 10.0}, []),
    ],
)
def test_a_difference_names_its_dotted_path(before, after, paths: list[str]) -> None:
    assert [difference.path for difference in explain(before, after)] == paths
