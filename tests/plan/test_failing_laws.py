"""Laws of plans in which something fails: it costs itself, and deletes nothing beside it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler import address
from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.plan.change import Plan
from reconciler.plan.consents import Consents
from reconciler.resources.observation import Listed, Observation, Unlisted
from reconciler.resources.resource import Recorded
from reconciler.secrets.reference import EnvReference
from tests.plan.test_laws import any_gateway, bad_keys, bad_lists, declared, lists
from tests.plan.world import after, codes, endpoint, gateway, listed, not_asked, plan, plan_to_apply, unlisted
from tests.support.laws import examples

URLS = ("https://one.example", "https://two.example/v1")
failing = bad_keys | st.sampled_from(
    [
        unlisted(),
        unlisted("SERVER_ERROR", 503),
        not_asked("OFFLINE"),
        not_asked("KEY_WITHHELD"),
        Observation(
            status="unlisted",
            catalog=Unlisted("LOCK_OUT_OF_DATE", "no list"),
            code="LOCK_OUT_OF_DATE",
            summary="no list",
        ),
        Observation(status="listed", catalog=Listed(listed("gpt-4o").catalog.models, is_partial=True), http_status=200),  # type: ignore[union-attr]
    ]
)
answers = lists | failing
any_answers = lists | bad_lists | failing
urls = st.sampled_from(URLS)
keys = st.sampled_from([None, EnvReference("ONE"), EnvReference("TWO")])


@st.composite
def placed(draw: st.DrawFn) -> Gateway:
    """Endpoints that share base URLs and references, under any names."""
    gate = draw(any_gateway)
    document = {
        name: replace(endpoint, base_url=draw(urls), key=draw(keys)) for name, endpoint in gate.endpoints.items()
    }
    return replace(gate, endpoints=document)


def recorded_of(gate: Gateway, data: st.DataObject) -> Recorded:
    return after(plan(gate, {name: data.draw(lists) for name in gate.endpoints}))


def gone(plan: Plan) -> set[Address]:
    return {change.address for change in plan.changes if change.action in ("delete", "forget")}


def alike(gate: Gateway, name: str, recorded: Recorded) -> set[str]:
    """The recorded endpoints whose place that endpoint of the file takes in everything."""
    new = gate.endpoints[name].attributes
    wanted = (new.base_url.removesuffix("/v1"), new.key)
    return {
        at.name
        for at, resource in recorded.items()
        if at.is_endpoint and (resource.as_endpoint.base_url.removesuffix("/v1"), resource.as_endpoint.key) == wanted
    }


@given(placed(), placed(), st.data(), st.booleans())
@examples(300)
def test_nothing_of_an_endpoint_goes_whose_lookalike_failed(
    earlier: Gateway, gate: Gateway, data: st.DataObject, applying: bool
) -> None:
    recorded = recorded_of(earlier, data)
    seen = {name: data.draw(answers) for name in gate.endpoints}
    gate = replace(
        gate,
        endpoints={
            name: replace(endpoint, discover=replace(endpoint.discover, enabled=True))
            for name, endpoint in gate.endpoints.items()
        },
    )
    result = (plan_to_apply if applying else plan)(gate, seen, recorded)
    for name in gate.endpoints:
        if isinstance(seen[name].catalog, Listed) and not seen[name].catalog.is_partial:
            continue
        kept = alike(gate, name, recorded) - gate.endpoints.keys()
        assert not [at for at in gone(result) if at.endpoint in kept]


@given(placed(), placed(), st.data())
@examples(300)
def test_no_endpoint_is_left_only_by_name(earlier: Gateway, gate: Gateway, data: st.DataObject) -> None:
    """A state never loses its last endpoint unasked, nor most of several: octodns PR#207."""
    recorded = recorded_of(earlier, data)
    planned = plan(gate, {name: data.draw(any_answers) for name in gate.endpoints}, recorded)
    before = {at for at in recorded if at.is_endpoint}
    going = gone(planned) & before
    if going and (going == before or (len(going) >= 2 and 2 * len(going) > len(before))):
        assert planned.stopped
        named = Consents(deletes=frozenset(at.name for at in going))
        assert not plan(gate, dict(planned.observations), recorded, named).stopped


@given(placed(), placed(), st.data())
@examples(300)
def test_a_default_whose_candidates_are_not_there_is_not_deleted_with_its_model(
    earlier: Gateway, gate: Gateway, data: st.DataObject
) -> None:
    recorded = recorded_of(earlier, data)
    seen = {name: data.draw(any_answers) for name in gate.endpoints}
    planned = plan(gate, seen, recorded)
    addresses = {
        diagnostic.address
        for diagnostic in planned.diagnostics
        if diagnostic.code in ("DEFAULT_NOT_FOUND", "DEFAULT_UNKNOWN")
    }
    for at in gone(planned):
        if str(at) in addresses:  # only where its model is there for another purpose now
            model = recorded[at].default_model
            assert model in after(planned)
            assert after(planned)[model].purpose != at.name


@given(placed(), placed(), st.data())
@examples(300)
def test_what_stays_goes_on_staying_and_goes_when_it_is_named(
    earlier: Gateway, gate: Gateway, data: st.DataObject
) -> None:
    recorded = recorded_of(earlier, data)
    seen = {name: data.draw(answers) for name in gate.endpoints}
    first = plan(gate, seen, recorded)
    known = after(first)
    if first.stopped or "NOT_REPLACED" not in codes(first):
        return
    again = plan(gate, seen, known)
    assert again.effective == ()
    leaving = {at.name for at in known if at.is_endpoint} - gate.endpoints.keys()
    named = plan(gate, seen, known, Consents(deletes=frozenset(leaving)))
    assert not {at.name for at in after(named) if at.is_endpoint} & leaving


@given(declared, lists)
@examples(100)
def test_a_rename_that_says_so_loses_nothing(models: list[str], seen: Observation) -> None:
    old = gateway(endpoint("a", *models))
    recorded = after(plan(old, {"a": seen}))
    new = replace(gateway(endpoint("b", *models), moved=(("endpoint.a", "endpoint.b"),)))
    planned = plan(new, {"b": seen}, recorded)
    assert not gone(planned)
    assert len(after(planned)) == len(recorded)


def test_an_endpoint_that_a_short_list_keeps_is_not_deleted_by_the_next_plan() -> None:
    url = "https://one.example"
    old = gateway(replace(endpoint("b", discover=False), base_url=url))
    new = gateway(replace(endpoint("a", key=EnvReference("ONE")), base_url=url))
    recorded = after(plan(old, {"b": listed("gpt-4o")}))
    seen = {"a": listed("gpt-4o-mini")}
    for _ in range(3):
        planned = plan(new, seen, recorded)
        assert "NOT_REPLACED" in codes(planned)
        assert not gone(planned)
        recorded = after(planned)
    assert planned.effective == ()
    assert gone(plan(new, {"a": listed("gpt-4o-mini", "gpt-4o")}, recorded)) == {address.endpoint("b")}
    assert gone(plan(new, seen, recorded, Consents(deletes=frozenset({"b"})))) == {address.endpoint("b")}
