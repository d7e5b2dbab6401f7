"""Addresses: how every change, diagnostic and recorded resource is named."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENDPOINT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, order=True)
class Address:
    """`endpoint.NAME`, `model.ENDPOINT/ID` or `default.PURPOSE`.

    The model ID is everything after the first `/`, byte for byte as the server spells it.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def endpoint(self) -> str:
        """The endpoint that an endpoint or a model belongs to; empty for a default."""
        return "" if self.kind == "default" else self.name.partition("/")[0]

    @property
    def model_id(self) -> str:
        """The exact ID of a model; empty for everything else."""
        return self.name.partition("/")[2]


def endpoint(name: str) -> Address:
    """The address of the endpoint of that name."""
    return Address("endpoint", name)


def model(endpoint_name: str, model_id: str) -> Address:
    """The address of one model on one endpoint."""
    return Address("model", f"{endpoint_name}/{model_id}")


def default(purpose: str) -> Address:
    """The address of the default for a purpose."""
    return Address("default", purpose)


def parse(text: str) -> Address:
    """Read an address as a user writes it; ValueError says what is wrong with it."""
    kind, dot, name = text.partition(".")
    if not dot or kind not in ("endpoint", "model", "default"):
        raise ValueError("an address begins with endpoint., model. or default.")
    found = Address(kind, name)
    if kind != "default" and not ENDPOINT_NAME.fullmatch(found.endpoint):
        raise ValueError("an endpoint's name is lower-case letters, digits and -")
    if kind == "endpoint" and "/" in name:
        raise ValueError("an endpoint's name has no /; a model is model.ENDPOINT/ID")
    if kind == "model" and not found.model_id:
        raise ValueError("a model is written model.ENDPOINT/ID")
    return found
