"""A list that says it is only a page: followed on its own origin, else partial, in every dialect."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.live.dialect import dialect_of
from reconciler.live.lists.continuation import says_more
from reconciler.presets.dialects import DIALECTS
from reconciler.resources.observation import Listed
from tests.live.test_gate import look, page
from tests.support.scripted import Reply, Request

WITH_FIELDS = [name for name in DIALECTS if dialect_of(name).containers]
SIGNS: list[dict[str, Any]] = [
    {"has_more": True},
    {"has_more": True, "last_id": None},
    {"hasMore": "true"},
    {"has_next": 1},
    {"next_page": 2},
    {"nextPage": "abc"},
    {"next_token": "abc"},
    {"NextToken": "abc"},
    {"next_cursor": "abc"},
    {"next": "https://elsewhere.example/models?page=2"},
    {"next": "not a link"},
    {"nextLink": "https://elsewhere.example/"},
    {"@odata.nextLink": "https://elsewhere.example/"},
    {"total": 8},
    {"total_count": "8"},
    {"totalItems": 8},
    {"total_pages": 2},
    {"pageCount": 2},
    {"last": False},
    {"pagination": {"total": 8}},
    {"meta": {"pagination": {"total_pages": 2}}},
    {"page_info": {"hasNextPage": True, "endCursor": "x"}},
    {"links": {"next": {"href": "https://elsewhere.example/"}}},
    {"_links": [{"rel": "next", "href": "https://elsewhere.example/"}]},
    {"paging": {"next": "https://elsewhere.example/"}},
]
ENDS: list[dict[str, Any]] = [
    {},
    {"has_more": False, "last_id": "b", "first_id": "a"},
    {"has_more": None},
    {"next": None, "next_page_token": "", "nextPageToken": ""},
    {"next": False, "next_page": 0},
    {"total": 2, "count": 2},
    {"total": None, "page": 1, "pages": 1},
    {"page": 0, "totalPages": 1, "last": True},
    {"pagination": {"page": 1, "total_pages": 1, "next": None}},
    {"links": {"next": None, "last": "https://elsewhere.example/?page=1"}},
    {"total": True},
    {"total": "9" * 4000},
    {"total": 10**40},
    {"object": "list", "created": 1700000000, "usage": {"total": 900}},
]
LINKS = [
    ('<https://elsewhere.example/models?page=2>; rel="next"', True),
    ("<https://elsewhere.example/?page=1>; rel=prev, <https://elsewhere.example/?page=3>; rel=next", True),
    ('<https://elsewhere.example/?a=1,2>; title="x"; rel="last next"', True),
    ('<https://elsewhere.example/>; rel="first"', False),
    ('<https://elsewhere.example/next>; rel="nextish"', False),
    ("garbage", False),
]


@pytest.mark.parametrize("dialect", WITH_FIELDS)
@pytest.mark.parametrize("sign", SIGNS, ids=str)
def test_every_sign_of_more_makes_a_list_partial_in_every_dialect(server, dialect: str, sign: dict[str, Any]) -> None:
    """Codewhale#6009, unity-gateway#680."""
    seen = look(server, dialect, page(dialect, ["a", "b"], **sign))
    assert isinstance(seen.catalog, Listed), seen
    assert ([model.id for model in seen.catalog.models], seen.catalog.is_partial) == (["a", "b"], True)


@pytest.mark.parametrize("dialect", WITH_FIELDS)
@pytest.mark.parametrize("sign", ENDS, ids=lambda each: str(each)[:60])
def test_the_end_of_a_list_is_its_end(server, dialect: str, sign: dict[str, Any]) -> None:
    catalog = look(server, dialect, page(dialect, ["a", "b"], **sign)).catalog
    assert (len(catalog.models), catalog.is_partial) == (2, False)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("link", "more"), LINKS)
def test_the_headers_say_it_as_well(server, dialect: str, link: str, more: bool) -> None:
    catalog = look(server, dialect, page(dialect, ["a", "b"]), headers={"Link": link}).catalog
    assert (len(catalog.models), catalog.is_partial) == (2, more)


@pytest.mark.parametrize("name", ["X-Total-Count", "X-Total", "X-Next-Page"])
def test_counts_in_headers(server, name: str) -> None:
    assert look(server, "openai", page("openai", ["a", "b"]), headers={name: "8"}).catalog.is_partial
    assert not says_more({}, {name.lower(): ""}, 2, 1)


@pytest.mark.parametrize("way", ["next", "links", "link", "relative", "path", "after"])
def test_links_to_the_same_origin_are_followed_to_the_end(server, way: str) -> None:
    def answer(request: Request) -> Reply:
        number = int((request.query.get("p") or request.query.get("after") or ["0"])[0])
        body: dict[str, Any] = {"data": [{"id": f"m{number}"}], "total": 3}
        there, headers = f"{server.url}/v1/models?p={number + 1}", {}
        if number < 2:
            more: dict[str, dict[str, Any]] = {
                "next": {"next": there},
                "links": {"links": {"next": {"href": there}}},
                "relative": {"next": f"?p={number + 1}"},
                "path": {"next_page_url": f"/v1/models?p={number + 1}"},
                "after": {"has_more": True, "last_id": str(number + 1)},
            }
            body |= more.get(way, {})
            headers = {"Link": f'<{there}>; rel="next"'} if way == "link" else {}
        return Reply(body=body, headers=headers)

    result = look(server, "openai", b"")
    server.routes["/v1/models"] = answer
    result = _again(server)
    assert [model.id for model in result.catalog.models] == ["m0", "m1", "m2"]
    assert not result.catalog.is_partial


def test_a_link_elsewhere_is_not_followed_and_gets_no_key(server, servers) -> None:
    other = servers()
    other.lists("stolen", path="/v1/models")
    for link in (other.url, f"//127.0.0.1:{other.port}/v1/models", f"http://localhost:{other.port}/v1/models"):
        catalog = look(server, "openai", page("openai", ["a"], next=link)).catalog
        assert (len(catalog.models), catalog.is_partial, other.requests) == (1, True, [])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404, body=b""),
        Reply(status=500, body=b""),
        Reply(status=200, body="<html>"),
        Reply(status=401, body=b""),
    ],
)
def test_what_a_link_leads_to_says_nothing_against_what_came(server, reply: Reply) -> None:
    look(server, "openai", b"")
    first = Reply(body=page("openai", ["a"], has_more=True, last_id="a"))
    server.routes["/v1/models"] = lambda request: reply if request.query else first
    catalog = _again(server).catalog
    assert ([model.id for model in catalog.models], catalog.is_partial) == (["a"], True)


@pytest.mark.parametrize(
    "sign", [{"next": "/v1/models"}, {"has_more": True, "last_id": "a"}, {"next": "/v1/models?p=1"}]
)
def test_links_in_a_circle_end_as_a_partial_list(server, sign: dict[str, Any]) -> None:
    catalog = look(server, "openai", page("openai", ["a"], **sign)).catalog
    assert ([model.id for model in catalog.models], catalog.is_partial) == (["a"], True)
    assert len(server.requests) <= 3


def _again(server: Any) -> Any:
    from reconciler.live.observe import observe
    from reconciler.live.target import Target
    from reconciler.presets.preset import Preset

    target = Target(
        name="it", base_url=f"{server.url}/v1", preset=Preset(id="", key="optional"), headers=(), timeout=20.0, key=None
    )
    return observe([("it", lambda: target)])["it"]
