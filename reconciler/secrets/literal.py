"""The check that finds credentials in the gateway file. The check is the same for every field.

The returned reasons contain no part of the checked text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from itertools import pairwise

from reconciler.pattern import pattern
from reconciler.values import dataclass

# Prefixes of keys, in addition to those of the presets: other vendors, GitHub, GitLab, AWS, Slack …
_PREFIXES = (
    "sk-", "sk_", "pk-lf-", "pk_live_", "rk_live_", "whsec_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_",
    "glpat-", "gldt-", "glcbt-", "xoxb-", "xoxp-", "xoxa-", "xapp-", "AKIA", "ASIA", "ya29.", "npm_", "pypi-",
    "dop_v1_", "shpat_", "SG.", "hvs.", "hvb.", "dapi", "r8_", "vcp_", "vck_", "lsv2_", "tgp_v1_", "fw_", "sntrys_",
    "ATATT3",
)  # fmt: skip
_SHORTEST = 8  # characters after a prefix
_JWT = pattern(r"\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
_PEM = "-----BEGIN "
_SCHEME = pattern(
    r"(?:^|[\s:=,;])(?:(?P<any>bearer)|(?:basic|token|key|api[-_]?key|digest|negotiate|hmac|splunk|geniekey|aws4-hmac-sha256))"
    r"[\s:=]+(?P<what>[^\s,;]+)",
    re.IGNORECASE,
)
# Each scheme in this pattern contains one of these words.
_SCHEMES = ("bearer", "basic", "token", "key", "digest", "negotiate", "hmac", "splunk")
_IN_URL = pattern(
    r"[a-z][a-z0-9+.-]*://(?:[^/?#\s]*:[^/?#\s]*@|[^/?#\s]*@|\S*[?&;][^=&;\s]*(?:key|token|secret|passw|pwd|auth|cred|sig)"
    r"[^=&;\s]*=[^&;\s])",
    re.IGNORECASE,
)
_ID = pattern(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)  # RFC 9562
_URL = pattern(r"https?://\S+", re.IGNORECASE)
_WORD = pattern(r"[A-Za-z0-9+=]+")
_HEX = pattern(r"[0-9a-fA-F]{32,}")
_RANDOM = 16  # characters that look random
_LONG = 20  # characters of one word

# Header names that end like the name of a credential.
_NAMED = pattern(
    r"(?:.*(?:^| ))(?:(?:x|my)?(?:api|app|access|account|admin|auth|client|functions?|license|master|private|secret"
    r"|service|session|signing|subscription|user|security|id|refresh|csrf|xsrf)?"
    r"(?:key|token|secret|password|passwd|pwd|passphrase|passcode|credential|cred|signature|session|cookie)s?[0-9]?"
    r"|auth|authorization|authorisation|authentication|authenticate|authenticator|bearer|sig|sign|hmac|jwt|assertion|otp"
    r"|pass|pat|sid|sessionid|saml)(?: (?:id|value|header|[0-9]+|v[0-9]+|primary|secondary|name))*",
)
_CAMEL = pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COUNT = pattern(r"[0-9]{1,7}|true|false", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """Facts from the presets: the prefixes of vendors' keys, and the headers that contain no credential."""

    prefixes: frozenset[str] = frozenset()
    plain_headers: frozenset[str] = frozenset()  # in lower case


def why_credential(text: str, known: Known) -> str:
    """Return the reason why the text is a credential in any field. Return "" if the text is not a credential."""
    return credentials([text], known).get(text, "")


def credentials(texts: Collection[str], known: Known) -> dict[object, str]:
    """Return {text: reason} for the texts that are credentials in any field.

    Only the rules that one of the texts may break are tried on each text: in nearly every file, none.
    """
    whole = "\n".join(texts)
    reasons: dict[object, str] = {}
    for may_break, why in _RULES:
        if may_break(whole, known):
            found = ((text, why(text, known)) for text in texts)
            reasons = {text: reason for text, reason in found if reason} | reasons  # the first rule gives the reason
    return reasons


@lru_cache(maxsize=256)  # the endpoints of a file have the same few headers
def why_header(name: str, value: str, known: Known) -> str:
    """Return the reason why the header's name or value looks like a credential.

    Return "" if the header has no credential.
    """
    if is_credential_name(name) and name.lower() not in known.plain_headers and not _COUNT.fullmatch(value.strip()):
        return "the name is typical of a credential"
    reason = why_credential(value, known)
    if reason or name.lower() in known.plain_headers:
        return reason
    return "it looks random" if looks_random(value) else ""


def is_credential_name(name: str) -> bool:
    """Return whether a header with this name usually holds a credential.

    Examples of such names are …-Key, …-Auth, …-Token and Cookie, in upper or lower case.
    """
    words = re.split(r"[^A-Za-z0-9]+", _CAMEL.sub(" ", name))
    spaced = " ".join(words).lower().strip()
    return bool(_NAMED.fullmatch(spaced) or _NAMED.fullmatch(name.lower()))


def looks_random(text: str) -> bool:
    """Return whether so much of the text looks random that it may be a key. UUIDs (RFC 9562) and URLs do not count."""
    rest = _URL.sub(" ", _ID.sub(" ", text))
    if _HEX.search(rest):
        return True
    return sum(len(word) for word in _WORD.findall(rest) if _is_random(word)) >= _RANDOM


def _is_random(word: str) -> bool:
    kinds = ["d" if character.isdigit() else "U" if character.isupper() else "l" for character in word]
    changes = sum(one != other for one, other in pairwise(kinds))
    mixed = len(set(kinds)) > 1 and ("d" in kinds or len(word) >= _RANDOM)
    share = 0.2 if "d" in kinds and len(word) >= _LONG else 0.3
    return len(word) >= 6 and mixed and changes >= share * (len(word) - 1)


def _is_value(match: re.Match[str]) -> bool:
    """Return whether the text after an authentication scheme is a credential.

    After Bearer, any text is a credential. After other schemes, a plain word is not a credential: `Basic support`
    contains no credential.
    """
    what = match["what"]
    return bool(match["any"]) or (
        len(what) >= _SHORTEST and not (what.isalpha() and (what.islower() or what.istitle()))
    )


def _why_token(text: str, _known: Known) -> str:
    return "the text is a signed token (JWT)" if "eyJ" in text and _JWT.search(text) else ""


def _why_pem(text: str, _known: Known) -> str:
    return "the text is a key or certificate in PEM format" if _PEM in text else ""


def _why_url(text: str, _known: Known) -> str:
    found = _may_have_url(text, _known) and _IN_URL.search(text)
    return "the text is a URL that contains a password or a key" if found else ""


def _why_scheme(text: str, _known: Known) -> str:
    apart = ":" in text or "=" in text or len(text.split(maxsplit=1)) > 1  # otherwise no value can follow a scheme
    found = apart and any(_is_value(match) for match in _SCHEME.finditer(text))
    return "the text contains a credential after a scheme such as Bearer or Basic" if found else ""


def _why_prefix(text: str, known: Known) -> str:
    found = any(not _is_name(match["prefix"], match["tail"]) for match in _keys(known.prefixes).finditer(text))
    return "the text starts with the prefix of a vendor's keys" if found else ""


def _may_have_url(text: str, _known: Known) -> bool:
    return "://" in text and ("@" in text or "=" in text)


def _may_have_scheme(text: str, _known: Known) -> bool:
    """Return whether a text may contain an authentication scheme. Outside of ASCII, other letters may stand for one."""
    lowered = text.lower()
    return not text.isascii() or any(scheme in lowered for scheme in _SCHEMES)


def _may_have_prefix(text: str, known: Known) -> bool:
    return any(prefix in text for prefix in (*_PREFIXES, *known.prefixes))


_Rule = tuple[Callable[[str, Known], bool], Callable[[str, Known], str]]
# Whether a text, or several texts together, may break the rule, and the reason why a text does.
_RULES: tuple[_Rule, ...] = (
    (lambda text, _known: "eyJ" in text, _why_token),
    (lambda text, _known: _PEM in text, _why_pem),
    (_may_have_url, _why_url),
    (_may_have_scheme, _why_scheme),
    (_may_have_prefix, _why_prefix),
)


@cache
def _keys(more: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted({*_PREFIXES, *more}, key=len, reverse=True)
    prefixes = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![\w-])(?P<prefix>{prefixes})(?P<tail>[\w.+/=-]{{{_SHORTEST},}})")


def _is_name(prefix: str, tail: str) -> bool:
    """Return whether the text is the name of a model, such as `xai-grok-4` or `pplx-70b-online`."""
    parts = [part for part in tail.split("-") if not part.isdigit()]
    return not prefix.startswith("sk") and all(len(part) <= 10 and part.islower() for part in parts)
