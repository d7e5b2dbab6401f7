"""The memory of the page for its one user: shown plans, drafts, and the answers of models."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.engine.options import Options
    from reconciler.engine.proposals.answers import Answers
    from reconciler.engine.proposals.file_edit import FileEdit
    from reconciler.engine.proposals.proposal import Proposal
    from reconciler.web.gate import Gate

T = TypeVar("T")
_PLANS, _DRAFTS, _ANSWERS = 16, 16, 20


class Shelf(Generic[T]):
    """A limited number of named items. If there are too many items, the oldest item is removed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[str, T] = OrderedDict()

    def get(self, name: str) -> T | None:
        """Return the item with this name, or None."""
        return self._things.get(name)

    def put(self, name: str, thing: T) -> None:
        """Store the item as the newest."""
        self._things[name] = thing
        self._things.move_to_end(name)
        while len(self._things) > self._most:
            self._things.popitem(last=False)

    def drop(self, name: str) -> None:
        """Remove the item with this name."""
        self._things.pop(name, None)


@dataclass(frozen=True)
class Made:
    """An edit of the gateway file. `make` makes the same edit again in the current file."""

    make: Callable[[], FileEdit]
    edit: FileEdit


@dataclass(frozen=True)
class Exchange:
    """One message to a model, and its answer."""

    model: str
    prompt: str
    text: str


class Desk:
    """The state of one run of `gwctl ui`. Only one request at a time changes something."""

    def __init__(self, options: Options, gate: Gate, report: Callable[[Exception], None]) -> None:
        self.report = report  # tells the terminal about a bug of gwctl
        self.options = replace(options, asker=None)
        self.gate = gate
        self.secret = secrets.token_bytes(32)
        self.lock = Lock()
        self.plans: Shelf[Proposal] = Shelf(_PLANS)
        self.answers: Shelf[Answers] = Shelf(_DRAFTS)
        self.edits: Shelf[Made] = Shelf(_DRAFTS)
        self.exchanges: deque[Exchange] = deque(maxlen=_ANSWERS)
        self._numbers = count(1)

    def remember_keys(self, edit: FileEdit) -> None:
        """Use the typed keys of a saved edit until gwctl ui ends, because the keys could not be stored."""
        keys = {**self.options.typed_keys, **edit.options.typed_keys}
        self.options = replace(self.options, typed_keys=keys)

    def number(self) -> str:
        """Return a new name for answers or for an edit."""
        return str(next(self._numbers))
