"""The outcomes of a connection test. Most are messages for the user about responses that are not lists."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from reconciler import codes
from reconciler.codes import Code
from reconciler.live.auth_markers import has_auth_marker, is_about_key, is_page, words_of
from reconciler.live.fault import Fault
from reconciler.live.http.answer import Answer
from reconciler.live.http.errors import wants_password
from reconciler.live.leak_check import repeats
from reconciler.live.target import Target
from reconciler.live.urls import without_query
from reconciler.resources.observation import Observation, Unlisted
from reconciler.resources.pasted import is_where_servers_listen, meant_url
from reconciler.resources.urls import origin, reached, reaches
from reconciler.text import printable, sentence

COULD_NOT_FETCH = "Could not fetch models"
NOT_FOUND = (404, 405)
_MASKED = re.compile(r"\*\*|…|\.\.\.|xxx", re.IGNORECASE)
_WORDS = {
    codes.INVALID_API_KEY: "Invalid API key",
    codes.ENDPOINT_NOT_FOUND: "Endpoint not found",
    codes.NO_MODELS_RETURNED: "No models returned",
}


def words(code: Code) -> str:
    """Return the summary for the code of a connection test's outcome."""
    return _WORDS.get(code, COULD_NOT_FETCH)


def unlisted(target: Target, fault: Fault, url: str, status: int | None = None, marker: bool = False) -> Observation:
    """Return the observation of an endpoint without a list. The fault is the reason."""
    summary, hint = words(fault.code), _meant(target, fault) or fault.hint
    return Observation(
        status="unlisted",
        catalog=Unlisted(fault.code, fault.detail),
        code=fault.code,
        http_status=status,
        url=without_query(url),
        summary=summary,
        detail=fault.detail,
        hint=hint,
        key_sent=target.key is not None,
        auth_marker=marker,
        is_page=fault.is_page,
        cause=fault.cause,
    )


def _meant(target: Target, fault: Fault) -> str:
    """Return a hint with the base URL that the user probably meant. Return "" if there is no such URL."""
    if fault.code == codes.INVALID_API_KEY:
        return ""
    meant = meant_url(target.base_url, target.preset.dialect)
    if is_where_servers_listen(target.base_url):
        return f"write `base_url: {meant}`: {urlsplit(target.base_url).hostname} is only a listening address"
    is_path = fault.code in (codes.ENDPOINT_NOT_FOUND, codes.NONSTANDARD_LIST)
    return f"write `base_url: {meant}`" if meant and is_path else ""


def unasked(fault: Fault) -> Observation:
    """Return the observation of an endpoint that was not contacted. The fault is the reason."""
    why = Unlisted(fault.code, fault.detail)
    return Observation(
        status="unlisted", catalog=why, code=fault.code, summary=words(fault.code), detail=fault.detail, hint=fault.hint
    )


def refused(target: Target, answer: Answer) -> Observation:
    """Return the observation for a response with an unsuccessful status."""
    return unlisted(
        target,
        fault_of(target, answer),
        url=answer.url,
        status=answer.status,
        marker=has_auth_marker(target.dialect, answer),
    )


def fault_of(target: Target, answer: Answer) -> Fault:
    """Return the fault for a response with an unsuccessful status."""
    status = answer.status
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return wants_password()
    if is_about_key(target.dialect, answer):
        return _invalid_key(target, answer)
    if status in NOT_FOUND:
        return _not_found(target, status)
    if 300 <= status < 400:
        return _redirect(target, answer)
    if status == 429:
        return Fault(
            codes.RATE_LIMITED,
            f"{_spoken(status)}: the endpoint is up but is rate-limiting requests.",
            "wait, then try again",
        )
    return _server_error(target, answer)


def _server_error(target: Target, answer: Answer) -> Fault:
    """Return the fault for a response whose status has no message of its own.

    The fault includes the server's message, or a remark that the response is a web page.
    """
    status, quote = answer.status, quoted(target, answer)
    what = _spoken(status)
    if is_page(answer):
        what += ": a web page instead of the API's answer"
    if quote and quote.rstrip(".").casefold() not in what.casefold():
        what += f": {quote.rstrip('.')}"
    return Fault(codes.SERVER_ERROR, f"{what}.", _whose(target, answer))


def _whose(target: Target, answer: Answer) -> str:
    if answer.status < 500 and is_page(answer):
        return "check VPN, proxy and `base_url`: the answer is from a firewall, a proxy or a sign-in page"
    if answer.status == HTTPStatus.FORBIDDEN:
        return "follow the message of the server: the key is not the reason"
    no_key = not target.keys and answer.status >= 500
    return "check whether this server needs a key: no key was sent" if no_key else "check the log of the server"


def nonstandard(target: Target, answer: Answer) -> Fault:
    """Return the fault for a successful response that is not a list."""
    if is_page(answer):
        hint = f"check that `base_url` is the URL of the API, not of a web site; gwctl also tried {_other(target)}"
        return Fault(
            codes.NONSTANDARD_LIST, "The server returned a web page (HTML) instead of a list.", hint, is_page=True
        )
    quote = quoted(target, answer)
    kind = "" if gives_back(target, answer.headers.get("content-type", "")) else sentence(answer.content_type, 60)
    what = f"{kind or 'data without a content type'}: {quote}" if quote else "an empty response"
    return Fault(
        codes.NONSTANDARD_LIST,
        f"The server returned no model list, but {what}.",
        "check that `base_url` is the URL of the API",
    )


def quoted(target: Target, answer: Answer) -> str:
    """Return at most 200 characters of the server's text, safe to show.

    Return "" if the text may contain part of a key.
    """
    words, head = words_of(answer), answer.body[:4096].decode(errors="replace")
    return "" if any(gives_back(target, text) for text in (words, head)) else sentence(words)


def _invalid_key(target: Target, answer: Answer) -> Fault:
    spoken = _spoken(answer.status)
    if not target.keys:
        return _no_key(target, spoken)
    # Servers often repeat a bad key in part, or with stars. Such a message is not shown.
    quote = "" if has_auth_marker(target.dialect, answer) else quoted(target, answer)
    is_news = quote and not _MASKED.search(quote) and quote.casefold() not in spoken.casefold()
    ending = f": {quote.rstrip('.')}" if is_news else ""
    return Fault(codes.INVALID_API_KEY, f"The key was rejected ({spoken}){ending}.", _which_key(target))


def _no_key(target: Target, spoken: str) -> Fault:
    """Return the fault of a missing key. The fault includes the cause if the cause is known."""
    detail = f"No key was sent, but the server requires one ({spoken})."
    cause = next((diagnostic for diagnostic in target.diagnostics if diagnostic.severity != "note"), None)
    if cause:
        return Fault(codes.INVALID_API_KEY, f"{detail} {cause.detail or cause.summary}", cause.hint, cause=cause)
    hint = f"add `key: {{env: {target.preset.variable or 'NAME'}}}` under endpoints.{target.name}"
    if target.key_from:
        hint = f"provide the key from {target.key_from}, or store a key: gwctl key set {target.name}"
    return Fault(codes.INVALID_API_KEY, detail, hint)


def _which_key(target: Target) -> str:
    """Return a hint that names the sources of the keys that were sent."""
    own = [f"the key from {target.key_from or 'the reference'}"] if target.key else []
    others = [
        f"the key in the header {printable(name, 60)}"
        for name in (header_key.name for header_key in target.header_keys)
    ]
    known = target.key and target.preset.key == "required" and target.preset.key_hint
    about = f" ({target.preset.key_hint})" if known else ""
    return f"check that {' and '.join(own + others)} {'is' if len(own + others) == 1 else 'are'} for this server{about}"


def _not_found(target: Target, status: int) -> Fault:
    most = "" if target.base_url.endswith("/v1") else " (most end with /v1)"
    hint = f"check the path of `base_url`{most}; gwctl also tried {_other(target)}"
    return Fault(codes.ENDPOINT_NOT_FOUND, f"There is no model list at this URL ({_spoken(status)}).", hint)


def _other(target: Target) -> str:
    """Return the base URL with `/v1` added. If the base URL ends with `/v1`, return it without `/v1`."""
    return reached(target.base_url, reaches(target.base_url)[1])


def gives_back(target: Target, text: str) -> bool:
    """Return whether the server's text contains part of a key, or a whole literal header.

    A literal header may be a secret.
    """
    return repeats(text, target.keys, (value for _, value in target.literals))


def _redirect(target: Target, answer: Answer) -> Fault:
    location = answer.headers.get("location", "")
    location = "" if gives_back(target, location) else location
    try:
        where = origin(location) if "://" in location else sentence(location.partition("?")[0], 80)
    except ValueError:
        where = "a target that is not a URL"
    target_shown = sentence(where, 120) or "nowhere"
    detail = f"The server redirects ({answer.status}) to {target_shown}. gwctl did not follow the redirect."
    if _adds_a_slash(answer.url, location):
        path = urlsplit(answer.url).path.removeprefix(urlsplit(target.base_url).path)
        hint = f"use your own preset with `list_path: {path}/`, because the list is at this path"
        return Fault(codes.NONSTANDARD_LIST, detail, hint)
    return Fault(codes.NONSTANDARD_LIST, detail, "set `base_url` to the new location if the location is correct")


def _adds_a_slash(url: str, location: str) -> bool:
    """Return whether a redirect leads to the same URL with a slash at the end."""
    try:
        return without_query(urljoin(url, location)) == f"{without_query(url)}/"
    except ValueError:
        return False


def _spoken(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
