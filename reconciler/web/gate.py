"""The check of every request: only the one browser that opened the entry page may use the page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie

from reconciler.values import dataclass

COOKIE = "gwctl"
ENTER, STYLE = "/enter", "/style.css"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Refusal:
    """A request that is not served: the HTTP status, and one sentence for the person."""

    status: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The parts of a request that decide whether the request is served. The names of headers are lowercase."""

    method: str
    path: str
    headers: Mapping[str, tuple[str, ...]]

    def header(self, name: str) -> str:
        """Return the value of a header. Return "" unless the request has the header exactly once."""
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else ""


class Gate:
    """The secrets of one run: the code of the entry page, the cookie, and the token in every form.

    At first, two hosts are accepted: 127.0.0.1, and a random name below `localhost`, which browsers resolve to this
    machine. When a browser has sent the code to one of these hosts, only this host is accepted.
    """

    def __init__(self, port: int) -> None:
        self.code = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._is_open = True  # the code was not used yet
        self.hosts: tuple[str, ...] = (f"gwctl-{secrets.token_hex(8)}.localhost:{port}", f"127.0.0.1:{port}")

    def enter(self, asked: Asked, code: str) -> str | Refusal:
        """Return the header that sets the cookie. Return a `Refusal` if the code is wrong or was used before."""
        if not compare_digest(code.encode(), self.code.encode()):
            return Refusal(403, "The code does not belong to this run of gwctl ui.")
        if not self._is_open:
            return Refusal(403, "The entry page was used already. To enter again, end gwctl ui and start it again.")
        self._is_open = False
        self.hosts = (asked.header("host"),)
        return f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Strict"

    def refusal(self, asked: Asked) -> Refusal | None:
        """Return the reason to refuse the request, or None if the request may be served."""
        if asked.header("host") not in self.hosts:
            return Refusal(421, "The page is not served under this host name.")
        if asked.method not in ("GET", "HEAD", "POST"):
            return Refusal(405, "The page does not accept this method.")
        if asked.method == "POST" and asked.header("content-type").partition(";")[0].strip().lower() != _FORM:
            return Refusal(415, "The page accepts its own forms only.")
        if asked.path == STYLE or (asked.path == ENTER and asked.method == "POST"):
            return None
        return self._refusal_of_page(asked)

    def is_own(self, token: str) -> bool:
        """Return whether a form has the token of this run."""
        return compare_digest(token.encode(), self.token.encode())

    def _refusal_of_page(self, asked: Asked) -> Refusal | None:
        if not self._has_cookie(asked):
            return Refusal(403, "This browser has no access. Open the page whose path gwctl ui printed.")
        site = asked.header("sec-fetch-site")
        if asked.method == "POST" and site != "same-origin":
            return Refusal(403, "The form was not sent from this page.")
        if site not in ("", "none", "same-origin"):
            return Refusal(403, "The link was followed from another page.")
        origin = asked.header("origin")
        if origin not in ("", "null", f"http://{self.hosts[0]}"):  # null: the page sends no referrer
            return Refusal(403, "The form was not sent from this page.")
        return None

    def _has_cookie(self, asked: Asked) -> bool:
        try:
            cookie = SimpleCookie(asked.header("cookie")).get(COOKIE)
        except CookieError:
            return False
        return not self._is_open and cookie is not None and compare_digest(cookie.value.encode(), self._cookie.encode())
