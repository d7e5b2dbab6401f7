"""Laws of what everybody shares and what belongs to a machine: neither touches the other, and both settle."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.plan.build import make_destroy_plan, make_plan
from reconciler.plan.change import Owning, Plan, Scope
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide, machine_endpoints
from reconciler.resources.resource import Recorded, Resource
from tests.plan.test_laws import Seen, answers, any_answers, any_gateway, lists
from tests.plan.world import codes
from tests.support.laws import examples

Records = dict[Address, Resource]
NOTHING: Records = {}

owners = st.sampled_from(["shared", "machine"])
orders: st.SearchStrategy[list[Scope]] = st.sampled_from([["shared", "machine"], ["all"]])


@st.composite
def divided(draw: st.DrawFn) -> Gateway:
    """A gateway some of whose endpoints belong to each machine."""
    gate = draw(any_gateway)
    return replace(gate, endpoints={name: replace(each, scope=draw(owners)) for name, each in gate.endpoints.items()})


def plan(gate: Gateway, scope: Scope, seen: Seen, state: Recorded, ledger: Recorded) -> Plan:
    division = divide(gate, scope, own=machine_endpoints(gate), state=state, ledger=ledger)
    asked = {name: item for name, item in seen.items() if scope != "shared" or name in division.team.endpoints}
    return make_plan(Inputs(division=division, observations=asked))


def after(plan: Plan, owner: Owning, before: Recorded) -> Records:
    """Return that owner's records after the plan is applied."""
    own = [change for change in plan.changes if change.scope == owner]
    return {each.after.address: each.after for each in own if each.after} if own else dict(before)


def whole(plan: Plan) -> Plan:
    assume(not plan.failed)
    return plan


@given(divided(), st.data())
@examples(300)
def test_a_machine_never_changes_what_is_shared_whatever_its_key_lists(gate: Gateway, data: st.DataObject) -> None:
    good = {name: data.draw(lists) for name in gate.endpoints}
    state = after(plan(gate, "shared", seen=good, state=NOTHING, ledger=NOTHING), "shared", NOTHING)
    for _ in range(3):
        seen = {name: data.draw(any_answers) for name in gate.endpoints}
        planned = plan(gate, "machine", seen=seen, state=state, ledger=NOTHING)
        assert not [change for change in planned.effective if change.scope == "shared"]
        assert after(planned, "shared", state) == state


@given(divided(), divided(), st.data())
@examples(300)
def test_each_part_settles_and_so_do_both_at_once(earlier: Gateway, gate: Gateway, data: st.DataObject) -> None:
    before = {name: data.draw(lists) for name in earlier.endpoints}
    first = plan(earlier, "all", seen=before, state=NOTHING, ledger=NOTHING)
    state, ledger = after(first, "shared", NOTHING), after(first, "machine", NOTHING)
    seen = {name: data.draw(answers) for name in gate.endpoints}
    for scope in data.draw(orders):
        result = whole(plan(gate, scope, seen=seen, state=state, ledger=ledger))
        assert len({change.at for change in result.changes}) == len(result.changes)
        assume(not {"NOT_HANDED_OVER", "NOT_REPLACED"} & set(codes(result)))  # another scope asks others
        state, ledger = after(result, "shared", state), after(result, "machine", ledger)
    for scope in ("shared", "machine", "all"):
        assert plan(gate, scope, seen=seen, state=state, ledger=ledger).effective == ()


@given(divided(), st.data())
@examples(300)
def test_a_default_of_the_state_is_a_model_of_the_state(gate: Gateway, data: st.DataObject) -> None:
    seen = {name: data.draw(lists) for name in gate.endpoints}
    planned = plan(gate, "all", seen=seen, state=NOTHING, ledger=NOTHING)
    state, ledger = after(planned, "shared", NOTHING), after(planned, "machine", NOTHING)
    own = machine_endpoints(gate)
    assert not [at for at in state if at.endpoint in own]
    for records, elsewhere in ((state, NOTHING), (ledger, state)):
        for at, record in records.items():
            if at.is_default:
                model = record.default_model
                assert model in records
                assert model not in elsewhere


@given(divided(), st.data())
@examples(100)
def test_destroying_one_part_leaves_the_other(gate: Gateway, data: st.DataObject) -> None:
    seen = {name: data.draw(lists) for name in gate.endpoints}
    first = plan(gate, "all", seen=seen, state=NOTHING, ledger=NOTHING)
    state, ledger = after(first, "shared", NOTHING), after(first, "machine", NOTHING)
    for scope, owner in (("shared", "machine"), ("machine", "shared")):
        division = divide(gate, scope, own=machine_endpoints(gate), state=state, ledger=ledger)
        destroy_plan = make_destroy_plan(Inputs(division=division))
        assert not [change for change in destroy_plan.effective if change.scope == owner]
        assert {change.action for change in destroy_plan.effective} <= {"delete", "forget"}
