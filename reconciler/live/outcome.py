"""From an answer that is no list to the user's words for it: the table of outcomes."""

from __future__ import annotations

from http import HTTPStatus

from reconciler.live.addressing import without_query
from reconciler.live.echo import repeats
from reconciler.live.fault import Fault
from reconciler.live.faults import wants_password
from reconciler.live.http import Answer
from reconciler.live.refusal import has_auth_marker
from reconciler.live.target import Target
from reconciler.resources.catalog import Observation, Unlisted
from reconciler.resources.urls import origin
from reconciler.text import printable, sentence

COULD_NOT_FETCH = "Could not fetch models"
NOT_FOUND = (404, 405)
_WORDS = {
    "INVALID_API_KEY": "Invalid API key",
    "ENDPOINT_NOT_FOUND": "Endpoint not found",
    "NO_MODELS_RETURNED": "No models returned",
}


def words(code: str) -> str:
    """The user's words for an outcome's code."""
    return _WORDS.get(code, COULD_NOT_FETCH)


def unlisted(target: Target, fault: Fault, url: str, status: int | None = None, marker: bool = False) -> Observation:
    """No list, and why."""
    summary = words(fault.code)
    return Observation(
        "unlisted",
        Unlisted(fault.code, fault.detail),
        fault.code,
        status,
        without_query(url),
        summary=summary,
        detail=fault.detail,
        hint=fault.hint,
        key_sent=target.key is not None,
        auth_marker=marker,
    )


def unasked(fault: Fault) -> Observation:
    """No list, and nobody was asked for it."""
    why = Unlisted(fault.code, fault.detail)
    return Observation("unlisted", why, fault.code, summary=words(fault.code), detail=fault.detail, hint=fault.hint)


def is_html(answer: Answer) -> bool:
    """Whether a page for people came back."""
    head = answer.body[:512].lstrip().lower()
    return answer.content_type == "text/html" or head.startswith((b"<!doctype html", b"<html"))


def refused(target: Target, answer: Answer) -> Observation:
    """Any status that is no success."""
    marker = has_auth_marker(answer.body)
    return unlisted(target, fault_of(target, answer, marker), answer.url, answer.status, marker)


def fault_of(target: Target, answer: Answer, marker: bool) -> Fault:
    """What a status that is no success means."""
    status = answer.status
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return wants_password()
    if status in (401, 403) or marker:
        return _invalid_key(target, status)
    if status in NOT_FOUND:
        return _not_found(target, status)
    if 300 <= status < 400:
        return _redirect(target, answer)
    if status == 429:
        return Fault("RATE_LIMITED", f"{_spoken(status)}: alive, but limiting.", "wait a little, then try again")
    said = quoted(target, answer)
    detail = f"{_spoken(status)}{': ' + said if said else ''}."
    no_key = not target.keys and status >= 500
    hint = "no key was sent, and this server may need one" if no_key else "look at the server's log"
    return Fault("SERVER_ERROR", detail, hint)


def nonstandard(target: Target, answer: Answer) -> Fault:
    """A success that is no list."""
    if is_html(answer):
        hint = "is that the API, and not a web page or a captive portal? Try the base URL with /v1"
        return Fault("NONSTANDARD_LIST", "A web page (HTML) came instead of a list.", hint)
    said = quoted(target, answer)
    what = f"{answer.content_type or 'something untyped'}: {said}" if said else "nothing at all"
    return Fault("NONSTANDARD_LIST", f"No list of models came, but {what}.", "is that the base URL of the API?")


def quoted(target: Target, answer: Answer) -> str:
    """At most 200 cleaned characters of the server's text; nothing, if any part of the key may be in it."""
    head = answer.body[:4096].decode(errors="replace")
    return "" if repeats(head, target.keys) else sentence(head)


def _invalid_key(target: Target, status: int) -> Fault:
    if not target.keys:
        hint = f"give it one: `key: {{env: {target.preset.variable or 'NAME'}}}` under endpoints.{target.name}"
        return Fault("INVALID_API_KEY", f"No key was sent, and the server wants one ({_spoken(status)}).", hint)
    return Fault("INVALID_API_KEY", f"The key was refused ({_spoken(status)}).", _which_key(target))


def _which_key(target: Target) -> str:
    """The places where the keys that were sent came from."""
    own = [f"the key which {target.key_from or 'the reference'} gives"] if target.key else []
    others = [f"the key in the header {printable(name, 60)}" for name in (found.name for found in target.header_keys)]
    known = target.key and target.preset.key == "required" and target.preset.key_hint
    about = f" ({target.preset.key_hint})" if known else ""
    return f"check that {' and '.join(own + others)} {'is' if len(own + others) == 1 else 'are'} this server's{about}"


def _not_found(target: Target, status: int) -> Fault:
    other = target.base_url.removesuffix("/v1") if target.base_url.endswith("/v1") else f"{target.base_url}/v1"
    hint = f"{other} was tried as well: check the path of `base_url` (most end with /v1)"
    return Fault("ENDPOINT_NOT_FOUND", f"No list there ({_spoken(status)}).", hint)


def _redirect(target: Target, answer: Answer) -> Fault:
    location = answer.headers.get("location", "")
    location = "" if repeats(location, target.keys) else location
    try:
        where = origin(location) if "://" in location else sentence(location.partition("?")[0], 80)
    except ValueError:
        where = "somewhere that is no URL"
    detail = f"A redirect ({answer.status}) to {sentence(where, 120) or 'nowhere'}; it was not followed."
    return Fault("NONSTANDARD_LIST", detail, "if that is the right place, write it as `base_url`")


def _spoken(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
