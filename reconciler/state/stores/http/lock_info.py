"""The lock info of Terraform's HTTP protocol: the holder of a lock, and the time when the lock was taken.

https://github.com/hashicorp/terraform/blob/main/internal/states/statemgr/locker.go
"""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler import __version__
from reconciler.text import sentence
from reconciler.values import dataclass

# Only the ID shows that a lock is gwctl's. GitLab returns the ID, user and time of the holder, but Operation, Info and
# Version of the client that asks. The ID is a valid UUID (RFC 9562, 5.8: version 8 is for any use).
_MARK = b"gwctl"
_NOBODY = {"ID": "", "Operation": "", "Info": "", "Who": "", "Version": "", "Created": "", "Path": ""}


@dataclass(frozen=True)
class LockInfo:
    """The lock info of one lock.

    `fields` has the seven fields of the protocol, as the holder or the server wrote them.
    """

    fields: dict[str, str]

    @property
    def id(self) -> str:
        """The ID that every write and the unlock must name. The ID is empty if the server does not return it."""
        return self.fields["ID"]

    @property
    def is_gwctls(self) -> bool:
        """Return whether a run of gwctl took the lock. gwctl holds a lock only for one write."""
        try:
            lock_id = uuid.UUID(self.id)
        except ValueError:
            return False
        return lock_id.version == 8 and lock_id.bytes.startswith(_MARK)

    @property
    def created(self) -> datetime | None:
        """The time when the lock was taken. The time is None if the lock info has no valid time."""
        try:
            moment = datetime.fromisoformat(self.fields["Created"])
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def is_dead(self, now: datetime, lease: float) -> bool:
        """Return whether the lock has expired. Only a lock of gwctl expires, after `lease` seconds."""
        created = self.created
        return self.is_gwctls and created is not None and now - created > timedelta(seconds=lease)

    def words(self) -> str:
        """Return the holder and the time, safe to show in a message."""
        created = self.created
        since = f" since {created:%Y-%m-%dT%H:%M:%SZ}" if created else ""
        tool = "" if self.is_gwctls or not self.id else ", not by gwctl"
        return (sentence(self.fields["Who"], 120) or "somebody") + tool + since

    def document(self) -> bytes:
        """Return the JSON body of a lock or unlock request."""
        return json.dumps(self.fields, separators=(",", ":")).encode()


def fresh(who: str, now: datetime) -> LockInfo:
    """Return a new lock info of gwctl."""
    drawn = bytearray(_MARK + secrets.token_bytes(11))
    drawn[6] = drawn[6] & 0x0F | 0x80  # version 8
    drawn[8] = drawn[8] & 0x3F | 0x80  # the variant of all UUIDs
    fields = {"ID": str(uuid.UUID(bytes=bytes(drawn))), "Operation": "gwctl", "Who": who, "Version": __version__}
    return LockInfo(_NOBODY | fields | {"Created": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"})


def told(body: bytes) -> LockInfo:
    """Return the lock info in a server's answer. A field is empty if it is missing or is not text."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    fields = document.items() if isinstance(document, dict) else ()
    return LockInfo(_NOBODY | {name: value for name, value in fields if name in _NOBODY and isinstance(value, str)})
