"""The addresses and the kinds of resources. An address names a recorded resource, a change or a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeGuard, get_args

from reconciler.values import dataclass

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

ENDPOINT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9-]*/.", re.DOTALL)
Purpose = Literal["chat", "voice", "image", "embedding", "other"]  # of a model; each purpose may have a default
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
Api = Literal["chat", "responses", "messages"]  # /chat/completions, /responses, /v1/messages
APIS: tuple[Api, ...] = get_args(Api)
Capability = Literal["tools", "vision", "reasoning"]  # of a model
SMALL = "small"  # the role of a second, cheaper chat model
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """A kind of resource: one row of the table of kinds. Kinds are compared by identity."""

    name: str  # the word before the dot of an address, and the label of a change
    noun: str  # the name of the kind in a sentence, without an article
    form: str  # the form of an address of this kind
    order: int  # an apply changes resources with a lower order first
    attributes: tuple[str, ...]  # text attributes of every resource; for an owned kind, the parts of a slot
    of_endpoint: bool  # the name in the address begins with the name of an endpoint
    scopes: tuple[Literal["shared", "machine"], ...]  # shared: recorded in the state; machine: in the ledger
    left: str  # the words for a resource that a plan does not change: "1 endpoint left as recorded"
    place: str = ""  # for an owned kind: where the slots are
    slot_form: str = ""  # for an owned kind: how a person names a slot; empty: all attributes, with / between them
    found: str = "The {place} has an entry {slot}"  # for an owned kind: the beginning of a sentence about a full slot
    can_adopt: bool = True  # for an owned kind: `--adopt` can take over a slot
    has_parts: bool = False  # the name in an address can end in /PART
    module: str = ""  # for an owned kind: the module that writes, reads and removes such resources

    @property
    def is_owned(self) -> bool:
        """Return true if resources of this kind are outside gwctl.

        gwctl removes such a resource only if the ledger records the resource.
        """
        return bool(self.module)

    def slot_words(self, attributes: Mapping[str, str]) -> str:
        """Return the slot with these attributes as text for a person."""
        parts = [attributes[name] for name in self.attributes]
        return self.slot_form.format(**attributes) if self.slot_form else "/".join(parts)

    def __lt__(self, other: Kind) -> bool:
        return self.name < other.name

    def __str__(self) -> str:
        return self.name


ENDPOINT = Kind(
    name="endpoint",
    noun="endpoint",
    form="endpoint.NAME",
    order=0,
    attributes=("base_url", "dialect"),
    of_endpoint=True,
    scopes=("shared", "machine"),
    left="left as recorded",
)
MODEL = Kind(
    name="model",
    noun="model",
    form="model.ENDPOINT/ID",
    order=1,
    attributes=("purpose",),
    of_endpoint=True,
    scopes=("shared", "machine"),
    left="left as recorded",
)
DEFAULT = Kind(
    name="default",
    noun="default",
    form="default.ROLE",
    order=2,
    attributes=("model",),
    of_endpoint=False,
    scopes=("shared", "machine"),
    left="left as recorded",
)
KEY = Kind(
    name="key",
    noun="stored key",
    form="key.ENDPOINT",
    order=3,
    attributes=("service", "account"),
    of_endpoint=True,
    scopes=("machine",),
    left="left as is",
    place="keychain",
    module="reconciler.owned.keychain",
)
CLIENT = Kind(
    name="client",
    noun="client",
    form="client.NAME",
    order=4,
    attributes=("tool", "path", "at"),
    of_endpoint=False,
    scopes=("machine",),
    left="left as is",
    place="tool's file",
    slot_form="{path}",
    found="The file {slot} has content",
    has_parts=True,
    module="reconciler.owned.clients.kind",
)
HOOK = Kind(
    name="hook",
    noun="git hook",
    form="hook.NAME",
    order=5,
    attributes=("path",),
    of_endpoint=False,
    scopes=("machine",),
    left="left as is",
    place="hooks directory",
    can_adopt=False,
    module="reconciler.owned.hooks",
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (ENDPOINT, MODEL, DEFAULT, KEY, CLIENT, HOOK)}
RECORDED = (ENDPOINT, MODEL, DEFAULT)  # the kinds that a state or a ledger records as resources


def owned_kinds() -> tuple[Kind, ...]:
    """Return the kinds of owned resources, in the order in which an apply changes them."""
    return tuple(sorted((kind for kind in KINDS.values() if kind.is_owned), key=lambda kind: kind.order))


def adoptable_kinds() -> tuple[Kind, ...]:
    """Return the owned kinds that `--adopt` accepts, in the order in which an apply changes them."""
    return tuple(kind for kind in owned_kinds() if kind.can_adopt)


class Address(NamedTuple):
    """`endpoint.NAME`, `model.ENDPOINT/ID`, `default.ROLE` or, for an owned resource, `KIND.NAME[/PART]`.

    The model ID is everything after the first `/`, exactly as the server spells it. A plan looks up each address a
    dozen times: a tuple is compared and hashed without a call in Python.
    """

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.name}.{self.name}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Return the pydantic schema that reads an address from its text."""
        return spelt_address(KINDS.values())

    @property
    def endpoint(self) -> str:
        """The name of the endpoint that the resource belongs to. The name is empty for a default."""
        return self.name.partition("/")[0] if self.kind.of_endpoint else ""

    @property
    def model_id(self) -> str:
        """The exact ID of a model. The ID is empty for every other resource."""
        return self.name.partition("/")[2] if self.kind is MODEL else ""

    @property
    def whole(self) -> Address:
        """The address without its part: `client.NAME` for `client.NAME/PART`."""
        return Address(self.kind, self.name.partition("/")[0]) if self.kind.has_parts else self

    @property
    def is_endpoint(self) -> bool:
        """Return whether the address names an endpoint."""
        return self.kind is ENDPOINT

    @property
    def is_model(self) -> bool:
        """Return whether the address names a model."""
        return self.kind is MODEL

    @property
    def is_default(self) -> bool:
        """Return whether the address names the default for a role."""
        return self.kind is DEFAULT

    @property
    def is_owned(self) -> bool:
        """Return whether the address names an owned resource, such as a keychain entry."""
        return self.kind.is_owned


def endpoint(name: str) -> Address:
    """Return the address of the endpoint with that name."""
    return Address(ENDPOINT, name)


def model(endpoint_name: str, model_id: str) -> Address:
    """Return the address of a model of an endpoint."""
    return Address(MODEL, f"{endpoint_name}/{model_id}")


def default(role: str) -> Address:
    """Return the address of the default for a role. A role is a purpose, `small`, or a name from the gateway file."""
    return Address(DEFAULT, role)


def is_purpose(word: object) -> TypeGuard[Purpose]:
    """Return whether the word is a purpose."""
    return word in PURPOSES


def parse(text: str, kinds: Collection[Kind] | None = None) -> Address:
    """Return the address in the text. `kinds` limits the accepted kinds. None accepts all kinds.

    Raise ValueError with a message that says what is wrong with the text.
    """
    word, dot, name = text.partition(".")
    kind = KINDS.get(word)
    if kinds is not None and kind not in kinds:  # a caller may have a kind that the table does not have
        kind = next((each for each in kinds if each.name == word), None)
    if kind is None or not dot:
        allowed = KINDS.values() if kinds is None else kinds
        raise ValueError(f"an address starts with {_listed([f'`{each.name}.`' for each in allowed])}")
    address = Address(kind, name)
    if kind is not MODEL or not _MODEL_NAME.match(name):  # nearly every address of a state is a model's
        _check(address)
    return address


def spelt_address(kinds: Iterable[Kind]) -> CoreSchema:
    """Return the pydantic schema of an address. Only these kinds are accepted."""
    from pydantic_core import core_schema

    allowed = tuple(kinds)
    text = core_schema.str_schema(pattern=rf"^({'|'.join(kind.name for kind in allowed)})\.")
    return core_schema.no_info_after_validator_function(lambda spelt: parse(spelt, allowed), text)


def _check(address: Address) -> None:
    name, slash, part = address.name.partition("/")
    if not address.is_default and not ENDPOINT_NAME.fullmatch(name):
        whose = "an endpoint" if address.kind.of_endpoint else f"a {address.kind.name}"
        raise ValueError(f"{whose} name can contain only lower-case letters, digits and -")
    if address.is_endpoint and slash:
        raise ValueError("an endpoint name cannot contain /; the address of a model is model.ENDPOINT/ID")
    if address.is_default and not ENDPOINT_NAME.fullmatch(address.name):
        raise ValueError("a default is `default.ROLE`; a role can contain only lower-case letters, digits and -")
    if bool(slash and not part) or (not address.kind.has_parts and address.is_model != bool(part)):
        raise ValueError(f"a {address.kind.name} has the form {address.kind.form}")


def _listed(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
