"""The value of a header: a text in the gateway file, or a reference to a key."""

from __future__ import annotations

from dataclasses import field

from reconciler.secrets.reference import KeyReference
from reconciler.values import dataclass


@dataclass(frozen=True)
class HeaderLiteral:
    """A header's value in the gateway file. The value may be a secret, so the value is sent but never recorded."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class HeaderReference:
    """A key reference as a header's value, and the word that is sent before the key."""

    reference: KeyReference
    scheme: str = ""  # for example `Bearer`; empty: only the key is sent


HeaderValue = HeaderLiteral | HeaderReference
Headers = tuple[tuple[str, HeaderValue], ...]
