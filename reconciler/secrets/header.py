"""The value of a header: a literal of the gateway file, or a key that a reference resolves to."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.secrets.reference import KeyReference


@dataclass(frozen=True)
class HeaderLiteral:
    """A value as the gateway file writes it. It may be a secret all the same: it is sent, and recorded nowhere."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class HeaderReference:
    """A key reference, and the word before the key."""

    reference: KeyReference
    scheme: str = ""  # as `Bearer`; empty: the key stands alone


HeaderValue = HeaderLiteral | HeaderReference
Headers = tuple[tuple[str, HeaderValue], ...]
