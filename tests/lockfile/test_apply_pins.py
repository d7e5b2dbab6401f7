"""Pinned lists in the place of live ones: what is planned then, and what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config.gateway import Endpoint
from reconciler.lockfile.apply_pins import pin
from reconciler.lockfile.document import LockFile, Pin, pin_of
from reconciler.lockfile.update import judge
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.plan.consents import Consents
from reconciler.plan.inputs import Inputs, leaving_open
from reconciler.plan.resolve.model_list import read
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded, raw_list
from tests.plan.world import (
    applied,
    codes,
    endpoint,
    gateway,
    inputs,
    listed,
    models_of,
    not_asked,
    shown,
    unlisted,
)

ONE = endpoint("litellm", "declared")


def locked_to(*ids: str, of: Endpoint = ONE) -> LockFile:
    catalog = listed(*ids).catalog
    assert isinstance(catalog, Listed)
    return LockFile("acme", {of.name: pin_of(of, catalog.models)})


def pinned(seen: Observation, lock: LockFile | None, locked: bool = True) -> Inputs:
    return pin(inputs(gateway(ONE), {"litellm": seen}), lock, locked)


def planned(made: Inputs, recorded: Recorded | None = None) -> Plan:
    return make_plan(replace(made, division=inputs(gateway(ONE), {}, recorded).division))


def test_the_pinned_list_is_planned_whatever_the_endpoint_lists() -> None:
    for seen in (listed("a", "b"), listed("z"), listed(), unlisted(), unlisted("RATE_LIMITED", 429)):
        plan = planned(pinned(seen, locked_to("a", "b")))
        assert models_of(plan) == ["a", "b", "declared"], seen
        assert {change.reason for change in plan.changes if change.address.name == "litellm/a"} == {
            "listed in the lock file"
        }


def test_what_differs_is_a_note_that_reads_like_a_diff() -> None:
    result = pinned(listed("a", "c", "d"), locked_to("a", "b"))
    assert [(diagnostic.severity, diagnostic.code) for diagnostic in result.remarks] == [("note", "LOCK_DIFFERS")]
    assert "lists +2 −1 models compared with the lock file" in result.remarks[0].summary
    assert result.remarks[0].hint == "gwctl lock litellm"
    assert pinned(listed("b", "a"), locked_to("a", "b")).remarks == ()
    assert pinned(unlisted(), locked_to("a", "b")).remarks == ()


def test_an_endpoint_that_is_down_says_how_many_pinned_models_are_used() -> None:
    plan = planned(pinned(unlisted(), locked_to("a", "b")))
    assert codes(plan, "warning") == ["COULD_NOT_FETCH_MODELS", "DECLARED_NOT_LISTED"]
    assert "gwctl uses the 2 models listed in the lock file instead." in plan.diagnostics[0].detail
    assert plan.failed is False


def test_a_pinned_list_is_believed_however_short() -> None:
    recorded = applied(gateway(ONE), {"litellm": listed("a", "b", "c", "d")})
    plan = planned(pinned(listed("a", "b", "c", "d"), locked_to("a")), recorded)
    assert shown(plan) == [f"- model.litellm/{name} (catalog)" for name in "bcd"]
    assert plan.held == ()
    assert {change.reason for change in plan.effective} == {"no longer listed in the lock file"}


def test_a_pinned_list_that_nobody_asked_for_is_not() -> None:
    """An old lock file beside a run without network is a guess, and no consent."""
    recorded = applied(gateway(ONE), {"litellm": listed("a", "b", "c", "d")})
    for code in ("OFFLINE", "NO_KEYS"):
        plan = planned(pinned(not_asked(code), locked_to("a"), locked=False), recorded)
        assert shown(plan) == []
        assert len(plan.held) == 3


@pytest.mark.parametrize("lock", [None, LockFile("acme"), "other-url", "other-dialect", "edited"])
def test_without_a_list_that_fits_the_endpoint_is_left_as_recorded(lock: LockFile | str | None) -> None:
    recorded = applied(gateway(ONE), {"litellm": listed("a", "b")})
    if isinstance(lock, str):
        entry = locked_to("z").pins["litellm"]
        changed = {
            "other-url": replace(entry, base_url="http://other"),
            "other-dialect": replace(entry, dialect="ollama"),
            "edited": replace(entry, intact=False),
        }
        lock = LockFile("acme", {"litellm": changed[lock]})
    for seen in (listed("a", "c"), unlisted(), not_asked("OFFLINE")):
        done = pinned(seen, lock)
        plan = planned(done, recorded)
        assert shown(plan) == []
        assert [str(at) for at in plan.blocked] == ["endpoint.litellm"]
        assert plan.complete is False
        error = done.remarks[0]
        edited = lock is not None and lock.pins and not lock.pins["litellm"].intact
        assert (error.severity, error.code) == ("error", "LOCK_BROKEN" if edited else "LOCK_OUT_OF_DATE")
        assert "gwctl lock litellm" in error.hint


def test_the_rest_goes_on() -> None:
    two = endpoint("laptop", "m")
    seen = {"litellm": listed("a"), "laptop": listed("x")}
    plan = make_plan(pin(inputs(gateway(ONE, two), seen), locked_to("x", of=two), True))
    assert "+ model.laptop/x (catalog)" in shown(plan)
    assert not any("litellm" in each for each in shown(plan))


def test_a_refused_key_blocks_all_the_same() -> None:
    plan = planned(pinned(unlisted("INVALID_API_KEY", 401), locked_to("a")))
    assert codes(plan, "error") == ["INVALID_API_KEY"]
    assert shown(plan) == []
    withheld = planned(leaving_open(pinned(not_asked("KEY_WITHHELD"), locked_to("a"))))
    assert shown(withheld) == []


def test_filters_apply_to_the_pinned_raw_list() -> None:
    one = endpoint("litellm", include=("gpt-*",))
    plan = make_plan(pin(inputs(gateway(one), {"litellm": unlisted()}), locked_to("gpt-1", "other", of=one), True))
    assert models_of(plan) == ["gpt-1"]
    facts = next(change.after.facts for change in plan.changes if change.after and change.address.is_endpoint)
    assert list(facts["listed"]) == ["gpt-1", "other"]


def test_what_is_not_discovered_and_what_belongs_to_each_machine_is_not_pinned() -> None:
    fixed = endpoint("fixed", "m", discover=False)
    seen = {"fixed": listed("a"), "litellm": listed("b")}
    before = inputs(gateway(fixed, ONE), seen)
    done = pin(replace(before, division=replace(before.division, own=frozenset({"litellm"}))), None, True)
    assert done.observations == seen
    assert done.remarks == ()


def test_without_locked_a_live_list_wins_and_a_misfit_is_only_a_note() -> None:
    assert pinned(listed("a"), locked_to("z"), locked=False).observations == {"litellm": listed("a")}
    elsewhere = LockFile("acme", {"litellm": replace(locked_to("z").pins["litellm"], base_url="http://other")})
    done = pinned(not_asked("OFFLINE"), elsewhere, locked=False)
    assert [(diagnostic.severity, diagnostic.code) for diagnostic in done.remarks] == [("note", "LOCK_OUT_OF_DATE")]
    assert models_of(planned(done)) == ["declared"]
    assert pinned(not_asked("OFFLINE"), LockFile("acme"), locked=False).remarks == ()


def test_where_the_list_was_found_is_the_endpoint_s_own_business() -> None:
    recorded = applied(gateway(ONE), {"litellm": replace(listed("a"), reach="/v1")})
    plan = planned(pinned(unlisted(), locked_to("a", "b")), recorded)
    facts = next(change.after.facts for change in plan.changes if change.after and change.address.is_endpoint)
    assert facts["reach"] == "/v1"


NAMES = st.frozensets(st.sampled_from(["a", "b", "c", "d", "gpt-1", "gpt-2", "gpt-3"]))


@given(NAMES, NAMES, st.sampled_from([(), ("gpt-*",)]), st.booleans())
def test_a_list_is_pinned_just_when_a_plan_would_believe_it(before, now, include, was_pinned) -> None:
    """The rule for short lists is one rule, against what was pinned or else against what is recorded."""
    one = endpoint("litellm", include=include)
    recorded = applied(gateway(endpoint("litellm", "x", include=include)), {"litellm": listed(*before)})
    own = next(resource for at, resource in recorded.items() if at.is_endpoint)
    held = read(one, listed(*now), {own.address: own}, Consents()).held
    entry = locked_to(*before, of=one).pins["litellm"] if was_pinned else None
    result = judge(one, listed(*now), before=entry, recorded=raw_list(own), accepted=False)
    empty_for_the_first_time = not now and (before or not was_pinned)
    assert (result.result == "kept") == bool(held or empty_for_the_first_time)
    assert judge(one, listed(*now), before=entry, recorded=raw_list(own), accepted=True).result != "kept"


def test_what_a_purpose_was_read_from_is_no_reason_to_write() -> None:
    entry = locked_to("a", "b").pins["litellm"]
    other = Pin(
        name="litellm",
        base_url=entry.base_url,
        dialect=entry.dialect,
        models=tuple(replace(e, purpose_source="mode") for e in entry.models),
    )
    result = judge(ONE, listed("a", "b"), before=other, recorded={}, accepted=False)
    assert (result.result, result.pin) == ("unchanged", other)
