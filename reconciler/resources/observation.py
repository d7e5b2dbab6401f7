"""Catalogs: what an endpoint's model list said at one moment, and how the asking went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler import codes
from reconciler.address import Purpose
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic

Status = Literal["listed", "empty", "unlisted", "skipped"]

# These say that the key, not the list, is the trouble: the endpoint is left as recorded.
KEY_CODES = frozenset(
    {codes.INVALID_API_KEY, codes.MISSING_API_KEY, codes.KEY_UNREADABLE, codes.KEY_COMMAND_CHANGED, codes.KEY_MALFORMED}
)
# These a plan may leave open, and an apply may not.
OPEN_CODES = frozenset({codes.MISSING_API_KEY, codes.KEY_WITHHELD})
# These, of a catalog, say that a list was agreed on and cannot be had: the endpoint is left as recorded, too.
LOCK_CODES = frozenset({codes.LOCK_OUT_OF_DATE, codes.LOCK_BROKEN})


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model of a list; `purpose_source` says what the purpose was read from."""

    id: str
    purpose: Purpose
    purpose_source: str  # a field's name (`mode`), `id` (a pattern), or `assumed`


@dataclass(frozen=True)
class Listed:
    """The list came: unique non-blank IDs in the server's order; empty is a legitimate answer.

    Of a partial one the server says itself that there is more, which could not be had: what it omits may be there.
    """

    models: tuple[ListedModel, ...]
    where: str = "by the endpoint"
    is_partial: bool = False


@dataclass(frozen=True)
class Unlisted:
    """No list was to be had; `code` and `reason` say why. Silence is never absence."""

    code: Code
    reason: str


Catalog = Listed | Unlisted


@dataclass(frozen=True, kw_only=True)
class Observation:
    """The result of asking one endpoint: the catalog, and the facts of the exchange.

    `reach` is what was added to the base URL to find the list: "", "/v1", or "-/v1" when it was taken away.
    `code` is None for a list with models, else one of the design's outcome codes. `reason` is the user's
    words ("Could not fetch models"), `detail` and `hint` what a diagnostic adds; all are clean of keys,
    and of control characters. `catalog` is the one that counts, `live` what the endpoint itself gave
    where another's counts.
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
    auth_marker: bool = False  # the refusal's body says that it is about the key, whatever its status
    diagnostics: tuple[Diagnostic, ...] = ()  # what else there is to say of it, whatever came
    live: Catalog | None = None
    is_page: bool = False  # a web page came in place of a list
    cause: Diagnostic | None = None  # what `detail` repeats already
    pinned: int | None = None  # how many models the lock file has for it, where its list counts
    is_left: bool = False  # an apply leaves the endpoint as recorded, and says so as an error

    @property
    def answer(self) -> Catalog:
        """The catalog that the endpoint itself returned."""
        return self.live or self.catalog


def skipped(code: Code, summary: str, detail: str = "", hint: str = "") -> Observation:
    """An endpoint that was not asked."""
    return Observation(
        status="skipped",
        catalog=Unlisted(code, detail or summary),
        code=code,
        summary=summary,
        detail=detail,
        hint=hint,
    )
