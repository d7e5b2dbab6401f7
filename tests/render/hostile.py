"""Text that nobody would make up, and worlds that are full of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from reconciler.address import DEFAULT, Address, endpoint, model
from reconciler.diagnostics import Source, diagnostic
from reconciler.plan.change import Change, Difference, HeldModel, Plan
from reconciler.render.tree import AttributeDiff, Document, Facets, Group, Line, Mark, Section, Span, Table
from reconciler.resources.attributes import DefaultAttributes, ModelAttributes
from reconciler.resources.observation import Observation, Unlisted
from reconciler.resources.resource import Resource
from tests.plan.world import listed
from tests.support.attributes import endpoint_attributes

HOSTILE = (
    "a|b",
    "a\\|b",
    "`x`",
    "``",
    "`" * 50,
    "`" * 90 + "x",
    " `",
    "<img src=x onerror=alert(1)>",
    "<script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "' onmouseover='window.pwned=1",
    "</code></pre></details><b>",
    "<details><summary>",
    "--> <!-- -->",
    "@everyone",
    "@org/team",
    "#1",
    "org/repo#1",
    "GH-1",
    "JIRA-12",
    "]()",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "[ ] todo",
    "[^1]",
    "[^1]: note",
    "https://evil.example/?a=b&c=d",
    "www.evil.example",
    "mail@evil.example",
    "deadbeef",
    "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
    ":smile:",
    "$math$",
    "```math",
    "~~~",
    "**bold** __b__ *i* _i_ ~~s~~",
    "&lt;b&gt; &amp; &#64;everyone",
    "two\nlines\r\n\n# heading",
    "tab\there",
    "back\\slash\\",
    "\u202eright to left\u2066",
    "zero\u200bwidth\ufeff",
    "\x1b[31mred",
    "\ud800",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "---",
    "| a | b |",
    "/close",
    "${{ secrets.X }}",
    " leading and trailing ",
    "größe-日本語-🦙",
    "x" * 400,
    "x" * 5000,
    "javascript:alert(1)",
)

pieces = st.sampled_from(HOSTILE) | st.text(max_size=12) | st.text("`|\\<>@#$:&*_[]()!~-+=. \n/w1a", max_size=12)
texts = st.lists(pieces, min_size=1, max_size=3).map("".join)
roles = st.sampled_from(["plain", "strong", "dim", "code", "name", "create", "delete", "held", "error", "note", "good"])
spans = st.builds(Span, texts, roles)
titles = st.lists(spans, max_size=3).map(tuple)
differing = st.builds(AttributeDiff, texts, st.none() | texts, st.none() | texts)
facets = st.none() | st.builds(Facets, texts, texts, texts)
leaves = st.builds(Line, titles, st.lists(differing, max_size=2).map(tuple), facets)
lines = st.builds(Line, titles, st.lists(leaves | differing, max_size=5).map(tuple), facets)
groups = st.builds(Group, titles, st.lists(lines, max_size=4).map(tuple), st.booleans())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    header = draw(st.lists(texts, min_size=1, max_size=3))
    rows = st.lists(spans, min_size=len(header), max_size=len(header)).map(tuple)
    return Table(tuple(header), tuple(draw(st.lists(rows, max_size=4))), frozenset({1}))


blocks = st.lists(lines | groups | tables() | st.builds(Mark, texts), min_size=1, max_size=5).map(tuple)
documents: st.SearchStrategy[Document] = st.lists(
    st.builds(Section, blocks, titles, st.booleans(), st.just("delete")), max_size=5
).map(tuple)


def change(action: str, name: str, model_id: str, reason: str = "no longer listed by the endpoint") -> Change:
    """One change of one model."""
    at = model(name, model_id)
    before = Resource(at, ModelAttributes(purpose="chat")) if action != "create" else None
    after = Resource(at, ModelAttributes(purpose="image")) if action in ("create", "update") else None
    diff = (Difference("purpose", "chat", "image"),) if action == "update" else ()
    return Change(address=at, action=action, cause="catalog", reason=reason, before=before, after=after, diff=diff)


def plan_with(*changes: Change, name: str = "acme", held: tuple[HeldModel, ...] = ()) -> Plan:
    """A plan of these changes."""
    seen = dict.fromkeys(
        dict.fromkeys(change.address.endpoint for change in changes if change.address.endpoint), listed("m")
    )
    return Plan(
        name=name,
        lineage="6f0c1c3e-0000-4000-8000-000000000000",
        serial=3,
        config_digest="sha256:0",
        complete=True,
        changes=changes,
        held=held,
        blocked=(),
        observations=seen,
    )


def hostile_plan(ids: list[str], words: str) -> Plan:
    """Every ID deleted, created, updated and held; the words in every text that comes from elsewhere."""
    changes = [change(action, "a", each, words) for action in ("delete", "create", "update") for each in ids]
    at = endpoint("b")
    old, new = {"base_url": words, "headers": {words: words}}, {"base_url": ids[0], "headers": {}}
    diff = tuple(Difference(key, old[key], new[key]) for key in old)
    changes.append(
        Change(
            address=at,
            action="update",
            cause="config",
            reason=words,
            before=Resource(at, endpoint_attributes(**old)),
            after=Resource(at, endpoint_attributes(**new)),
            diff=diff,
        )
    )
    default = Address(DEFAULT, "chat")
    changes.append(
        Change(
            address=default,
            action="delete",
            cause="config",
            reason=words,
            before=Resource(default, DefaultAttributes(model=f"a/{ids[0]}")),
            after=None,
        )
    )
    said = tuple(
        diagnostic(
            severity,
            "SOME_CODE",
            words,
            detail=words,
            hint=f"try `{ids[0]}`",
            address=f"model.a/{ids[0]}",
            source=Source(words, 1, 2),
        )
        for severity in ("error", "warning", "note")
    )
    down = Observation(
        status="unlisted",
        catalog=Unlisted("UNREACHABLE", words),
        code="UNREACHABLE",
        http_status=500,
        url=words,
        latency_ms=12,
        reach="",
        summary=words,
        detail=words,
    )
    plan = plan_with(*changes, name=words, held=tuple(HeldModel(model("a", each), words) for each in ids))
    return replace(plan, diagnostics=said, observations=dict(plan.observations) | {"b": down})
