"""The mark that `gwctl run` and `gwctl env` add for the variables that they set.

Another gwctl may run in the environment with these variables. A variable that its own gateway file names, such as
OPENAI_API_KEY, may then contain the key of another endpoint. The mark names the endpoint of the key. The mark is valid
while the variable has the value that gwctl set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.values import dataclass

VARIABLE = "GWCTL_SET"
_VERSION = "1"
_LONGEST = 4096  # characters that are read: the variable may contain any text


@dataclass(frozen=True)
class SetFor:
    """The endpoint for which gwctl set a variable."""

    gateway: str
    endpoint: str


def marked(environ: Mapping[str, str], whose: SetFor, values: Mapping[str, str], salt: bytes) -> str:
    """Return the mark for variables that gwctl is about to set: the endpoint, and an HMAC-SHA256 of each value.

    `salt` is the key of the HMAC. Marks of an outer gwctl in `environ` are kept while their variables are unchanged. A
    value that `environ` already has is the user's own and gets no mark. Return "" if no variable gets a mark.
    """
    digests = [f"{name}={_digest(salt, value)}" for name, value in sorted(values.items()) if environ.get(name) != value]
    ours = [":".join((_VERSION, salt.hex(), whose.gateway, whose.endpoint, ",".join(digests)))] if digests else []
    outer = (mark.text for mark in _marks(environ) if any(mark.is_of(name, environ) for name in mark.digests))
    return ";".join((*ours, *outer))


def set_for(environ: Mapping[str, str], name: str) -> SetFor | None:
    """Return the endpoint for which gwctl set the variable. Return None if gwctl did not set the present value."""
    return next((mark.whose for mark in _marks(environ) if mark.is_of(name, environ)), None)


@dataclass(frozen=True)
class _Mark:
    """The variables that one gwctl process set for one endpoint."""

    text: str
    salt: bytes
    whose: SetFor
    digests: Mapping[str, str]

    def is_of(self, name: str, environ: Mapping[str, str]) -> bool:
        """Return whether the variable still has the value that gwctl set."""
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
    import hashlib
    import hmac

    return hmac.new(salt, value.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()
