"""The resolved file, as a program reads it. Every field that is used is checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from reconciler.text import printable
from reconciler.values import dataclass

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ResolvedKey:
    """The place of the key: a variable, or the output of a command.

    Both fields are empty if the file names no place for the key.
    """

    variable: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResolvedModel:
    """One entry of a resolved file. The schema `resolved` describes the fields."""

    endpoint: str
    id: str
    purpose: str
    api: str | None
    base_url: str
    base_urls: Mapping[str, str]
    context: int | None
    output: int | None
    capabilities: tuple[str, ...] | None
    key: ResolvedKey
    key_required: bool
    header: str
    scheme: str


@dataclass(frozen=True, kw_only=True)
class ResolvedFile:
    """A resolved file: its roles, and all its models."""

    roles: Mapping[str, ResolvedModel]
    models: tuple[ResolvedModel, ...]


def read_resolved(data: bytes | str) -> ResolvedFile:
    """Return the resolved file in these JSON bytes.

    Raise ValueError, with the place of the fault, if the data is not valid.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    return resolved_of(document)


def resolved_of(document: Any) -> ResolvedFile:
    """Return the resolved file in a parsed document.

    Raise ValueError, with the place of the fault, if the document is not valid.
    """
    whole = _Fields(document, "the document")
    version = whole.of("version", int)
    if version != VERSION:
        raise ValueError(f"its version is {version}, and this gwctl reads version {VERSION}")
    roles, models = whole.of("roles", dict), whole.of("models", list)
    return ResolvedFile(
        roles={role: _model(entry, f"roles.{printable(role, 60)}") for role, entry in roles.items()},
        models=tuple(_model(entry, f"models[{number}]") for number, entry in enumerate(models)),
    )


def _model(entry: Any, where: str) -> ResolvedModel:
    fields = _Fields(entry, where)
    auth = _Fields(fields.of("auth", dict), f"{where}.auth")
    base_urls = fields.of("base_urls", dict)
    for url in (fields.of("base_url", str), *base_urls.values()):
        _check_url(url, where)
    capabilities = fields.of("capabilities", list, type(None))
    return ResolvedModel(
        endpoint=fields.of("endpoint", str),
        id=fields.of("model", str),
        purpose=fields.of("purpose", str),
        api=fields.of("api", str, type(None)),
        base_url=fields.of("base_url", str),
        base_urls=base_urls,
        context=fields.of("context", int, type(None)),
        output=fields.of("output", int, type(None)),
        capabilities=None if capabilities is None else tuple(map(str, capabilities)),
        key=_key(fields.of("key", dict, type(None)), where),
        key_required=fields.of("key_required", bool),
        header=auth.of("header", str),
        scheme=auth.of("scheme", str),
    )


def _key(key: Mapping[str, Any] | None, where: str) -> ResolvedKey:
    match key:
        case None:
            return ResolvedKey()
        case {"env": str(name)}:
            return ResolvedKey(variable=name)
        case {"command": [str(program), *words]} if all(isinstance(word, str) for word in words):
            return ResolvedKey(command=(program, *words))
    raise ValueError(f"{where}.key has neither `env` nor `command`")


def _check_url(url: Any, where: str) -> None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{where} has a base URL that is not an http or https URL")


class _Fields:
    """The fields of one JSON object."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{where} is not an object")
        self._value: Mapping[str, Any] = value
        self._where = where

    def of(self, name: str, *kinds: type) -> Any:
        """Return the field with this name. Raise ValueError if the value of the field has another type."""
        value = self._value.get(name)
        if type(value) not in kinds:
            raise ValueError(f"{self._where}.{name} is missing or has the wrong type")
        return value
