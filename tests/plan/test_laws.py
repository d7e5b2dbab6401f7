"""Laws that hold in every world: of plans, of outages, of defaults."""

from __future__ import annotations

from functools import cache

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.address import ENDPOINT, MODEL, Address
from reconciler.config.gateway import Gateway
from reconciler.plan.change import Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.resource import Recorded
from tests.plan.world import after, endpoint, gateway, listed, not_asked, plan, plan_to_apply, unlisted
from tests.support.laws import examples

IDS = ("gpt-4o", "gpt-4o-mini", "whisper-1", "dall-e-3", "text-embedding-3", "a/b", "claude", "x-preview")
NAMES = ("a", "b", "c")
Seen = dict[str, Observation]

model_ids = st.sampled_from(IDS)
declared = st.lists(
    st.one_of(model_ids, st.tuples(model_ids, st.sampled_from(["chat", "image", "voice"]))),
    max_size=3,
    unique_by=lambda model: model if isinstance(model, str) else model[0],
)
patterns = st.lists(st.sampled_from(["gpt-*", "*-preview", "*", "w*", "none-*"]), max_size=2, unique=True).map(tuple)
lists = st.lists(model_ids, unique=True).map(lambda ids: listed(*ids))
bad_lists = st.sampled_from([unlisted(), unlisted("SERVER_ERROR", 503), listed(), not_asked("OFFLINE")])
bad_keys = st.sampled_from(
    [unlisted("INVALID_API_KEY", 401), not_asked("KEY_UNREADABLE"), not_asked("MISSING_API_KEY")]
)
answers = lists | bad_lists
any_answers = lists | bad_lists | bad_keys
failures = bad_lists | bad_keys
names = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
mostly = st.booleans() | st.just(True)


one_of = cache(st.sampled_from)


@cache  # a strategy that is made anew for each draw costs more than the draw
def defaults_of(endpoints: tuple[str, ...]) -> st.SearchStrategy[dict[str, list[str]]]:
    wanted = st.tuples(st.sampled_from(endpoints), model_ids).map("/".join)
    return st.dictionaries(st.sampled_from(["chat", "voice"]), st.lists(wanted, min_size=1, max_size=2, unique=True))


@st.composite
def gateways(draw: st.DrawFn) -> Gateway:
    endpoints = [
        endpoint(
            name,
            *draw(declared),
            include=draw(patterns),
            exclude=draw(patterns),
            discover=draw(mostly),
        )
        for name in draw(names)
    ]
    return gateway(*endpoints, defaults=draw(defaults_of(tuple(each.name for each in endpoints))))


any_gateway = gateways()
either = st.booleans()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Gateway, Seen, Recorded]:
    """A gateway, what its endpoints answer, and what an earlier apply of another gateway recorded."""
    earlier, gate = draw(any_gateway), draw(any_gateway)
    before = {name: draw(lists) for name in earlier.endpoints}
    recorded = after(plan(earlier, before)) if draw(either) else {}
    return gate, {name: draw(any_answers) for name in gate.endpoints}, recorded


def accepting(gate: Gateway) -> Consents:
    return Consents(catalogs=frozenset(gate.endpoints))


def whole(plan: Plan) -> Plan:
    assume(not plan.failed and not plan.stopped)
    return plan


@given(worlds(), st.booleans())
@examples(300)
def test_after_an_apply_the_plan_is_empty(world: tuple[Gateway, Seen, Recorded], all_in: bool) -> None:
    """A second plan that is never empty: deck#1959, kongctl#1486. Consent is given once, and not asked for again."""
    gate, seen, recorded = world
    first = whole(plan_to_apply(gate, seen, recorded, accepting(gate) if all_in else NO_CONSENT))
    again = plan(gate, seen, after(first))
    assert (again.effective, again.to_remember) == ((), ())


@given(worlds(), st.data())
@examples(300)
def test_what_is_held_goes_only_when_it_is_accepted_or_listed(
    world: tuple[Gateway, Seen, Recorded], data: st.DataObject
) -> None:
    gate, seen, recorded = world
    first = whole(plan(gate, seen, recorded))
    waiting, known = {each.address for each in first.held}, after(first)
    for _ in range(3):
        seen = {name: data.draw(any_answers) for name in gate.endpoints}
        waiting -= {Address(MODEL, f"{name}/{model_id}") for name in seen for model_id in ids_of(seen[name])}
        planned = plan(gate, seen, known)
        assert not waiting & {change.address for change in planned.effective if change.action == "delete"}
        waiting, known = waiting | {each.address for each in planned.held}, after(planned)


@given(gateways(), st.data())
@examples(300)
def test_a_bad_list_deletes_nothing_and_its_end_changes_nothing(gate: Gateway, data: st.DataObject) -> None:
    good = {name: data.draw(lists) for name in gate.endpoints}
    recorded = after(whole(plan(gate, good)))
    bad = good | {data.draw(one_of(tuple(gate.endpoints))): data.draw(failures)}
    assert plan(gate, bad, recorded).effective == ()
    assert plan(gate, good, recorded).effective == ()


@given(gateways(), lists, lists)
@examples(300)
def test_only_a_list_that_is_not_short_or_is_accepted_deletes(
    gate: Gateway, old: Observation, new: Observation
) -> None:
    """A time-out or an empty 200 taken as "no models", and everything deleted: OmniRoute PR#899, bifrost#5554."""
    recorded = after(plan(gate, dict.fromkeys(gate.endpoints, old)))
    planned = plan(gate, dict.fromkeys(gate.endpoints, new), recorded)
    for name in gate.endpoints:
        ids = ids_of(old) & _raw(recorded, name)
        gone = ids - ids_of(new)
        deleted = {
            change.address.model_id
            for change in planned.effective
            if change.action == "delete" and _on(change.address, name)
        }
        assert deleted <= gone
        admitted = set(gate.endpoints[name].discover.passing(ids, ids))
        missing = admitted & gone
        if missing and (missing == admitted or (len(missing) >= 2 and 3 * len(missing) > len(admitted))):
            assert not deleted


@given(worlds(), st.booleans())
@examples(300)
def test_a_default_always_names_a_model_that_is_there_for_its_purpose(
    world: tuple[Gateway, Seen, Recorded], all_in: bool
) -> None:
    """A default pointing at a model that is gone: pinchy#883, dify PR#42498."""
    gate, seen, recorded = world
    result = after(plan(gate, seen, recorded, accepting(gate) if all_in else NO_CONSENT))
    for at, each in result.items():
        if at.is_default:
            model = result[each.default_model]
            assert model.purpose == at.name


@given(worlds())
@examples(300)
def test_every_change_says_why_and_every_resource_has_its_endpoint(world: tuple[Gateway, Seen, Recorded]) -> None:
    gate, seen, recorded = world
    planned = plan(gate, seen, recorded)
    assert all(change.cause in ("config", "catalog") and change.reason for change in planned.effective)
    assert len({change.address for change in planned.changes}) == len(planned.changes)
    there = after(planned)
    assert all(Address(ENDPOINT, at.endpoint) in there for at in there if at.is_model)


def ids_of(seen: Observation) -> set[str]:
    return {model.id for model in seen.catalog.models} if isinstance(seen.catalog, Listed) else set()


def _on(at: Address, name: str) -> bool:
    return at.is_model and at.endpoint == name


def _raw(recorded: Recorded, name: str) -> set[str]:
    result = recorded.get(Address(ENDPOINT, name))
    return set(result.facts["listed"]) if result else set()
