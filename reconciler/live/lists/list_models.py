"""The requests for one endpoint's model list, with all pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from reconciler import address, codes
from reconciler.diagnostics import Diagnostic, note
from reconciler.live.auth_markers import has_auth_marker, is_about_key
from reconciler.live.fault import Fault
from reconciler.live.headers import headers_for
from reconciler.live.http.answer import Answer
from reconciler.live.http.client import HttpClient
from reconciler.live.http.limits import Bounds
from reconciler.live.leak_check import KeyTraces
from reconciler.live.lists.admit import is_usable
from reconciler.live.lists.ask_details import share_of, with_details
from reconciler.live.lists.continuation import next_url, says_more
from reconciler.live.lists.fair_share import ReadingPace
from reconciler.live.lists.pages import Page, Pages
from reconciler.live.outcome import NOT_FOUND, nonstandard, refused, unlisted, words
from reconciler.live.target import Target
from reconciler.live.urls import with_query, without_query
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.urls import join, reached, reaches


async def list_models(door: HttpClient, target: Target, deadline: float) -> Observation:
    """Test the connection and request the list. Every outcome is an observation, so no `Fault` is raised."""
    if target.preset.list_path is None:
        return _no_list(target)
    as_written, other = reaches(target.base_url)
    seen = await _at(door, target, as_written, deadline)
    if _elsewhere(seen):
        second = await _at(door, target, other, deadline)
        seen = seen if _elsewhere(second) else second
    if seen.status == "listed" and target.keys and target.preset.key_check:
        seen = await _key_checked(door, target, seen, deadline)
    if target.preset.details_path:
        seen = await _with_second_list(door, target, seen, deadline)
    request = target.dialect.detail_request
    return await with_details(door, target, seen, request=request, deadline=deadline) if request else seen


def _elsewhere(seen: Observation) -> bool:
    """Return whether the list may be at another URL: the base URL with `/v1` added or removed.

    HTTP 404 and a web page are signs of another URL.
    """
    return seen.code == codes.ENDPOINT_NOT_FOUND or seen.is_page


async def _at(door: HttpClient, target: Target, reach: str, deadline: float) -> Observation:
    dialect = target.dialect
    url = join(dialect.list_base(reached(target.base_url, reach)), target.preset.list_path or dialect.list_path)
    try:
        observation = await _Reading(door, target, deadline).all_pages(url)
    except Fault as fault:
        return unlisted(target, fault, url)
    return replace(observation, reach=reach) if reach and isinstance(observation.catalog, Listed) else observation


class _Reading:
    """The reading of one list, page by page."""

    def __init__(self, door: HttpClient, target: Target, deadline: float, bounds: Bounds | None = None) -> None:
        self._door, self._target, self._deadline, self._bounds = door, target, deadline, bounds or Bounds()
        self._pages, self._pace = Pages(), ReadingPace(door.reading)
        self._traces = KeyTraces(target.keys)

    async def all_pages(self, first: str) -> Observation:
        """Return the observation with the models of all pages, or with the error of the endpoint."""
        url: str | None = first
        self._pages.asked.add(first)
        while url:
            answer, page = await self._page(url)
            if not answer.is_success:
                return refused(self._target, answer)
            self._took(answer, page)
            url = self._next(first, page)
            if url is None and says_more(page.envelope, answer.headers, self._pages.entries, self._pages.count):
                return await self._further(answer, page, first)
        return _listed(self._target, self._pages, answer, first)

    async def _further(self, answer: Answer, page: Page, first: str) -> Observation:
        """Return the list after following the server's own links.

        Only a dialect without a rule for the next page needs the links.
        """
        while says_more(page.envelope, answer.headers, self._pages.entries, self._pages.count):
            url = next_url(page.envelope, answer.headers, answer.url)
            is_fit = url is not None and self._is_new(url) and not self._traces.are_in(url)
            followed = await self._guessed(url) if url and is_fit else None
            if followed is None:
                return _listed(self._target, self._pages, answer, first, is_partial=True)
            answer, page = followed
        return _listed(self._target, self._pages, answer, first)

    async def _guessed(self, url: str) -> tuple[Answer, Page] | None:
        """Request the page of a link. Return the response and the page.

        Return None if the link does not lead to a list. The earlier pages remain valid.
        """
        answer, page = await self._page(url)
        if not answer.is_success or not page.is_list:
            return None
        self._pages.took(page)
        return answer, page

    async def _page(self, url: str) -> tuple[Answer, Page]:
        pages: list[Page] = []

        def begin() -> Page:
            pages.append(Page(self._target.dialect, self._traces, self._pages, self._pace))
            return pages[-1]

        headers = headers_for(self._target, url)
        answer = await self._door.send(
            "GET", url, headers=headers, deadline=self._deadline, route=self._target.route, taker=begin,
            bounds=self._bounds,
        )  # fmt: skip
        page = pages[-1] if answer.is_success else begin()
        if answer.is_success:
            await page.end()
        return answer, page

    def _took(self, answer: Answer, page: Page) -> None:
        if not page.is_list and has_auth_marker(self._target.dialect, answer) and "error" in page.envelope:
            raise Fault(codes.INVALID_API_KEY, "The server returned HTTP 200, with an error that rejects the key.")
        if not page.is_list:
            raise nonstandard(self._target, answer)
        self._pages.took(page)

    def _next(self, first: str, page: Page) -> str | None:
        query = self._target.dialect.next_page(page.envelope, page.entries)
        if query is None:
            return None
        if not all(map(is_usable, query.values())):
            raise Fault(
                codes.NONSTANDARD_LIST, "The list's token for the next page contains characters that cannot be sent."
            )
        url = with_query(first, query)
        if not self._is_new(url):
            raise Fault(codes.NONSTANDARD_LIST, "The list's pages repeat.", "the server repeats a next-page token")
        return url

    def _is_new(self, url: str) -> bool:
        is_new = url not in self._pages.asked
        self._pages.asked.add(url)
        return is_new


def _listed(target: Target, pages: Pages, answer: Answer, url: str, is_partial: bool = False) -> Observation:
    """Return the observation of the whole list, with the URL of the first page."""
    models = tuple(pages.models.values())
    if pages.entries and not models:
        raise Fault(codes.NONSTANDARD_LIST, f"None of the list's {pages.entries} entries has a valid ID.")
    code = None if models else codes.NO_MODELS_RETURNED
    return Observation(
        status="listed" if models else "empty",
        catalog=Listed(models, is_partial=is_partial),
        code=code,
        http_status=answer.status,
        url=without_query(url),
        summary=words(code) if code else "",
        hint="" if models else "check that this key has access to models: the list can depend on the key",
        key_sent=target.key is not None,
        diagnostics=(_limits_ignored(target, pages.odd),) if pages.odd else (),
    )


def _limits_ignored(target: Target, entries: int) -> Diagnostic:
    of_how_many = "1 entry" if entries == 1 else f"{entries} entries"
    return note(
        codes.LIMITS_IGNORED,
        f"The list of endpoint.{target.name} has {of_how_many} with a limit that is not a number of tokens",
        detail="A limit is a whole number from 1 to 2^53. Other values are ignored.",
        hint=f"declare the limits: `{{id: …, context: 128000, output: 16000}}` under endpoints.{target.name}.models",
        address=address.endpoint(target.name),
    )


def _no_list(target: Target) -> Observation:
    detail = f"Preset `{target.preset.id}` has no model list, so the connection cannot be tested."
    by_chat = "run `gwctl test --chat` if the endpoint has a chat model"
    hint = "write `discover: false`" if target.discover else by_chat
    return unlisted(target, Fault(codes.ENDPOINT_NOT_FOUND, detail, hint), target.base_url)


async def _key_checked(door: HttpClient, target: Target, observation: Observation, deadline: float) -> Observation:
    """Return the observation after a check of the key. A public list does not show whether the key is valid."""
    url = join(reached(target.base_url, observation.reach), target.preset.key_check)
    if not target.may_have_key(url):
        return observation
    try:
        answer = await door.send("GET", url, headers=headers_for(target, url), deadline=deadline, route=target.route)
    except Fault as fault:
        return unlisted(target, fault, url)
    bad = answer.status >= 400 and answer.status not in NOT_FOUND and is_about_key(target.dialect, answer)
    return refused(target, answer) if bad else observation


async def _with_second_list(door: HttpClient, target: Target, seen: Observation, deadline: float) -> Observation:
    """Return the observation with the details of the preset's second list.

    If the second list cannot be fetched, the models stay as listed. The second list adds no model and changes no
    purpose, so a plan does not depend on the second list.
    """
    if not isinstance(seen.catalog, Listed) or not seen.catalog.models:
        return seen
    url = join(reached(target.base_url, seen.reach), target.preset.details_path)
    until = share_of(deadline)
    try:
        async with asyncio.timeout_at(until):
            second = await _Reading(door, target, until, Bounds(attempts=1)).all_pages(url)
    except (Fault, TimeoutError):
        return seen
    if not isinstance(second.catalog, Listed):
        return seen
    further = {model.id: model for model in second.catalog.models}
    models = tuple(model.keeping(further.get(model.id)) for model in seen.catalog.models)
    return replace(seen, catalog=replace(seen.catalog, models=models))
