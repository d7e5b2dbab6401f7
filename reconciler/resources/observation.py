"""The result of contacting an endpoint, with the endpoint's catalog. The catalog is the model list at that moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from reconciler import codes
from reconciler.address import Purpose
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic
from reconciler.resources.attributes import ModelDetails
from reconciler.values import dataclass

Status = Literal["listed", "empty", "unlisted", "skipped"]

# With these codes the key is at fault, not the list: the endpoint is left as recorded.
KEY_CODES = frozenset(
    {codes.INVALID_API_KEY, codes.MISSING_API_KEY, codes.KEY_UNREADABLE, codes.KEY_COMMAND_CHANGED, codes.KEY_MALFORMED}
)
# A plan may have these codes; an apply may not.
OPEN_CODES = frozenset({codes.MISSING_API_KEY, codes.KEY_WITHHELD})
# With these codes the lock file should have the list but cannot be used: the endpoint is left as recorded, too.
LOCK_CODES = frozenset({codes.LOCK_OUT_OF_DATE, codes.LOCK_BROKEN})


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model of a list, and the source of the model's purpose."""

    id: str
    purpose: Purpose
    purpose_source: str  # the name of a field such as `mode`, `id` (a pattern of the ID), or `assumed`
    details: ModelDetails | None = None  # None: they were not read, in an older record

    def keeping(self, before: ListedModel | None) -> ListedModel:
        """Return the model. Details that are not known come from the model `before` in another list."""
        if before is None or before.details is None:
            return self
        return replace(self, details=self.details.over(before.details) if self.details else before.details)


@dataclass(frozen=True)
class Listed:
    """A fetched model list with unique, non-blank IDs in the server's order. An empty list is valid.

    If a list is partial, the server says that the list is incomplete, and the rest could not be fetched. A model that a
    partial list omits may still exist.
    """

    models: tuple[ListedModel, ...]
    where: str = "by the endpoint"
    is_partial: bool = False


@dataclass(frozen=True)
class Unlisted:
    """The result that an endpoint has no list. `code` and `reason` say why.

    A missing list never counts as an empty list.
    """

    code: Code
    reason: str


Catalog = Listed | Unlisted


@dataclass(frozen=True, kw_only=True)
class Observation:
    """The result of contacting one endpoint: the catalog, and the facts of the exchange.

    `reach` is the change to the base URL that led to the list: "", "/v1" (added) or "-/v1" (removed). `code` is None
    for a list with models. `summary` ("Could not fetch models"), `detail` and `hint` are the texts of a diagnostic.
    They contain no keys and no control characters. `catalog` is the list that the planner uses. If `catalog` comes from
    another source, such as the lock file, `live` is the endpoint's own answer. If the endpoint was not contacted
    because its last list is recent, `listed_at` is the time of the last list.
    """

    status: Status
    catalog: Catalog
    code: Code | None = None
    http_status: int | None = None
    url: str | None = None
    latency_ms: int | None = None
    reach: str = ""
    summary: str = ""
    detail: str = ""
    hint: str = ""
    key_sent: bool = False
    auth_marker: bool = False  # the error response is about the key, whatever its status
    diagnostics: tuple[Diagnostic, ...] = ()  # further diagnostics about the endpoint
    live: Catalog | None = None
    is_page: bool = False  # the response is a web page, not a list
    cause: Diagnostic | None = None  # the diagnostic whose text is already in `detail`
    pinned: int | None = None  # number of the endpoint's models in the lock file, if that list is used
    is_left: bool = False  # an apply leaves the endpoint as recorded, and reports an error
    listed_at: str | None = None

    @property
    def is_unseen(self) -> bool:
        """Return whether the endpoint was not contacted and has no recent list."""
        return self.status == "skipped" and self.code != codes.RECENT_LIST

    @property
    def is_refused_keyless(self) -> bool:
        """Return whether the endpoint rejected a request because it had no key.

        HTTP 403 alone is no proof, because it may be about the list only.
        """
        is_plain = self.http_status == 403 and not self.auth_marker
        return self.code == codes.INVALID_API_KEY and not self.key_sent and not is_plain

    @property
    def answer(self) -> Catalog:
        """The catalog that the endpoint itself returned."""
        return self.live or self.catalog


def skipped(code: Code, summary: str, detail: str = "", hint: str = "") -> Observation:
    """Return the observation of an endpoint that was not contacted."""
    return Observation(
        status="skipped",
        catalog=Unlisted(code, detail or summary),
        code=code,
        summary=summary,
        detail=detail,
        hint=hint,
    )
