"""The check that decides whether an error response is about the key. The status alone does not decide."""

from __future__ import annotations

import re
from typing import Any

from reconciler import safe_json
from reconciler.live.chat_apis.parts import first, inside
from reconciler.live.dialect import Dialect
from reconciler.live.http.answer import Answer

# The messages of servers for a bad key if the status is not 401: LiteLLM without a database (400), Gemini (400, also
# through a gateway), xAI (400).
_MARKERS = re.compile(
    r"no_db_connection|api[_ ]?key[_ ]?invalid|invalid[_ ](api[_ ]?key|x-api-key|subscription key)|"
    r"incorrect api key|api key not valid|authentication[_ ]?error|authentication fails|missing authentication|"
    r"no api key passed|unauthorized|token_not_found_in_db",
    re.IGNORECASE,
)
# The causes of a 403 other than the key: regions, networks, policies.
_OTHER_CAUSES = re.compile(
    r"\b(countr(y|ies)|regions?|territor(y|ies)|locations?|geo\w*|network|vnet|firewall|waf|ip|ips|address(es)?|"
    r"public access|private endpoint|vpn|blocked|polic(y|ies)|terms|quota|billing|credits?|suspended|captcha|bots?)\b",
    re.IGNORECASE,
)
_KEYISH = re.compile(
    r"\b(key|keys|apikey|api_key|token|tokens|credentials?|auth\w*|unauthori[sz]ed|login|password|signature|scopes?)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = frozenset(
    ["", "forbidden", "access denied", "access is denied", "permission denied", "not allowed", "error"]
)
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title", re.IGNORECASE)
_REASONS = ("error", "errors", "message", "Message", "msg", "detail", "details", "error_description", "reason", "title")


def is_page(answer: Answer) -> bool:
    """Return whether the response is a web page, which no API returns."""
    head = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_said = answer.content_type in ("text/html", "application/xhtml+xml")
    return is_said or head.startswith((b"<!doctype html", b"<html"))


def is_about_key(dialect: Dialect, answer: Answer) -> bool:
    """Return whether the server rejected the key. For HTTP 403, the body decides.

    A 403 without a reason counts as rejected.
    """
    if is_page(answer):
        return False
    if answer.status == 401 or has_auth_marker(dialect, answer):
        return True
    if answer.status != 403:
        return False
    words = words_of(answer)
    plain = " ".join(word for word in re.findall(r"\w+", words[:200].lower()) if word not in ("http", "403"))
    if plain in _SAYS_NOTHING:
        return True
    return bool(_KEYISH.search(words)) and not _OTHER_CAUSES.search(words)


def has_auth_marker(dialect: Dialect, answer: Answer) -> bool:
    """Return whether the body says that the error is about the key."""
    if is_page(answer):
        return False
    return bool(_MARKERS.search(answer.body.decode(errors="replace"))) or dialect.refuses_key(_json(answer))


def words_of(answer: Answer) -> str:
    """Return the server's message: the reason in a JSON body, the title of a web page, or else the text of the body."""
    head = answer.body[:4096].decode(errors="replace")
    if is_page(answer):
        match = _TITLE.search(head)
        return match[1] if match else ""
    return reason_in(_json(answer)) or head


def reason_in(body: Any, depth: int = 0) -> str:
    """Return the error message in a JSON body, from any of the usual fields. Return "" if no field has a message."""
    if isinstance(body, list):
        return next((reason for part in body[:4] if (reason := reason_in(part, depth + 1))), "") if depth < 5 else ""
    if isinstance(body, str):
        return body.strip() if depth else ""
    if not isinstance(body, dict) or depth > 4:
        return ""
    choice = first(body.get("choices"))  # in a chat answer, `message` is the model's answer
    named = (body.get(name) for name in _REASONS if not choice or name.startswith("error"))
    places = (*named, choice.get("error"), inside(choice, "message").get("error"))
    return next((reason for part in places if (reason := reason_in(part, depth + 1))), "")


def _json(answer: Answer) -> Any:
    """Return the body as JSON data. Return None if the body is not JSON."""
    try:
        return safe_json.loads(answer.body)
    except ValueError:
        return None
