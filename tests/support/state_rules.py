"""The answers of an HTTP state server: Terraform's exact protocol, and GitLab's variant.

Terraform: https://developer.hashicorp.com/terraform/language/backend/http, and the answers that its client accepts.
GitLab: its lib/api/terraform/state.rb and app/services/terraform/remote_state_handler.rb.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LOCK_INFO = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")


@dataclass(frozen=True)
class Answered:
    """One answer of the server."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Kept:
    """One state: every document that was written, by serial, and the holder of the lock."""

    versions: dict[int, bytes] = field(default_factory=dict)
    lock: dict[str, Any] | None = None

    @property
    def latest(self) -> bytes | None:
        """Return the version that a reader gets."""
        return self.versions[max(self.versions)] if self.versions else None

    def is_locked_by(self, lock_id: str | None) -> bool:
        """Return whether a write or an unlock with this lock ID is allowed. Without a lock, there must be no ID."""
        return lock_id == (self.lock["ID"] if self.lock else None)


def saying(status: int, document: object) -> Answered:
    """Return an answer in JSON."""
    return Answered(status, json.dumps(document).encode(), {"Content-Type": "application/json"})


class TerraformRules:
    """Terraform's rules: LOCK and UNLOCK at the state's own URL. A held lock gives 423 and its lock info."""

    locking: Mapping[str, str] = {"LOCK": "lock", "UNLOCK": "unlock"}
    locked = 423

    def __init__(self, etags: bool = False) -> None:
        self._etags = etags
        self.kept: dict[str, Kept] = {}

    def state_and_action(self, method: str, path: str) -> tuple[str, str]:
        """Return the state that a request is for, and its action."""
        plain = {"GET": "read", "POST": "write", "DELETE": "purge"}
        return path, {**plain, **self.locking}.get(method, "")

    def answer(self, action: str, path: str, query: Mapping[str, str], body: bytes, user: str, match: str) -> Answered:
        """Answer one request. `match` is its If-Match."""
        kept = self.kept.setdefault(path, Kept())
        if action == "read":
            return self._read(kept)
        if action == "write":
            return self._write(kept, query.get("ID"), body, match)
        if action == "lock":
            return self._lock(kept, body, user)
        if action == "unlock":
            return self._unlock(kept, body)
        kept.versions.clear()
        return Answered()

    def _read(self, kept: Kept) -> Answered:
        if kept.latest is None:
            return Answered(404)
        digest = hashlib.sha256(kept.latest).hexdigest()
        return Answered(200, kept.latest, {"ETag": f'"{digest}"'} if self._etags else {})

    def _write(self, kept: Kept, lock_id: str | None, body: bytes, match: str) -> Answered:
        if not kept.is_locked_by(lock_id):
            return saying(self.locked if kept.lock else 409, kept.lock or {})
        if self._etags and match and match != self._read(kept).headers.get("ETag"):
            return Answered(412)
        kept.versions[len(kept.versions) + 1] = body
        return Answered()

    def _lock(self, kept: Kept, body: bytes, _user: str) -> Answered:
        info = lock_info(body)
        if info is None:
            return Answered(400)
        if kept.lock:
            return saying(self.locked, kept.lock)
        kept.lock = info
        return Answered()

    def _unlock(self, kept: Kept, body: bytes) -> Answered:
        info = json.loads(body or b"{}")
        if "ID" in info and not kept.is_locked_by(info["ID"]):  # force-unlock names none
            return saying(409, kept.lock or {})
        kept.lock = None
        return Answered()


class GitLabRules(TerraformRules):
    """GitLab's rules: POST and DELETE at /lock. A conflict returns only the holder's ID, user and time.

    Each document has a serial, and a read returns the highest one. `any_bytes`: a document without a serial is stored
    as the next one, as in GitLab before it checked serials (13.0).
    """

    locked = 409
    prefix = "/api/v4/projects/acme%2Fgateway/terraform/state/"

    def __init__(self, any_bytes: bool = False, readers: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._any_bytes = any_bytes
        self._readers = readers  # users with the role Developer

    def state_and_action(self, method: str, path: str) -> tuple[str, str]:
        name, _, end = path.removeprefix(self.prefix).partition("/")
        if not path.startswith(self.prefix) or end not in ("", "lock"):
            return path, ""
        actions = {"POST": "lock", "DELETE": "unlock"} if end else {"GET": "read", "POST": "write", "DELETE": "purge"}
        return self.prefix + name, actions.get(method, "")

    def answer(self, action: str, path: str, query: Mapping[str, str], body: bytes, user: str, match: str) -> Answered:
        if not action:
            return saying(404, {"message": "404 Project Not Found"})
        if action != "read" and user in self._readers:
            return saying(403, {"message": "403 Forbidden"})
        if action == "read" and path not in self.kept:
            return saying(404, {"message": "404 Not found"})
        return super().answer(action, path, query, body, user, match)

    def _read(self, kept: Kept) -> Answered:
        return Answered(200, kept.latest) if kept.latest is not None else Answered(204)

    def _write(self, kept: Kept, lock_id: str | None, body: bytes, match: str) -> Answered:
        if not body:
            return Answered(204)
        serial = _serial(body)
        if serial is None and self._any_bytes:
            serial = max(kept.versions, default=0) + 1
        if serial is None:
            return saying(422, {"message": "422 Unprocessable Entity - No serial in payload"})
        if not kept.is_locked_by(lock_id):  # nothing there is rescued from that exception
            return saying(500, {"message": "500 Internal Server Error"})
        if serial in kept.versions:
            return saying(422, {"message": "PG::UniqueViolation: duplicate key value violates unique constraint"})
        kept.versions[serial] = body
        return saying(200, {})

    def _lock(self, kept: Kept, body: bytes, user: str) -> Answered:
        info = lock_info(body)
        if info is None:
            return saying(400, {"error": "ID is missing"})
        was_free = kept.lock is None
        if kept.lock is None:
            kept.lock = {
                "ID": info["ID"],
                "Who": user,
                "Created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
            }
        holders = {name: kept.lock[name] for name in ("ID", "Who", "Created")}
        return saying(200 if was_free else self.locked, info | holders)


def lock_info(body: bytes) -> dict[str, Any] | None:
    """Return the lock info in a request, with all fields as text; None if it is not valid."""
    try:
        info = json.loads(body)
    except ValueError:
        return None
    if not isinstance(info, dict) or sorted(info) != sorted(LOCK_INFO):
        return None
    return info if info["ID"] and all(isinstance(value, str) for value in info.values()) else None


def _serial(body: bytes) -> int | None:
    try:
        serial = json.loads(body)["serial"]
    except (ValueError, KeyError, TypeError):
        return None
    return serial if isinstance(serial, int) else None
