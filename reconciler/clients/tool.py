"""The description of a tool: the facts about the tool, and the functions in the tool's module.

The module of a tool reads and writes no files.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import PurePath
from typing import Any, Literal

from reconciler.address import Api
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Limit, Offer
from reconciler.values import dataclass

Selector = tuple[tuple[str, str], ...]  # the fields that identify one object of a list
Place = tuple[str | Selector, ...]  # a path inside a document; () is the whole document
WHOLE: Place = ()
Format = Literal["json", "toml", "yaml", "env", "text"]  # text: a whole file that gwctl writes, as one string
START_WORDS = "start it with"  # before a command
Values = Mapping[Place, Any]  # {place: wanted value}; a place of the part without a wanted value is removed


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """This user's home directory and environment, which determine the paths of a tool's files."""

    home: PurePath
    environ: Mapping[str, str]
    system: str = sys.platform

    def folder(self, variable: str, usual: str) -> PurePath:
        """Return the directory that the variable names.

        Without the variable, return the usual directory below the home.
        """
        named = self.environ.get(variable, "")
        return PurePath(named) if named else self.home / usual


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a tool's file. gwctl writes and restores a part as a whole.

    `covers` contains all places of the part.
    """

    name: str  # a part of its address; "" is a whole file of gwctl's own
    covers: tuple[Place, ...]  # the first place names the slot
    values: Values
    is_default: bool = False  # a default model; `set_default` decides whether gwctl changes it after the user did

    @property
    def text(self) -> str:
        """The values of this part as canonical JSON. A plan contains and compares this text."""
        return canonical(self.values)


def canonical(values: Values) -> str:
    """Return {place: value} as JSON. Equal values give equal text."""
    data = {json.dumps(place): value for place, value in values.items()}
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def values_in(text: str) -> dict[Place, Any]:
    """Return {place: value} from a text that `canonical` made."""
    return {place_in(place): value for place, value in json.loads(text).items()}


def place_in(text: str) -> Place:
    """Return a place in a document (a path of keys) from its JSON text."""
    parts: list[Any] = json.loads(text)
    return tuple(part if isinstance(part, str) else tuple((name, value) for name, value in part) for part in parts)


def dotted(place: Place) -> str:
    """Return a place in a document (a path of keys) as a person would write the place."""
    return ".".join(part if isinstance(part, str) else ",".join("=".join(pair) for pair in part) for part in place)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def _at(value: Any, names: Sequence[str]) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def flat(values: Values) -> dict[str, Any]:
    """Return {dotted place: value} for all scalars and lists in these values."""
    leaves: dict[str, Any] = {}
    for place, value in values.items():
        inside = {(*place, name): below for name, below in value.items()} if isinstance(value, dict) else None
        leaves |= flat(inside) if inside else {dotted(place): value}
    return leaves


def nested(values: Values) -> dict[str, Any]:
    """Return one document with these values. The places must contain only names, not selectors."""
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
    """A variable of the user's shell that overrides the tool's file, or overrides the key in the file."""

    name: str
    why: str  # the rest of a sentence that begins with the name


@dataclass(frozen=True, kw_only=True)
class OwnConflict:
    """An entry of the user in the tool's file that stops the tool from starting or from using another endpoint."""

    what: str  # a sentence without a full stop
    hint: str


def _no_conflicts(_: Any) -> tuple[OwnConflict, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool that gwctl can configure. The functions are pure.

    `parts` returns the parts of a tool's file that gwctl writes.
    """

    name: str  # in the gateway file
    title: str  # in a sentence
    programs: tuple[str, ...]  # its commands, the usual one first
    package: str  # its package on npm or PyPI, which has its version
    tried: str = ""  # the newest version that was tried with gwctl; "": none was
    format: Format
    apis: tuple[Api, ...]  # the APIs that it can use
    keys: tuple[KeyWay, ...]  # the ways in which it can get a key, the safest first
    uses: tuple[FileUse, ...]  # the files through which gwctl can configure it, the usual one first
    has_one_endpoint: bool  # it can use only one endpoint at a time
    folder: Callable[[Surroundings], PurePath]  # the directory of its files
    own: Callable[[Surroundings, str], PurePath]  # the path of a file of gwctl's own, from a name
    own_covers: tuple[Place, ...] = (WHOLE,)  # gwctl's places in an own file; the tool adds values beside them
    shared: Callable[[Surroundings], PurePath]  # the path of the user's file
    parts: Callable[[Offer, FileUse], tuple[Part, ...]]
    covers: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)  # {part of a shared file: its places}
    existing: Callable[[Surroundings], tuple[PurePath, ...]] = lambda _: ()  # preferred to `shared`
    place_of: Callable[[str, str], tuple[str, Place]] | None = None  # (gateway, endpoint) → …
    siblings: tuple[str, ...] = ()  # names beside that place that belong to the part
    plain: frozenset[Place] = frozenset()  # places whose value is never a secret, so it can be kept and restored
    credentials: frozenset[Place] = frozenset()  # places where a user's own credential may be
    entry_credentials: tuple[tuple[str, ...], ...] = ()  # inside the value of an endpoint's place, where one may be
    hostile: re.Pattern[str] | None = None  # template syntax of its file, which an ID must not have
    purposes: tuple[str, ...] = ("chat",)  # the purposes of the models that it can use
    needs_path: bool = False  # its file has no usual path, so `path:` is required
    empty: Any = None  # content of an own file after its removal, for a tool that needs the file
    needs_limits: tuple[Limit, ...] = ()  # the token limits without which its file cannot have a model
    start: Callable[[PurePath], str] = lambda _: ""  # the command that starts it with an own file
    start_words: str = START_WORDS  # the words before that command
    prompt: tuple[str, ...] = ()  # the words between the start command and a prompt; () if the tool takes no prompt
    after: str = ""  # what to restart after a change
    warning: str = ""  # what a project's file can do to a shared file
    variables: tuple[Variable, ...] = ()
    conflicts: Callable[[Any], tuple[OwnConflict, ...]] = _no_conflicts  # from the user's file

    def is_newer(self, version: str) -> bool:
        """Return whether the version is newer than the newest version that gwctl was tried with."""
        return bool(self.tried) and _numbers(version) > _numbers(self.tried)

    def places(self, gateway: str, endpoints: Iterable[str]) -> dict[str, tuple[Place, ...]]:
        """Return {part of a shared file: all places of the part} for these endpoints.

        The first place names the part's slot.
        """
        own = [self.place_of(gateway, endpoint) for endpoint in endpoints] if self.place_of else []
        return {**self.covers, **{name: self.covered(place) for name, place in own}}

    def covered(self, anchor: Place) -> tuple[Place, ...]:
        """Return all places of the part that starts at this place. The first place of a part names the part's slot."""
        return next((places for places in self.covers.values() if places[0] == anchor), self._beside(anchor))

    def credentials_in(self, values: Values, written: Values) -> list[Place]:
        """Return the places of the user's own credentials in these values.

        `written` contains the values that gwctl wrote.
        """
        inside = [(place, names) for place in values for names in (*self.entry_credentials, *self._itself(place))]
        there = [(place, names, _at(values[place], names)) for place, names in inside]
        return [(*place, *names) for place, names, value in there if value and value != _at(written.get(place), names)]

    def _itself(self, place: Place) -> tuple[tuple[str, ...], ...]:
        return ((),) if place in self.credentials else ()

    def _beside(self, anchor: Place) -> tuple[Place, ...]:
        return (anchor, *((*anchor[:-1], name) for name in self.siblings))
