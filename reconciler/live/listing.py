"""One endpoint's model list: every page of it, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler import jsontext
from reconciler.live.addressing import join, reached, reaches, with_query, without_query
from reconciler.live.dialects.dialect import Dialect
from reconciler.live.dialects.registry import LISTS
from reconciler.live.echo import carries
from reconciler.live.fault import Fault
from reconciler.live.headers import headers_for
from reconciler.live.http import Answer, Door
from reconciler.live.modellist import unique
from reconciler.live.outcome import NOT_FOUND, nonstandard, refused, unlisted, words
from reconciler.live.refusal import has_auth_marker
from reconciler.live.target import Target
from reconciler.resources.catalog import Listed, ListedModel, Observation

MOST = 100_000  # IDs


@dataclass
class _Pages:
    """What the pages so far held."""

    models: list[ListedModel] = field(default_factory=list)
    entries: int = 0
    asked: set[tuple[tuple[str, str], ...]] = field(default_factory=set)


async def list_models(door: Door, target: Target, deadline: float) -> Observation:
    """Test the connection and read the list; every outcome is a value, none an exception."""
    if target.preset.list_path is None:
        return _no_list(target)
    as_written, other = reaches(target.base_url)
    found = await _at(door, target, as_written, deadline)
    if _elsewhere(found):
        second = await _at(door, target, other, deadline)
        found = found if _elsewhere(second) else second
    if found.status == "listed" and target.keys and target.preset.key_check:
        return await _key_checked(door, target, found, deadline)
    return found


def _elsewhere(seen: Observation) -> bool:
    """Whether the list may be found with `/v1` added or taken away: nothing there, or a web page."""
    return seen.code == "ENDPOINT_NOT_FOUND" or (seen.code == "NONSTANDARD_LIST" and "(HTML)" in seen.detail)


async def _at(door: Door, target: Target, reach: str, deadline: float) -> Observation:
    dialect = LISTS[target.preset.dialect]
    url = join(reached(target.base_url, reach), target.preset.list_path or dialect.LIST_PATH)
    try:
        return await _all_pages(door, target, dialect, url, reach, deadline)
    except Fault as fault:
        return unlisted(target, fault, url)


async def _all_pages(
    door: Door, target: Target, dialect: Dialect, url: str, reach: str, deadline: float
) -> Observation:
    pages = _Pages()
    query: dict[str, str] = {}
    while True:
        answer = await door.send("GET", with_query(url, query), headers_for(target, url), deadline, target.route)
        if not 200 <= answer.status < 300:
            return refused(target, answer)
        page = _page(target, answer)
        _add(target, dialect, answer, page, pages)
        more = dialect.next_page(page) if isinstance(page, dict) else None
        if more is None:
            return _listed(target, pages, answer, reach)
        _never_twice(pages, more)
        query = more


def _page(target: Target, answer: Answer) -> Any:
    try:
        return jsontext.loads(answer.body)
    except ValueError:
        raise nonstandard(target, answer) from None


def _add(target: Target, dialect: Dialect, answer: Answer, page: Any, pages: _Pages) -> None:
    items = dialect.items(page)
    if items is None and isinstance(page, dict) and has_auth_marker(answer.body) and "error" in page:
        raise Fault("INVALID_API_KEY", "The server answers 200, and says that the key is not good.")
    if items is None:
        raise nonstandard(target, answer)
    models = [found for item in items if (found := dialect.model(item))]
    pages.models += models
    pages.entries += len(items)
    if any(carries(found.id, target.keys) for found in models):
        raise Fault("NONSTANDARD_LIST", "An ID of the list holds a key.", "do not trust this server with it")
    if len(pages.models) > MOST:
        raise Fault("NONSTANDARD_LIST", f"The list has more than {MOST} IDs.")


def _never_twice(pages: _Pages, query: dict[str, str]) -> None:
    asked = tuple(sorted(query.items()))
    if asked in pages.asked:
        raise Fault("NONSTANDARD_LIST", "The list's pages go in a circle.", "the server repeats a next-page token")
    pages.asked.add(asked)


def _listed(target: Target, pages: _Pages, answer: Answer, reach: str) -> Observation:
    models = unique(pages.models)
    if pages.entries and not models:
        raise Fault("NONSTANDARD_LIST", f"None of the list's {pages.entries} entries has an ID that can be used.")
    code = None if models else "NO_MODELS_RETURNED"
    return Observation(
        "listed" if models else "empty",
        Listed(models),
        code,
        answer.status,
        without_query(answer.url),
        reach=reach,
        summary=words(code) if code else "",
        hint="" if models else "the list may depend on the key: is this one allowed any model?",
        key_sent=target.key is not None,
    )


def _no_list(target: Target) -> Observation:
    detail = f"Preset `{target.preset.id}` has no model list, so the connection cannot be tested."
    return unlisted(target, Fault("ENDPOINT_NOT_FOUND", detail, "write `discover: false`"), target.base_url)


async def _key_checked(door: Door, target: Target, found: Observation, deadline: float) -> Observation:
    """A public list proves no key: ask where a bad one fails."""
    url = join(reached(target.base_url, found.reach), target.preset.key_check)
    if not target.may_have_key(url):
        return found
    try:
        answer = await door.send("GET", url, headers_for(target, url), deadline, target.route)
    except Fault as fault:
        return unlisted(target, fault, url)
    bad = answer.status in (401, 403) or (answer.status >= 400 and has_auth_marker(answer.body))
    return refused(target, answer) if bad and answer.status not in NOT_FOUND else found
