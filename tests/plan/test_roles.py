"""Roles: the purposes, `small`, and names of the gateway file."""

from __future__ import annotations

from reconciler.config.gateway import Gateway
from tests.plan.world import after, applied, change, codes, endpoint, gateway, listed, plan, shown, unlisted

SEEN = {"litellm": listed("big", "mini", "whisper-1")}


def asking(*candidates: str, role: str = "judge", purpose: str = "chat") -> Gateway:
    """A gateway in which a role of its own has these candidates."""
    names = [f"litellm/{candidate}" for candidate in candidates]
    return gateway(endpoint(), defaults={"chat": ["litellm/big"], role: names}, roles={role: purpose})


def test_a_role_gets_its_first_candidate_that_is_available() -> None:
    planned = plan(asking("gone", "mini"), SEEN)
    assert "+ default.judge (config)" in shown(planned)
    resources = {str(at): resource for at, resource in after(planned).items()}
    assert resources["default.judge"].default_model.name == "litellm/mini"
    assert resources["default.chat"].default_model.name == "litellm/big"


def test_after_an_apply_the_plan_is_empty() -> None:
    gate = asking("mini")
    assert shown(plan(gate, SEEN, applied(gate, SEEN))) == []


def test_a_role_that_is_taken_out_goes_and_the_purposes_keep_their_model() -> None:
    gate = asking("mini", role="small")
    records = applied(gate, SEEN)
    planned = plan(gateway(endpoint()), SEEN, records)
    assert shown(planned) == ["- default.small (config)"]
    assert change(planned, "default.small").reason == "no longer in the gateway file"
    assert "default.chat" in map(str, after(planned))


def test_a_candidate_of_another_purpose_is_none() -> None:
    planned = plan(asking("whisper-1"), SEEN)
    assert codes(planned, "error") == ["DEFAULT_NOT_FOUND"]
    [blamed] = [each for each in planned.diagnostics if each.code == "DEFAULT_NOT_FOUND"]
    assert blamed.summary == "None of the candidates for the judge default is an available chat model"
    assert str(blamed.address) == "default.judge"
    assert codes(plan(asking("whisper-1", purpose="voice"), SEEN), "error") == []


def test_an_outage_leaves_a_role_as_recorded() -> None:
    gate = asking("mini")
    planned = plan(gate, {"litellm": unlisted()}, applied(gate, SEEN))
    assert shown(planned) == []


def test_a_role_follows_its_model_to_another_one() -> None:
    gate = asking("mini")
    planned = plan(asking("big"), SEEN, applied(gate, SEEN))
    assert shown(planned) == ["~ default.judge (config)"]


def test_a_changed_purpose_of_a_role_is_a_change_of_the_file() -> None:
    gate = asking("mini")
    records = applied(gate, SEEN)
    assert shown(plan(asking("whisper-1", purpose="voice"), SEEN, records)) == ["~ default.judge (config)"]
