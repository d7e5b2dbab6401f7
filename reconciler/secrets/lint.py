"""The checks of a key's value before the key is sent. Faults contain no part of the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.pattern import pattern
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.diagnostics import Severity

# Values that are not keys: a reference that was not expanded, a masked key, a placeholder from an example.
_UNEXPANDED = pattern(
    r"\$\{.*\}|\$\(.*\)|\$[A-Z_][A-Z0-9_]+|%[A-Z_][A-Z0-9_]*%|\{\{.*\}\}|\{env:.*\}|os\.environ/.*|op://.*|<.*>"
)
_MASKED = pattern(r"[\w-]{0,12}(?:\*{3,}|\.{3,})[\w-]{0,8}")
_EXAMPLE = pattern(
    r"(?:sk-)?(?:(?:your|insert|enter|paste|put|replace)[-_ a-z]{0,30}(?:key|token|secret)[-_ a-z]{0,16}"
    r"|(?:change|replace)[-_ ]?(?:me|this)|x{3,}|(?:api[-_ ]?)?key[-_ ]?here|api[-_ ]?key|placeholder|redacted|todo)",
    re.IGNORECASE,
)
_QUOTED = pattern(r"([\"'`])(.*)\1")
_ASSIGNED = pattern(r"(?:export )?[A-Z_][A-Z0-9_]*(?:KEY|TOKEN|SECRET)=(.+)")
_ANY_VENDOR = "sk-"  # many vendors use this prefix, so it identifies no vendor
_A_KEY = 16  # characters: a shorter text is a part of a key, not a key
_NO_CHANCE = 4  # characters: a prefix of this length does not occur twice in one key by chance


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """The facts about an endpoint that decide which keys look valid."""

    scheme: str = "Bearer"  # of the auth header; empty: only the key is sent
    vendors_own: bool = False  # the host is the vendor's own; such keys contain no spaces or quotes
    required: bool = True
    own: frozenset[str] = frozenset()  # the prefixes of the vendor's keys
    vendors: Mapping[str, str] = field(default_factory=dict)  # {known prefix: vendor}


@dataclass(frozen=True, kw_only=True)
class KeyFault:
    """One fault of a key. An error stops the request. A warning does not stop it.

    A key with an unsendable fault is never sent.
    """

    name: str
    severity: Severity
    what: str
    hint: str
    is_unsendable: bool = False


def _fault(name: str, severity: Severity, is_unsendable: bool) -> KeyFault:
    what, hint = _WORDS[name]
    return KeyFault(name=name, severity=severity, what=what, hint=hint, is_unsendable=is_unsendable)


def faults_of(value: str, padded: bool, use: KeyUse) -> tuple[KeyFault, ...]:
    """Return the faults of a key that has only characters allowed in a header.

    `padded` is true if the key has white space around it.
    """
    certain = _never_a_key(value, use)
    key_faults = (certain,) if certain else tuple(_form(value, use))
    return (*key_faults, _PADDED) if padded else key_faults


def is_unexpanded(value: str) -> bool:
    """Return whether the value is a reference that was not expanded, such as `${NAME}`."""
    return _UNEXPANDED.fullmatch(value) is not None


def _never_a_key(value: str, use: KeyUse) -> KeyFault | None:
    """Return the fault of a value that no server accepts as a key. Return None if the value may be a key."""
    bare = _bare(value, use)
    if _UNEXPANDED.fullmatch(bare):
        return _fault("unexpanded", "error", is_unsendable=True)
    if _MASKED.fullmatch(bare):
        return _fault("masked", "error", is_unsendable=True)
    if _EXAMPLE.fullmatch(bare):
        what, hint = _WORDS["placeholder"]
        what += "" if use.required else ": the key is not sent"
        return KeyFault(
            name="placeholder",
            severity="error" if use.required else "warning",
            what=what,
            hint=hint,
            is_unsendable=True,
        )
    if _is_two(bare, use):
        return _fault("two-keys", "error", is_unsendable=True)
    return None


def _form(value: str, use: KeyUse) -> Iterator[KeyFault]:
    """Yield faults in the form of a key. The faults are errors on a vendor's own host, and warnings on other hosts."""
    severity: Severity = "error" if use.vendors_own else "warning"
    bare = _bare(value, use)
    for name, is_so in (
        ("quotes", _QUOTED.fullmatch(value)),
        ("assignment", _ASSIGNED.fullmatch(_unquoted(value))),
        # With a user's preset without a scheme, the scheme may have to be part of the key.
        ("scheme", (use.scheme or use.vendors_own) and _begins_with_scheme(_unquoted(value), use)),
        ("inner-space", " " in bare),
    ):
        if is_so:
            yield _fault(name, severity, is_unsendable=use.vendors_own)
    vendor = _other_vendor(bare, use)
    if vendor:
        what, hint = _WORDS["other-vendor"]
        yield KeyFault(
            name="other-vendor", severity=severity, what=f"{what} {vendor}", hint=hint, is_unsendable=use.vendors_own
        )


def _unquoted(value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    return quoted[2].strip() if quoted else value


def _bare(value: str, use: KeyUse) -> str:
    """Return the key that was probably meant: the value without quotes, variable name and scheme."""
    value = _unquoted(value)
    assigned = _ASSIGNED.fullmatch(value)
    value = _unquoted(assigned[1].strip()) if assigned else value
    return value.partition(" ")[2].strip() if _begins_with_scheme(value, use) else value


def _begins_with_scheme(value: str, use: KeyUse) -> bool:
    first, _, rest = value.partition(" ")
    schemes = {"bearer", use.scheme.lower() or "basic"}
    return bool(rest.strip()) and first.lower() in schemes


def _other_vendor(value: str, use: KeyUse) -> str:
    """Return the vendor that uses the key's prefix. Return "" if the prefix is this vendor's or is not known."""
    prefix = _prefix(value, use)
    return "" if prefix in use.own else use.vendors.get(prefix, "")


def _prefix(value: str, use: KeyUse) -> str:
    known = [prefix for prefix in (*use.vendors, _ANY_VENDOR) if value.startswith(prefix)]
    return max(known, key=len, default="")


def _is_two(value: str, use: KeyUse) -> bool:
    """Return whether the value is two or more keys, separated or joined.

    Return False if the value may be one unusual key.
    """
    apart = [part for part in re.split(r"[\s,;|]+", value) if part]
    if len(apart) > 1:
        return all(len(part) >= _A_KEY and _prefix(part, use) for part in apart)
    prefix = _prefix(value, use)
    parts = value.split(prefix)[1:] if prefix else []
    if len(parts) < 2 or any(len(part) < _A_KEY for part in parts):
        return False
    return len(prefix) >= _NO_CHANCE or len(set(parts)) == 1 or all(part.isalnum() for part in parts)


# Each first text continues "the key that env NAME gives".
_WORDS = {
    "unexpanded": (
        "is a reference that was not expanded",
        "either use the key itself, or expand the reference before gwctl starts",
    ),
    "masked": ("is masked, as on web pages that hide part of a key", "copy the whole key, or create a new key"),
    "placeholder": ("is a placeholder", "replace the placeholder with the key"),
    "two-keys": ("is two keys pasted together", "keep one of the two keys"),
    "quotes": ("is in quotes", "remove the quotes: they are part of the value"),
    "assignment": ("is an assignment with the name of a variable", "keep only the part after the = sign"),
    "scheme": ("starts with the scheme of the header", "remove the first word of the key: gwctl adds the scheme"),
    "inner-space": ("contains white space", "check for a missing part, or two values pasted together"),
    "other-vendor": ("has the prefix of a key of", "check the variable or file in the endpoint's `key:`"),
}
_PADDED = KeyFault(
    name="space",
    severity="note",
    what="has white space around it, which is not sent",
    hint="remove the white space where the key is stored: other tools may send the key with the white space",
)
