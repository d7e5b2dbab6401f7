"""The mark that `gwctl run` and `gwctl env` leave on the variables they set.

A gwctl that runs inside such an environment finds another endpoint's key under a name that its gateway file may also
name (OPENAI_API_KEY). The mark says whose it is, for as long as the variable has the value that gwctl gave it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

VARIABLE = "GWCTL_SET"
_VERSION = "1"
_LONGEST = 4096  # characters: somebody else's text is not read without a bound


@dataclass(frozen=True)
class SetFor:
    """The endpoint for which gwctl set a variable."""

    gateway: str
    endpoint: str


def marked(environ: Mapping[str, str], whose: SetFor, values: Mapping[str, str], salt: bytes) -> str:
    """The mark for variables that are about to be set: whose they are, and an HMAC-SHA256 of each under `salt`.

    What an outer gwctl set in `environ` and nobody sets anew stays marked. A value that was there already is the
    user's own. Empty: there is nothing to mark.
    """
    digests = [f"{name}={_digest(salt, value)}" for name, value in sorted(values.items()) if environ.get(name) != value]
    ours = [":".join((_VERSION, salt.hex(), whose.gateway, whose.endpoint, ",".join(digests)))] if digests else []
    outer = (mark.text for mark in _marks(environ) if any(mark.is_of(name, environ) for name in mark.digests))
    return ";".join((*ours, *outer))


def set_for(environ: Mapping[str, str], name: str) -> SetFor | None:
    """Return the endpoint that gwctl set the variable for; None if it did not, or the value changed since."""
    return next((mark.whose for mark in _marks(environ) if mark.is_of(name, environ)), None)


@dataclass(frozen=True)
class _Mark:
    """The variables that one gwctl set for one endpoint."""

    text: str
    salt: bytes
    whose: SetFor
    digests: Mapping[str, str]

    def is_of(self, name: str, environ: Mapping[str, str]) -> bool:
        """Return whether that variable still has the value that it was given."""
        digest, value = self.digests.get(name), environ.get(name)
        return digest is not None and value is not None and digest == _digest(self.salt, value)


def _marks(environ: Mapping[str, str]) -> Iterator[_Mark]:
    for text in environ.get(VARIABLE, "")[:_LONGEST].split(";"):
        parts = text.split(":")
        if len(parts) != 5 or parts[0] != _VERSION or not re.fullmatch("([0-9a-f]{2})+", parts[1]):
            continue
        digests = dict(pair.partition("=")[::2] for pair in parts[4].split(","))
        yield _Mark(text, bytes.fromhex(parts[1]), SetFor(parts[2], parts[3]), digests)


def _digest(salt: bytes, value: str) -> str:
    return hmac.new(salt, value.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()
