"""The resolved file: everything that a program needs to use the applied models."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Api, Purpose
from reconciler.render.json.types.shared import TypedDict

VERSION: Literal[1] = 1


class KeyVariableDocument(TypedDict):
    """The environment variable that contains the key."""

    env: str


class KeyCommandDocument(TypedDict):
    """The words of a command that prints the key on this machine. No shell is needed.

    After the key, the command prints a line end.
    """

    command: list[str]


class KeyHeaderDocument(TypedDict):
    """The header that contains the key: `HEADER: SCHEME KEY`, or `HEADER: KEY` if the scheme is empty."""

    header: str
    scheme: str


class ResolvedModelDocument(TypedDict):
    """A model, and the facts that a program needs to send requests to the model.

    `model` is the ID at the endpoint. `base_urls` has the base URL of each API, without the path of a call. `api` is
    the preferred API, and `base_url` is the base URL of this API. `api` is null if gwctl knows no API of the endpoint,
    or if the model is not for chat. `context` and `output` are numbers of tokens, or null if not known. `key` is null
    if no key is sent, or if the file was made without keys. `key_required` is false if the endpoint may work without a
    key.
    """

    endpoint: str
    model: str
    purpose: Purpose
    api: Api | None
    base_url: str
    base_urls: dict[Api, str]
    context: int | None
    output: int | None
    capabilities: list[str] | None
    key: KeyVariableDocument | KeyCommandDocument | None
    key_required: bool
    auth: KeyHeaderDocument


class ResolvedDocument(TypedDict):
    """The output of `gwctl export resolved`: the model of each role, and all models. The output contains no secret."""

    version: Literal[1]
    name: str
    roles: dict[str, ResolvedModelDocument]
    models: list[ResolvedModelDocument]
