"""A tool: what is known of it, and what its module has to say. No module of a tool reads or writes anything."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from reconciler.address import Api
from reconciler.clients.offer import KeyWay, Offer

Selector = tuple[tuple[str, str], ...]  # the fields that tell one object of a list from the others
Place = tuple[str | Selector, ...]  # a path inside a document; () is the whole
FileUse = Literal["own", "shared", "none"]
Format = Literal["json", "toml", "yaml", "env", "text"]  # text: a file of gwctl's own, as one string
Values = Mapping[Place, Any]  # what is to be at each place; a place that is not among them is to have nothing


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """This user's home and environment: where a tool keeps its files."""

    home: PurePath
    environ: Mapping[str, str]
    system: str = sys.platform

    def folder(self, variable: str, usual: str) -> PurePath:
        """Return the directory that a variable names, else the usual one below the home."""
        named = self.environ.get(variable, "")
        return PurePath(named) if named else self.home / usual


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a tool's file that is written and restored as a whole. `covers` has all places of the part."""

    name: str  # in its address; "" is an own file, whole
    covers: tuple[Place, ...]  # the first one names its slot
    values: Values
    is_default: bool = False  # the user's choice once it is written: `set_default` rules it

    @property
    def text(self) -> str:
        """The values as canonical JSON: what is compared and carried by a plan."""
        return canonical(self.values)


def canonical(values: Values) -> str:
    """Return values by place as JSON whose order and layout say nothing."""
    data = {json.dumps(place): value for place, value in values.items()}
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def values_in(text: str) -> dict[Place, Any]:
    """Return the values by place that `canonical` wrote."""
    return {place_in(place): value for place, value in json.loads(text).items()}


def place_in(text: str) -> Place:
    """Return the place that a JSON text spells."""
    parts: list[Any] = json.loads(text)
    return tuple(part if isinstance(part, str) else tuple((name, value) for name, value in part) for part in parts)


def dotted(place: Place) -> str:
    """Return a place as a person writes it."""
    return ".".join(part if isinstance(part, str) else ",".join("=".join(pair) for pair in part) for part in place)


def flat(values: Values) -> dict[str, Any]:
    """Return {dotted place: value} of all that is in these values; a list is one value."""
    leaves: dict[str, Any] = {}
    for place, value in values.items():
        inside = {(*place, name): below for name, below in value.items()} if isinstance(value, dict) else None
        leaves |= flat(inside) if inside else {dotted(place): value}
    return leaves


def nested(values: Values) -> dict[str, Any]:
    """Return one document with these values; its places have names only."""
    document: dict[str, Any] = {}
    for place, value in values.items():
        *folders, name = (str(part) for part in place)
        inner = document
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[name] = value
    return document


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of the shell that the tool prefers to its file, or that takes the place of the key there."""

    name: str
    why: str  # what it does, as a sentence goes on after the name


@dataclass(frozen=True, kw_only=True)
class OwnConflict:
    """Something in the user's own file that keeps the tool from starting or from using another endpoint."""

    what: str  # a sentence without a full stop
    hint: str


def _no_conflicts(_: Any) -> tuple[OwnConflict, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool. The functions are pure; `parts` gives what a file of that use is to hold."""

    name: str  # in the gateway file
    title: str  # in a sentence
    programs: tuple[str, ...]  # its commands, the usual one first
    package: str  # of npm or PyPI, whose version is the tool's
    format: Format
    apis: tuple[Api, ...]  # that it can speak
    keys: tuple[KeyWay, ...]  # how it can get a key, the strongest first
    uses: tuple[FileUse, ...]  # how gwctl can configure it, the usual one first
    has_one_endpoint: bool  # it is configured for one at a time
    folder: Callable[[Surroundings], PurePath]  # where its files are
    own: Callable[[Surroundings, str], PurePath]  # the path of an own file, from a name for it
    shared: Callable[[Surroundings], PurePath]  # the path of the user's file
    parts: Callable[[Offer, FileUse], tuple[Part, ...]]
    covers: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)  # of the parts of a shared file, by name
    existing: Callable[[Surroundings], tuple[PurePath, ...]] = lambda _: ()  # that it prefers, if there
    place_of: Callable[[str, str], tuple[str, Place]] | None = None  # of a gateway's endpoint: its part and place there
    siblings: tuple[str, ...] = ()  # names beside that place that belong to the part
    plain: frozenset[Place] = frozenset()  # places whose value is no secret, and is given back
    credentials: frozenset[Place] = frozenset()  # places where a user's own credential may be
    hostile: re.Pattern[str] | None = None  # in an ID: the template language of its file
    purposes: tuple[str, ...] = ("chat",)  # of the models that it can use
    needs_path: bool = False  # it has no usual place, and is a format more than a program: `path:` is required
    empty: Any = None  # what stays in an own file that is given up, where the tool needs one
    needs_limits: bool = False  # a model without context and output cannot be written
    start: Callable[[PurePath], str] = lambda _: ""  # how it is started with an own file
    start_words: str = "start it with"  # before that
    prompt: tuple[str, ...] = ()  # the words between its start command and one prompt that it answers; (): it cannot
    after: str = ""  # what to restart after a change
    warning: str = ""  # of a shared file: what a project's file can do to it
    variables: tuple[Variable, ...] = ()
    conflicts: Callable[[Any], tuple[OwnConflict, ...]] = _no_conflicts  # in the user's file, from its value

    def places(self, gateway: str, endpoints: Iterable[str]) -> dict[str, tuple[Place, ...]]:
        """Return {part of a shared file: all its places}, for these endpoints; each part's first names its slot."""
        own = [self.place_of(gateway, endpoint) for endpoint in endpoints] if self.place_of else []
        return {**self.covers, **{name: self.covered(place) for name, place in own}}

    def covered(self, anchor: Place) -> tuple[Place, ...]:
        """Return all the places of the part whose slot names this place."""
        return next((places for places in self.covers.values() if places[0] == anchor), self._beside(anchor))

    def _beside(self, anchor: Place) -> tuple[Place, ...]:
        return (anchor, *((*anchor[:-1], name) for name in self.siblings))
