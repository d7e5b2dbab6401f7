"""The pages of one list: the models from earlier pages, and the page that is being read."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from reconciler import codes
from reconciler.live.dialect import Dialect
from reconciler.live.fault import Fault
from reconciler.live.leak_check import KeyTraces
from reconciler.live.lists.admit import admitted
from reconciler.live.lists.fair_share import ReadingPace
from reconciler.live.lists.json_walk import ROOT, JsonWalk, NotJson
from reconciler.resources.observation import ListedModel
from reconciler.values import dataclass

MOST = 100_000  # entries of a list
LARGEST = 32 * 1024 * 1024  # bytes of a list, all its pages together
_GUESSED = ("id", "assumed")  # the sources of a purpose if no field of the entry names the purpose
_EXPLAINS = ("message", "msg", "detail", "status_msg")

Models = dict[str, ListedModel]


def add(models: Models, model: ListedModel) -> None:
    """Add a model to `models`. Each ID is kept once.

    An entry with an explicit purpose replaces an entry without a purpose. Details that are missing in one entry come
    from the other entry.
    """
    before = models.get(model.id)
    if before is None:
        models[model.id] = model
        return
    is_better = before.purpose_source in _GUESSED and model.purpose_source not in _GUESSED
    models[model.id] = model.keeping(before) if is_better else before.keeping(model)


@dataclass(kw_only=True)
class Pages:
    """The content of the pages that were read."""

    models: Models = field(default_factory=dict)
    entries: int = 0
    odd: int = 0  # entries with a limit that was ignored
    size: int = 0
    count: int = 0
    asked: set[str] = field(default_factory=set)

    def took(self, page: Page) -> None:
        """Add a page to the content of the list."""
        for model in page.models:
            add(self.models, model)
        self.entries += page.entries
        self.odd += page.odd
        self.size += page.size
        self.count += 1


class Page:
    """The page of a list that is being read. The limits apply to this page and all earlier pages together."""

    def __init__(self, dialect: Dialect, traces: KeyTraces, before: Pages, pace: ReadingPace) -> None:
        self.size = 0
        self.is_json = True
        self._dialect, self._traces, self._before, self._pace = dialect, traces, before, pace
        self._found: dict[str, tuple[Models, list[int]]] = {}
        self._counting: list[tuple[Models, list[int]]] = []  # at the end of the page: of the arrays that are the list
        streams = [name for group in dialect.containers for name in group]
        self._walk = JsonWalk(streams, self._begin, self._add)

    async def take(self, data: bytes, /) -> bool:
        """Parse the data of the page. Return False if the page is not JSON."""
        return await self._feed(data, ended=False)

    async def end(self) -> None:
        """Parse the rest of the page."""
        await self._feed(b"", ended=True)
        groups = ((ROOT,), *self._dialect.containers)
        there = ([self._found[name] for name in group if name in self._found] for group in groups)
        self._counting = next((found for found in there if found), [])

    @property
    def envelope(self) -> dict[str, Any]:
        """The fields of the page other than its entries."""
        return self._walk.envelope

    @property
    def is_list(self) -> bool:
        """Return whether the page is a list of models, which may be empty."""
        if not self.is_json:
            return False
        if self._counting:
            return self.entries > 0 or not self._is_error()
        return self._is_null() or (self._dialect.may_be_bare and not self.envelope)

    @property
    def models(self) -> list[ListedModel]:
        """The models on the page."""
        return [model for models, _ in self._counting for model in models.values()]

    @property
    def entries(self) -> int:
        """The number of entries on the page, with or without a usable ID."""
        return sum(count[0] for _, count in self._counting)

    @property
    def odd(self) -> int:
        """The number of entries on the page with a limit that was ignored."""
        return sum(count[1] for _, count in self._counting)

    def _is_null(self) -> bool:
        """Return whether the page is `{"data": null}` without an error.

        Servers written in Go send this text for an empty list.
        """
        names = [name for group in self._dialect.containers for name in group]
        explained = self._is_error() or any(self.envelope.get(explain) for explain in _EXPLAINS)
        return not explained and any(name in self.envelope and self.envelope[name] is None for name in names)

    def _is_error(self) -> bool:
        """Return whether the page reports an error. Such a page is not an empty list."""
        return self.envelope.get("success") is False or any(self.envelope.get(name) for name in ("error", "errors"))

    def _begin(self, name: str) -> None:
        self._found[name] = ({}, [0, 0])

    def _add(self, name: str, entry: Any) -> None:
        models, count = self._found[name]
        count[0] += 1
        if self._before.entries + count[0] > MOST:
            raise Fault(codes.NONSTANDARD_LIST, f"The list has more than {MOST} entries.")
        passed = admitted(self._dialect, entry)
        if passed is None:
            return
        if self._traces.are_in(passed.model.id):
            raise Fault(codes.NONSTANDARD_LIST, "An ID in the list contains a key.", "do not send keys to this server")
        count[1] += passed.is_odd
        add(models, passed.model)

    async def _feed(self, data: bytes, ended: bool) -> bool:
        self.size += len(data)
        if self._before.size + self.size > LARGEST:
            raise Fault(codes.NONSTANDARD_LIST, f"The list is larger than {LARGEST // 1024 // 1024} MiB.")
        try:
            if self.is_json:
                await self._pace.through(self._walk.feed(data, ended))
        except NotJson:
            self.is_json = False
        return self.is_json
