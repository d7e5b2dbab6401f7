"""Limits, capabilities and APIs of a model: from the gateway file, else from the list, else as recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.resources.attributes import NO_DETAILS, ModelAttributes, ModelDetails
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded, Resource, unread
from tests.plan.world import after, applied, change, endpoint, gateway, listed, plan, shown, unlisted
from tests.support.attributes import model_details

A = address.model("litellm", "a")
PLAIN = endpoint()
LONG = ModelDetails(context=128000, output=16000, capabilities=("tools",))


def declaring(details: ModelDetails, **more: Any) -> Endpoint:
    """The endpoint, which declares these details of the model `a`."""
    known = endpoint("litellm", "a", **more)
    return replace(known, models=tuple(replace(model, details=details) for model in known.models))


def listing(details: ModelDetails | None) -> Observation:
    """A list of the model `a` with these details; None: of a version that read none."""
    seen = listed("a")
    assert isinstance(seen.catalog, Listed)
    return replace(seen, catalog=Listed(tuple(replace(model, details=details) for model in seen.catalog.models)))


def recorded(of: Endpoint, details: ModelDetails | None) -> dict[address.Address, Resource]:
    return applied(gateway(of), {"litellm": listing(details)})


def details_of(resources: Recorded) -> ModelDetails:
    return resources[A].as_model.details


def test_what_the_list_says_is_recorded() -> None:
    assert details_of(recorded(PLAIN, LONG)) == LONG


@given(model_details(), model_details())
def test_the_gateway_file_wins_over_the_list_field_by_field(declared: ModelDetails, listed: ModelDetails) -> None:
    assert details_of(recorded(declaring(declared), listed)) == declared.over(listed)


@given(model_details(), model_details(), model_details())
def test_after_an_apply_the_plan_is_empty(before: ModelDetails, declared: ModelDetails, now: ModelDetails) -> None:
    records = recorded(PLAIN, before)
    seen = {"litellm": listing(now)}
    records = applied(gateway(declaring(declared)), seen, records)
    assert shown(plan(gateway(declaring(declared)), seen, records)) == []


def test_a_change_of_the_list_is_an_update_with_the_cause_catalog() -> None:
    longer = replace(LONG, context=200000)
    planned = plan(gateway(PLAIN), {"litellm": listing(longer)}, recorded(PLAIN, LONG))
    assert shown(planned) == ["~ model.litellm/a (catalog)"]
    update = change(planned, "model.litellm/a")
    assert [(each.path, each.before, each.after) for each in update.diff] == [("context", 128000, 200000)]
    assert update.reason == "context changed in the list"


def test_a_list_that_gets_its_first_limit_is_an_update() -> None:
    assert shown(plan(gateway(PLAIN), {"litellm": listing(LONG)}, recorded(PLAIN, NO_DETAILS))) == [
        "~ model.litellm/a (catalog)"
    ]


@given(model_details(), model_details())
def test_what_a_list_no_longer_says_stays_as_recorded(before: ModelDetails, now: ModelDetails) -> None:
    planned = plan(gateway(PLAIN), {"litellm": listing(now)}, recorded(PLAIN, before))
    assert details_of(after(planned)) == now.over(before)


def test_a_list_that_merely_fails_changes_no_detail() -> None:
    records = recorded(declaring(ModelDetails(context=9)), LONG)
    planned = plan(gateway(declaring(ModelDetails(context=9))), {"litellm": unlisted()}, records)
    assert shown(planned) == []


def test_another_server_s_limits_are_not_kept() -> None:
    moved = endpoint("litellm", base_url="http://other:4000")
    planned = plan(gateway(moved), {"litellm": listing(NO_DETAILS)}, recorded(PLAIN, LONG))
    assert details_of(after(planned)) == NO_DETAILS


@pytest.mark.parametrize("name", ["context", "output", "capabilities", "apis"])
def test_a_declaration_and_its_withdrawal_have_the_cause_config(name: str) -> None:
    value: dict[str, Any] = {"context": 9, "output": 9, "capabilities": ("vision",), "apis": ("messages",)}
    declared = ModelDetails(**{name: value[name]})
    seen = {"litellm": listing(LONG)}
    first = plan(gateway(declaring(declared)), seen, recorded(declaring(NO_DETAILS), LONG))
    assert shown(first) == ["~ model.litellm/a (config)"]
    assert change(first, "model.litellm/a").reason == f"{name} changed in the gateway file"
    second = plan(gateway(declaring(NO_DETAILS)), seen, after(first))
    assert shown(second) == ["~ model.litellm/a (config)"]
    assert details_of(after(second)) == LONG


def older(records: Recorded) -> dict[address.Address, Resource]:
    """The records as an older gwctl would have left them: without details."""
    own = records[address.endpoint("litellm")]
    entries = {model_id: entry[:2] for model_id, entry in own.facts["listed"].items()}
    bare = replace(records[A], attributes=ModelAttributes(purpose=records[A].purpose))
    return {**records, own.address: replace(own, facts={**own.facts, "listed": entries}), A: bare}


@given(model_details(), st.sampled_from([PLAIN, declaring(NO_DETAILS)]))
def test_the_first_details_after_an_upgrade_are_no_change_and_are_recorded(details: ModelDetails, of: Endpoint) -> None:
    records, seen = older(recorded(of, details)), {"litellm": listing(details)}
    planned = plan(gateway(of), seen, records)
    assert shown(planned) == []
    assert planned.diagnostics == ()
    assert [str(each.address) for each in planned.to_remember] == ["endpoint.litellm"]
    assert details_of(after(planned)) == details
    again = plan(gateway(of), seen, after(planned))
    assert (shown(again), again.to_remember) == ([], ())


def test_what_the_file_declares_after_an_upgrade_is_a_change_and_the_list_is_none() -> None:
    of = declaring(ModelDetails(context=9))
    planned = plan(gateway(of), {"litellm": listing(LONG)}, older(recorded(declaring(NO_DETAILS), LONG)))
    assert shown(planned) == ["~ model.litellm/a (config)"]
    assert [each.path for each in change(planned, "model.litellm/a").diff] == ["context"]


def test_a_list_without_details_leaves_older_records_as_they_are() -> None:
    """Such as a lock file of version 1."""
    records = older(recorded(PLAIN, LONG))
    planned = plan(gateway(PLAIN), {"litellm": listing(None)}, records)
    assert shown(planned) == []
    assert unread(after(planned)[address.endpoint("litellm")]) == 1
    assert shown(plan(gateway(PLAIN), {"litellm": listing(LONG)}, after(planned))) == []
