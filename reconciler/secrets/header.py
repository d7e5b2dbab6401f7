"""What a header's value is: written in the gateway file, or a key that a reference leads to."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.secrets.reference import KeyReference


@dataclass(frozen=True)
class HeaderLiteral:
    """A value as the gateway file writes it. It may be a secret all the same: it is sent, and recorded nowhere."""

    value: str = field(repr=False)

    def as_data(self) -> dict[str, object]:
        """That there is a value, and none of it."""
        return {"literal": True}


@dataclass(frozen=True)
class HeaderReference:
    """A key reference, and the word before the key."""

    reference: KeyReference
    scheme: str = ""  # as `Bearer`; empty: the key stands alone

    def as_data(self) -> dict[str, object]:
        """The reference as the gateway file spells it."""
        return self.reference.as_data() | ({"scheme": self.scheme} if self.scheme else {})


HeaderValue = HeaderLiteral | HeaderReference
Headers = tuple[tuple[str, HeaderValue], ...]
