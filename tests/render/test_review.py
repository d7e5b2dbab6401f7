"""A plan as it is reviewed: every kind of change in its words, and the arrangement, told by the text renderer."""

from __future__ import annotations

from dataclasses import replace

from reconciler.address import DEFAULT, KEY, Address, endpoint, model
from reconciler.diagnostics import note, warning
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Action, Change, Difference, HeldModel
from reconciler.render.formats.html.page import to_html
from reconciler.render.formats.markdown.document import to_markdown
from reconciler.render.formats.text import to_text
from reconciler.render.views.review.document import review_view
from reconciler.resources.attributes import DefaultAttributes, ModelAttributes
from reconciler.resources.observation import Observation, Unlisted, skipped
from reconciler.resources.resource import Resource
from tests.plan.world import listed
from tests.render.hostile import change, plan_with
from tests.support.attributes import endpoint_attributes

KEY = Resource(Address(KEY, "a"), {"service": "gwctl", "account": "a"})
NEW = endpoint_attributes(key={"env": "K"})


def reviewed(*changes: Change, **more: object) -> list[str]:
    return to_text(review_view(replace(plan_with(*changes), **more))).splitlines()


def of_key(action: Action, reason: str) -> Change:
    return Change(address=KEY.address, action=action, cause="key", reason=reason, before=KEY, after=KEY)


def test_every_kind_of_change_in_its_words() -> None:
    at = Address(DEFAULT, "chat")
    shown = reviewed(
        change("delete", "a", "old"),
        change("update", "a", "changed", "purpose read from the list's `mode`"),
        of_key("create", "adopted"),
        Change(
            address=endpoint("a"),
            action="create",
            cause="config",
            reason="in the gateway file",
            before=None,
            after=Resource(endpoint("a"), NEW),
        ),
        Change(
            address=endpoint("b"),
            action="forget",
            cause="config",
            reason="in `removed` with `keep`",
            before=Resource(endpoint("b"), NEW),
            after=None,
        ),
        Change(
            address=at,
            action="delete",
            cause="catalog",
            reason="no chat model is left",
            before=Resource(at, DefaultAttributes(model="a/old")),
            after=None,
        ),
        Change(
            address=model("b", "m"),
            action="forget",
            cause=None,
            reason="",
            before=Resource(model("b", "m"), ModelAttributes(purpose="chat")),
            after=None,
        ),
    )
    assert "acme: 2 to create, 1 to update, 2 to delete, 2 to forget" in shown
    assert "2 to delete, 2 to forget" in shown
    assert "1 to update, 2 to create" in shown
    for line in (
        "  delete chat model old (catalog: no longer listed by the endpoint)",
        "  update image model changed: chat → image (catalog: purpose read from the list's `mode`)",
        "  create key a in the keychain as gwctl/a (key: adopted)",
        "  create endpoint a (config: in the gateway file)",
        "    base_url: (none) → https://a.example",
        "    key: (none) → {env: K}",
        "  forget endpoint b at https://a.example (config: in `removed` with `keep`)",
        "  delete default chat: a/old (catalog: no chat model is left)",
        "  forget chat model m",
    ):
        assert line in shown, line
    assert not any("timeout" in line or "headers" in line for line in shown)


def test_both_sides_of_what_differs_are_told() -> None:
    differences = (Difference("base_url", "https://a", "https://b"), Difference("proxy", None, "http://p"))
    both = Resource(endpoint("a"), NEW)
    shown = reviewed(
        Change(
            address=endpoint("a"),
            action="update",
            cause="config",
            reason="changed",
            before=both,
            after=both,
            diff=differences,
        )
    )
    assert shown[-2:] == ["    base_url: https://a → https://b", "    proxy: (none) → http://p"]


def test_what_goes_is_first_and_what_is_said_is_last() -> None:
    down = Observation(
        status="unlisted",
        catalog=Unlisted("SERVER_ERROR", "x"),
        code="SERVER_ERROR",
        http_status=503,
        url="https://b/models",
        latency_ms=1500,
    )
    shown = reviewed(
        change("create", "a", "new"),
        change("delete", "a", "old"),
        held=(HeldModel(model("a", "kept"), "a short list"),),
        observations={"a": listed("m", "n"), "b": down, "c": skipped("OFFLINE", "Not asked")},
        diagnostics=(
            note("N", "a note"),
            warning("W", "a warning", detail="its detail", hint="its hint", address=endpoint("a")),
        ),
        blocked=(endpoint("c"),),
    )
    order = ["1 to delete", "Endpoints", "1 to create", "Held", "Warnings", "Notes"]
    assert [line for line in shown if line in order] == order
    assert "1 warning, 0 unchanged, 1 held, 1 new endpoint not applied, incomplete." in shown
    table = [line.split() for line in shown if line.startswith(("a  ", "b  ", "c  "))]
    assert table == [
        ["a", "listed", "2", "http://h:4000/models"],
        ["b", "unlisted", "1.5", "s", "SERVER_ERROR", "(HTTP", "503)", "https://b/models"],
        ["c", "skipped", "OFFLINE"],
    ]
    assert "a: 1 model, a short list; to delete them: --accept-catalog a" in shown
    assert shown[shown.index("warning a warning endpoint.a W") :][:3] == [
        "warning a warning endpoint.a W",
        "  its detail",
        "  hint: its hint",
    ]


def test_a_plan_that_is_stopped_says_so_first() -> None:
    assert "Blocked until the deletes are allowed, 0 unchanged." in reviewed(change("delete", "a", "m"), stopped=True)


PAIRS = (
    CarriedPair(
        endpoint="a",
        what="key",
        secret="env K",
        origin="https://a.example",
        path="",
        proxy="http://proxy.example:1",
        ca_file="ca.pem",
    ),
    CarriedPair(endpoint="a", what="header X", secret="file 't | <b>@all'", origin="https://a.example"),
)


def test_every_secret_that_a_plan_carries_is_told_with_its_place() -> None:
    shown = reviewed(change("create", "a", "new"), pairs=PAIRS)
    assert "Secrets" in shown
    assert (
        "  endpoint.a, key: env K → https://a.example through the proxy http://proxy.example:1 trusting the CA ca.pem"
        in shown
    )
    assert "Secrets" not in reviewed(change("create", "a", "new"))


def test_every_review_format_lists_them_and_none_lets_them_speak_it() -> None:
    view = review_view(replace(plan_with(change("create", "a", "new")), pairs=PAIRS))
    markdown, html = to_markdown(view), to_html(view, "plan")
    for each in (markdown, html):
        assert "endpoint.a" in each
        assert "https://a.example through the proxy http://proxy.example:1 trusting the CA ca.pem" in each
        assert ", header X: " in each
    assert "<b>" not in html
    assert "`file 't | <b>@all'`" in markdown


def test_many_pairs_are_folded_and_none_is_lost() -> None:
    many = tuple(
        CarriedPair(endpoint=f"e{number}", what="key", secret=f"env K{number}", origin=f"https://h{number}.example")
        for number in range(30)
    )
    page = to_markdown(review_view(replace(plan_with(), pairs=many)))
    assert "<details><summary>30 secrets that the plan can send</summary>" in page
    assert all(f"https://h{number}.example" in page for number in range(30))
