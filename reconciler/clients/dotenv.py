"""A dotenv file: the base URL and the model, in the variables that the SDKs of OpenAI and Anthropic read.

The file contains no key. A program gets the key from its environment. `gwctl env --format dotenv` prints the same
variables for one shell.
"""

from __future__ import annotations

import re

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer
from reconciler.clients.tool import Part, Place, Tool

_NO_KEY = "none"  # otherwise an SDK would send another vendor's key to an endpoint without a key
# Readers of dotenv files disagree on these characters.
MANGLED = re.compile(r"['\"$\\#`]")


def variables(offer: Offer) -> dict[str, str]:
    """Return {variable: value} for the variables that contain no key."""
    endpoint, model = offer.first, offer.chat.model
    values = {"OPENAI_BASE_URL": endpoint.chat_base, "OPENAI_API_BASE": endpoint.chat_base, "OPENAI_MODEL": model}
    values |= {} if endpoint.has_key else {"OPENAI_API_KEY": _NO_KEY}
    if "messages" in endpoint.apis:
        values |= {"ANTHROPIC_BASE_URL": endpoint.root, "ANTHROPIC_MODEL": model}
        values |= {} if endpoint.has_key else {"ANTHROPIC_API_KEY": _NO_KEY}
    return values


_NAMES = (
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_MODEL",
    "OPENAI_API_KEY",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_MODEL",
    "ANTHROPIC_API_KEY",
)
_PLACES: tuple[Place, ...] = tuple((name,) for name in _NAMES)
_KEYS: frozenset[Place] = frozenset({("OPENAI_API_KEY",), ("ANTHROPIC_API_KEY",)})


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    values: dict[Place, str] = {(name,): value for name, value in variables(offer).items()}
    return (Part(name="variables", covers=_PLACES, values=values),)


TOOL = Tool(
    name="dotenv",
    title="a dotenv file",
    programs=(),
    package="",
    format="env",
    apis=("chat",),
    keys=("env", "none"),
    uses=("shared", "none"),
    has_one_endpoint=True,
    needs_path=True,
    folder=lambda here: here.home,
    own=lambda here, name: here.home / f".env.{name}",
    shared=lambda here: here.home / ".env",
    parts=_parts,
    covers={"variables": _PLACES},
    plain=frozenset(_PLACES) - _KEYS,
    credentials=_KEYS,
    hostile=MANGLED,
    after="restart programs that read the file",
)
