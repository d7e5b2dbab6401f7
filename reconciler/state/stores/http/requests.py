"""The requests of Terraform's HTTP state protocol, as Terraform's client sends them.

https://developer.hashicorp.com/terraform/language/backend/http,
https://github.com/hashicorp/terraform/blob/main/internal/backend/remote-state/http/client.go
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from reconciler.errors import Failed
from reconciler.state.stores import errors
from reconciler.state.stores.http.lock_info import LockInfo
from reconciler.state.stores.http.settings import HttpStoreSettings
from reconciler.state.stores.http_exchange import Exchange, HttpReply, Request
from reconciler.text import sentence

NO_CONDITION: Mapping[str, str] = MappingProxyType({})


class HttpCalls:
    """The requests to the state server.

    The methods raise `Failed` for rejected credentials, and `NoAnswer` if the answer was lost.
    """

    def __init__(self, address: HttpStoreSettings, exchange: Exchange) -> None:
        self._address = address
        self._exchange = exchange

    def get(self, seconds: float, unless: str = "") -> HttpReply:
        """Request the document. The status of the answer is 404 or 204 if there is no document.

        The status may be 304 if the document still has the ETag `unless`.
        """
        condition = {"If-None-Match": unless} if unless else {}
        return self._ask("GET", self._address.url, None, seconds, again=True, condition=condition)

    def post(self, data: bytes, lock: LockInfo, etag: str, seconds: float) -> HttpReply:
        """Send the document once, with the ID of the lock. If the answer is lost, the caller must read the document."""
        parts = urlsplit(self._address.url)
        named = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "ID"]
        url = urlunsplit(parts._replace(query=urlencode([*named, ("ID", lock.id)])))
        condition = {"If-Match": etag} if etag else {}
        return self._ask(self._address.update_method, url, data, seconds, condition=condition)

    def lock(self, info: LockInfo, seconds: float) -> HttpReply:
        """Request the lock. If the request arrives twice, the server's second answer has this lock info."""
        return self._ask(self._address.lock_method, self._address.lock_url, info.document(), seconds, again=True)

    def unlock(self, info: LockInfo, seconds: float) -> HttpReply:
        """Send the unlock request once.

        Some servers ignore the ID of the lock, so a retry could release the lock of another run.
        """
        return self._ask(self._address.unlock_method, self._address.unlock_url, info.document(), seconds)

    def _ask(
        self,
        method: str,
        url: str,
        body: bytes | None,
        seconds: float,
        again: bool = False,
        condition: Mapping[str, str] = NO_CONDITION,
    ) -> HttpReply:
        headers = self._headers(body) | dict(condition)
        answer = self._exchange(
            Request(method=method, url=url, headers=headers, seconds=max(seconds, 0.1), body=body, again=again)
        )
        if answer.status == 304 and "If-None-Match" in condition:
            return answer
        if answer.status in (401, 403) or 300 <= answer.status < 400:
            raise self._kept_out(answer, url)
        if answer.status == 404 and self._address.is_gitlab and "Project" in words_of(answer):
            # GitLab's words for a project that this token may not see. A state that does not exist yet gives
            # "404 Not found".
            why = "the project does not exist, or the token has no access to it (HTTP 404)"
            raise errors.refused(self._address.place, why, self._hint())
        return answer

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {}
        if self._address.password is not None:
            pair = f"{self._address.user}:{self._address.password.reveal()}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        if body is not None:
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            headers |= {"Content-Type": "application/json", "Content-MD5": base64.b64encode(digest).decode()}
        return headers

    def _kept_out(self, answer: HttpReply, url: str) -> Failed:
        """Return the error for a rejected request, a redirect, or a 304 that nobody asked for.

        The error omits the server's text, which may repeat the password.
        """
        if answer.status == 304:
            why = "the server answers that nothing has changed, but the request did not ask for changes"
            hint = "look at the server, and at a cache in front of it: it may not store the state"
            return errors.refused(self._address.place, f"{why} (HTTP 304)", hint)
        if answer.status not in (401, 403):
            target = urlsplit(urljoin(url, answer.headers.get("location", "")))._replace(query="", fragment="")
            shown = sentence(urlunsplit(target._replace(netloc=target.netloc.rpartition("@")[2])))
            why = f"the server redirects to {shown}"
            hint = "use that address for the state: gwctl does not follow redirects"
            return errors.refused(self._address.place, f"{why} (HTTP {answer.status})", hint)
        if self._address.password is None:
            why = "the server requires a password, but none is set"
        elif answer.status == 401:
            why = f"user or password was rejected (user {sentence(self._address.user, 80)})"
        else:
            why = f"the user {sentence(self._address.user, 80)} is not allowed to do this"
        return errors.refused(self._address.place, f"{why} (HTTP {answer.status})", self._hint())

    def _hint(self) -> str:
        if not self._address.is_gitlab:
            return "set GWCTL_HTTP_USERNAME and GWCTL_HTTP_PASSWORD"
        return (
            "set GWCTL_HTTP_USERNAME and GWCTL_HTTP_PASSWORD; the password is a Maintainer's token with the scope "
            "`api` (to read, a Developer's token is enough); in a job, use `gitlab-ci-token` and $CI_JOB_TOKEN"
        )


def words_of(answer: HttpReply) -> str:
    """Return the field `message` or `error` of the server's JSON, safe to show. Return "" if there is no such field."""
    try:
        document = json.loads(answer.body[:10_000])
    except (ValueError, RecursionError):
        return ""
    message = (document.get("message") or document.get("error")) if isinstance(document, dict) else None
    return sentence(message) if isinstance(message, str) else ""


def status_of(answer: HttpReply) -> str:
    """Return the HTTP status and the server's message."""
    message = words_of(answer)
    return f"HTTP {answer.status}{f': {message}' if message else ''}"
