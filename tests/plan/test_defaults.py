"""Defaults: chosen, kept, re-pointed, and never left pointing at what is gone."""

from __future__ import annotations

from reconciler import address
from tests.plan.world import after, applied, change, codes, endpoint, gateway, listed, plan, shown, unlisted


def chosen(plan) -> str | None:
    default = after(plan).get(address.default("chat"))
    return default.default_model.name if default else None


def test_the_first_candidate_that_is_there() -> None:
    gate = gateway(endpoint("a", "m"), endpoint("b", "n"), defaults={"chat": ["a/gone", "b/n"]})
    assert chosen(plan(gate, {"a": listed("m"), "b": listed("n")})) == "b/n"


def test_last_known_and_held_models_exist() -> None:
    gate = gateway(endpoint("a"), endpoint("b", "n"), defaults={"chat": ["a/m3", "b/n"]})
    recorded = applied(gate, {"a": listed("m1", "m2", "m3"), "b": listed("n")})
    assert chosen(plan(gate, {"a": unlisted(), "b": listed("n")}, recorded)) == "a/m3"
    assert chosen(plan(gate, {"a": listed("m1"), "b": listed("n")}, recorded)) == "a/m3"


def test_a_candidate_of_the_wrong_purpose_does_not_count() -> None:
    gate = gateway(endpoint("a", ("e", "embedding"), "m"), defaults={"chat": ["a/e", "a/m"]})
    assert chosen(plan(gate, {"a": listed("e", "m")})) == "a/m"


def test_none_valid_names_the_nearest() -> None:
    gate = gateway(endpoint("a", "gpt-4o-mini"), defaults={"chat": ["a/gpt-4o-mni"]})
    planned = plan(gate, {"a": listed("gpt-4o-mini")})
    assert codes(planned, "error") == ["DEFAULT_NOT_FOUND"]
    assert "a/gpt-4o-mini" in planned.diagnostics[-1].hint


def test_none_valid_and_the_endpoint_unknown_keeps_the_recorded_one() -> None:
    before = gateway(endpoint("a", "m"), endpoint("b"), defaults={"chat": ["a/m"]})
    recorded = applied(before, {"a": listed("m"), "b": listed("n")})
    changed = gateway(endpoint("a", "m"), endpoint("b"), defaults={"chat": ["b/new"]})
    planned = plan(changed, {"a": listed("m"), "b": unlisted()}, recorded)
    assert chosen(planned) == "a/m"
    assert "DEFAULT_UNKNOWN" in codes(planned, "warning")
    assert not planned.failed


def test_none_on_a_first_run_with_the_endpoint_down_is_a_warning() -> None:
    gate = gateway(endpoint("a", "m"), defaults={"chat": ["a/other"]})
    planned = plan(gate, {"a": unlisted()})
    assert chosen(planned) is None
    assert "DEFAULT_UNKNOWN" in codes(planned, "warning")
    assert not planned.failed


def test_what_was_probably_meant_is_named_also_while_the_endpoint_is_down() -> None:
    planned = plan(gateway(endpoint("a", "llama3"), defaults={"chat": ["a/lama3"]}), {"a": unlisted()})
    assert (
        next(diagnostic for diagnostic in planned.diagnostics if diagnostic.code == "DEFAULT_UNKNOWN").hint
        == "did you mean `a/llama3`?"
    )
    gate = gateway(endpoint("a", ("dall-e-3", "image")), defaults={"chat": ["a/dall-e-3"]})
    planned = plan(gate, {"a": unlisted()})
    hint = next(diagnostic for diagnostic in planned.diagnostics if diagnostic.code == "DEFAULT_UNKNOWN").hint
    assert hint == "a/dall-e-3 has the purpose image: if this is wrong, declare `purpose: chat`"


def test_unmentioned_keeps_the_recorded_one() -> None:
    gate = gateway(endpoint("a", "m", "n"))
    recorded = applied(gateway(endpoint("a", "m", "n"), defaults={"chat": ["a/n"]}), {"a": listed("m", "n")})
    assert shown(plan(gate, {"a": listed("m", "n")}, recorded)) == []


def test_unmentioned_is_the_first_declared_else_the_first_by_endpoint_and_id() -> None:
    assert chosen(plan(gateway(endpoint("a"), endpoint("b", "z")), {"a": listed("m"), "b": listed("z")})) == "b/z"
    assert chosen(plan(gateway(endpoint("z"), endpoint("a")), {"z": listed("q", "p"), "a": listed("b")})) == "z/p"


def test_the_plan_says_which_and_why() -> None:
    result = change(plan(gateway(endpoint("a", "m")), {"a": listed("m")}), "default.chat")
    assert result.reason == "the first declared chat model"


def test_never_a_default_for_other_unasked() -> None:
    planned = plan(gateway(endpoint("a", ("r", "other"))), {"a": listed("r")})
    assert not [at for at in after(planned) if at.is_default]


def test_changing_the_purpose_away_from_chat_repoints_in_the_same_plan() -> None:
    recorded = applied(gateway(endpoint("a", "m", "n")), {"a": listed("m", "n")})
    planned = plan(gateway(endpoint("a", ("m", "image"), "n")), {"a": listed("m", "n")}, recorded)
    assert shown(planned) == ["+ default.image (config)", "~ default.chat (config)", "~ model.a/m (config)"]
    assert change(planned, "default.chat").after.default_model.name == "a/n"
    assert "a/m now has the purpose image" in change(planned, "default.chat").reason


def test_removing_the_model_repoints_in_the_same_plan() -> None:
    recorded = applied(gateway(endpoint("a", "m", "n", discover=False)), {"a": listed("m", "n")})
    planned = plan(gateway(endpoint("a", "n", discover=False)), {"a": listed("m", "n")}, recorded)
    assert shown(planned) == ["- model.a/m (config)", "~ default.chat (config)"]


def test_a_default_never_points_at_a_model_that_is_gone() -> None:
    recorded = applied(gateway(endpoint("a", "m")), {"a": listed("m")})
    planned = plan(gateway(endpoint("a", ("m", "image"))), {"a": listed("m")}, recorded)
    assert "- default.chat (config)" in shown(planned)
