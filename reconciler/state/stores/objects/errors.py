"""The failures of the object storage library, as messages that contain no part of a request."""

from __future__ import annotations

import re

from reconciler.errors import GatewayError

_SERVER = re.compile(r"performing [A-Z]+ https?://([^/\s?]+)")
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{3,40})</Code>")
_KIND = re.compile(r"kind: (Connect|Timeout|Request|Decode|Interrupted|Unknown)\b")
# The error codes of servers that messages may repeat.
_CODES = frozenset(
    {
        "AccessDenied",
        "AccountIsDisabled",
        "AuthenticationFailed",
        "AuthorizationFailure",
        "AuthorizationHeaderMalformed",
        "AuthorizationPermissionMismatch",
        "ContainerNotFound",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "NoSuchBucket",
        "PermanentRedirect",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "SlowDown",
    }
)
_REASONS = {
    "Connection refused": "connection refused",
    "dns error": "there is no such host",
    "certificate": "the server's certificate is not trusted",
    "timed out": "no answer",
}
# Addresses where a cloud machine gets credentials. The library contacts them if the environment has no credentials.
_MACHINE_S_OWN = re.compile(r"169\.254\.169\.254|metadata\.google\.internal|/latest/api/token|/metadata/identity")


class ObjectFault(GatewayError):
    """A failed request to object storage. `sent` means that the server may have processed the request."""

    def __init__(self, why: str, refused: bool = False, sent: bool = False, passes: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.refused = refused
        self.sent = sent
        self.passes = passes  # the fault is temporary, so the request may be sent again


def no_bucket(text: str) -> bool:
    """Return whether the error text says that the bucket does not exist. A missing object has another text."""
    return _code(text) in ("NoSuchBucket", "ContainerNotFound")


def explained(text: str, refused: bool) -> ObjectFault:
    """Return the fault for an error text of the object storage library.

    The text may contain the server's whole answer, and a URL with a signature. The fault contains neither.
    """
    server, status = _first(_SERVER, text), _first(_STATUS, text)
    if _MACHINE_S_OWN.search(text):
        return ObjectFault("there are no credentials in the environment", refused=True)
    if status:
        code = _code(text)
        why = f"{server} returned HTTP {status}" + (f" {code}" if code else "")
        broken = status[0] == "5" or status == "429"
        return ObjectFault(why, refused or status in ("401", "403"), sent=status[0] == "5", passes=broken)
    kind = _first(_KIND, text)
    if kind == "Connect":
        reason = next((words for sign, words in _REASONS.items() if sign in text), "no connection")
        return ObjectFault(f"{server} is unreachable: {reason}")
    if kind == "Timeout":
        return ObjectFault(f"{server} does not answer", sent=True)
    if kind:
        return ObjectFault(f"the connection to {server} was lost", sent=True, passes=True)
    return ObjectFault("the credentials in the environment are not valid", refused=True)


def _code(text: str) -> str:
    code = _first(_CODE, text)
    return code if code in _CODES else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""
