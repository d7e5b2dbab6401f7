"""The request that a page gets, and the answers that a page can return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.web.desk import Desk


@dataclass(frozen=True)
class Fields:
    """The fields of a form or of a query. A field may occur more than once."""

    pairs: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """Return the last value of the field without surrounding white space. Return "" if the field is missing."""
        return next((value for key, value in reversed(self.pairs) if key == name), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field."""
        return tuple(value for key, value in self.pairs if key == name)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request that may be served."""

    desk: Desk
    form: Fields = field(default_factory=Fields)
    query: Fields = field(default_factory=Fields)
    name: str = ""  # the last part of the address, where the address has one


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page to show: a template and its values."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Elsewhere:
    """The address that the browser opens next."""

    address: str


Answer = Page | Elsewhere


def problem(diagnostics: Iterable[Diagnostic], status: int = 422) -> Page:
    """Return the page that shows why nothing was done."""
    return Page(
        template="problem.html", title="Nothing was done", values={"diagnostics": tuple(diagnostics)}, status=status
    )
