"""The reading and writing of the document on a state server. A write needs the lock."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import field

from reconciler.errors import Failed
from reconciler.state.stores import errors
from reconciler.state.stores.http.lock import OwnLock
from reconciler.state.stores.http.lock_info import told
from reconciler.state.stores.http.requests import HttpCalls, status_of
from reconciler.state.stores.http_exchange import HttpReply, NoAnswer
from reconciler.state.stores.store import Stored
from reconciler.values import dataclass

_LOOK = "check the address, the network, HTTPS_PROXY and NO_PROXY; add a private CA to the system's trust store"
_GATEWAY = (502, 504)  # from a proxy, while the server may still process the request
_LOG = "check the log of the server"
_SETTLING = 10.0  # seconds for reading the state after a write without an answer


@dataclass(frozen=True)
class StoredDocument:
    """The document on the state server.

    `etag` is the tag for If-Match. `etag` is empty if If-Match cannot use the tag (RFC 9110, 13.1.1).
    """

    stored: Stored | None
    etag: str = ""

    @property
    def version(self) -> str | None:
        """The version of the document. The version is None if there is no document."""
        return self.stored.version if self.stored else None


@dataclass(frozen=True)
class PendingWrite:
    """One write that replaces the version `expected` within `seconds`.

    If `expected` is None, there is no document yet.
    """

    held: OwnLock
    data: bytes = field(repr=False)
    expected: str | None
    seconds: float


class HttpDocument:
    """One document on a state server. The digest of its bytes is its version."""

    def __init__(self, place: str, calls: HttpCalls) -> None:
        self._place = place
        self._calls = calls
        self._seen: Stored | None = None  # the last document of this run

    def read(self, failed: errors.Failing, seconds: float, known: Stored | None = None) -> StoredDocument:
        """Return the document. `stored` is None only if the server says that there is no document.

        `known` is an earlier document, also of another run. If the server says that it still has this document, or the
        last document of this run, it sends no bytes.
        """
        known = self._seen or known
        document = self._read(failed, seconds, known if known and known.tag else None)
        self._seen = document.stored
        return document

    def _read(self, failed: errors.Failing, seconds: float, known: Stored | None) -> StoredDocument:
        try:
            answer = self._calls.get(seconds, known.tag if known else "")
        except NoAnswer as fault:
            raise failed(self._place, fault.why, _LOOK) from None
        if answer.status == 304 and known:
            return StoredDocument(known, known.tag)
        if answer.status in (204, 404):
            return StoredDocument(None)
        if answer.status != 200:
            raise failed(self._place, status_of(answer), _LOG)
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise failed(
                self._place, "the server returned a web page", "check the address, and whether the server needs a login"
            )
        if answer.headers.get("content-md5", _md5(answer.body)) != _md5(answer.body):
            raise failed(self._place, "the state was damaged during transfer (Content-MD5)", "run the command again")
        etag = answer.headers.get("etag", "")
        etag = etag if _is_strong(etag) else ""
        return StoredDocument(Stored(answer.body, version_of(answer.body), etag) if answer.body else None, etag)

    def replace(self, write: PendingWrite) -> str:
        """Replace the document, and return the new version."""
        until = time.time() + write.seconds  # not monotonic: the lock also ages while a laptop sleeps
        stored = self.read(errors.unwritable, write.seconds)
        if stored.version != write.expected:
            raise errors.changed(self._place)
        left = until - time.time()
        if left <= 0:
            raise errors.unwritable(
                self._place, f"the write took longer than {write.seconds:.0f} s", "run the command again"
            )
        write.held.stays = True  # until the result of the write is known
        try:
            answer = self._calls.post(write.data, write.held.info, stored.etag, left)
        except NoAnswer as fault:
            if fault.is_sent:
                return self._looked_after(write, errors.uncertain(self._place, fault.why))
            write.held.stays = False
            raise errors.unwritable(self._place, fault.why, _LOOK) from None
        except Failed:  # the server rejected the credentials
            write.held.stays = False
            raise
        if answer.status in _GATEWAY:
            return self._looked_after(write, errors.uncertain(self._place, status_of(answer)))
        write.held.stays = False
        return version_of(write.data) if answer.status in (200, 201, 204) else self._not_taken(write, answer)

    def _not_taken(self, write: PendingWrite, answer: HttpReply) -> str:
        other = told(answer.body)
        if answer.status in (409, 423) and other.id not in ("", write.held.info.id):
            hint = "run the command again when the other run has ended: the lock of this run was removed or has expired"
            raise errors.locked(self._place, other.words(), hint)
        if answer.status in (409, 412, 423):
            raise errors.changed(self._place)
        if answer.status == 413:
            hint = "ask the administrator of the server to allow larger states"
            raise errors.unwritable(
                self._place, f"{len(write.data)} bytes are too large for the server (HTTP 413)", hint
            )
        return self._settled(write, errors.unwritable(self._place, status_of(answer), _LOG))

    def _looked_after(self, write: PendingWrite, otherwise: Failed) -> str:
        """Return the new version if the server has stored the document.

        Otherwise keep the lock, because the server may still store the document.
        """
        version = self._settled(write, otherwise)
        write.held.stays = False
        return version

    def _settled(self, write: PendingWrite, otherwise: Failed) -> str:
        try:
            stored = self.read(errors.unreadable, min(write.seconds, _SETTLING))
        except Failed:
            raise otherwise from None
        if stored.version == version_of(write.data):
            return version_of(write.data)
        raise otherwise if stored.version == write.expected else errors.changed(self._place)


def version_of(data: bytes) -> str:
    """Return the version of a document: the SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()


def _is_strong(etag: str) -> bool:
    """Return whether a later request can name exactly these bytes by the ETag. A header of a request is ASCII."""
    return etag.startswith('"') and etag.endswith('"') and len(etag) > 2 and etag.isascii()


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
