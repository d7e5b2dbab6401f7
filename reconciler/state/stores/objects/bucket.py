"""The objects of a bucket, which are read and replaced with conditional writes. Only this module uses obstore."""

from __future__ import annotations

import functools
import hashlib
import time
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import obstore
import obstore.store
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotModifiedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from reconciler.errors import GatewayError
from reconciler.state.stores.objects.errors import ObjectFault, explained, no_bucket
from reconciler.state.stores.objects.settings import ObjectPlace
from reconciler.values import dataclass

_MARK = "gwctlwrite"  # metadata that identifies a write; Azure allows only letters and digits
_ANYTHING = "*"  # as `expected`: any version or none
_PAUSES = (0.1, 0.4)  # seconds before a write is tried again
_SLOWEST = 200_000  # bytes per second
_CONNECTING = 5.0  # seconds


class Conflict(GatewayError):
    """The object does not have the expected version."""


class Unchanged(GatewayError):
    """The object still has the ETag of an earlier read."""


@dataclass(frozen=True)
class StoredObject:
    """An object in a bucket: its bytes, its version for a conditional write, and the time of its last change.

    The time is from the server's clock.
    """

    data: bytes
    version: str
    changed: datetime
    tag: str  # the ETag, or "" without one


class Bucket:
    """The objects of one bucket. Every method raises `ObjectFault`."""

    def __init__(self, place: ObjectPlace, patience: float) -> None:
        self._place = place
        self._patience = patience  # seconds for an answer; a large write gets more
        self._word = "version" if place.kind.by_version else "e_tag"

    def get(self, key: str, unless: str = "") -> StoredObject | None:
        """Return the object. Return None if there is no object. Raise `Unchanged` if its ETag is `unless`."""
        try:
            answer = obstore.get(
                self._store(self._patience, 1), key, options={"if_none_match": unless} if unless else None
            )
            data, meta = bytes(answer.bytes()), answer.meta
            return StoredObject(data, self._version(meta), meta["last_modified"], meta["e_tag"] or "")
        except NotModifiedError:
            fault: Exception = Unchanged()
        except FileNotFoundError as exception:
            if not no_bucket(str(exception)):
                return None
            fault = self._no_bucket()
        except (BaseError, ValueError, OSError) as exception:
            fault = _object_fault(exception)
        raise fault  # raised here, so that the library's exception, which may quote secrets, is not its context

    def replace(self, key: str, data: bytes, expected: str | None) -> str:
        """Replace the version `expected` of the object, and return the new version.

        If `expected` is None, create the object.

        Raise `Conflict` if the object has another version. Each write has its own mark in the object's metadata. If the
        answer to a write is lost, the mark shows whether the write succeeded. Without the mark, a second attempt could
        take the first attempt for a write by another run.
        """
        mark, sent = uuid.uuid4().hex, False
        for pause in (*_PAUSES, None):
            try:
                return self._put(key, data, expected, mark)
            except Conflict:
                version = self._marked(key, mark) if sent else None
                if version is None:
                    raise
                return version
            except ObjectFault as fault:
                sent = fault.sent = sent or fault.sent
                version = self._marked(key, mark) if sent and fault.passes else None
                if version is not None:
                    return version
                if pause is None or not fault.passes:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def version_with(self, data: bytes, seen: bytes, version: str) -> str | None:
        """Return the version that the object has with the content `data`, or None if the version is not known.

        The version is known if the server's versions are digests of the content. The object that was read, with the
        content `seen` and the version `version`, shows whether they are. S3's ETag is a digest, unless a key of KMS
        encrypts the bucket:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
        """
        return _digest(data) if version == _digest(seen) else None

    def keep(self, key: str, data: bytes) -> None:
        """Write the object without a condition, so that any earlier version is replaced."""
        self._put(key, data, _ANYTHING, "backup")

    def _put(self, key: str, data: bytes, expected: str | None, mark: str) -> str:
        modes: dict[str | None, Any] = {None: "create", _ANYTHING: "overwrite"}
        mode = modes.get(expected, {self._word: expected})
        store = self._store(self._patience + len(data) // _SLOWEST, 0)
        try:
            done = obstore.put(store, key, data, mode=mode, attributes={_MARK: mark}, use_multipart=False)
            return self._version(done)
        except (AlreadyExistsError, PreconditionError):
            fault: Exception = Conflict()
        except FileNotFoundError as exception:  # S3 says so of an object that is not there, if it must have a version
            is_gone = expected not in modes and not no_bucket(str(exception))
            fault = Conflict() if is_gone else self._no_bucket()
        except (BaseError, ValueError, OSError) as exception:
            fault = _object_fault(exception)
        raise fault

    def _marked(self, key: str, mark: str) -> str | None:
        """Return the version of the object if the object has this mark.

        Return None if the object has another mark or cannot be read.
        """
        with suppress(FileNotFoundError, BaseError, ValueError, OSError):
            answer = obstore.get(self._store(self._patience, 1), key)
            if answer.attributes.get(_MARK) == mark:
                return self._version(answer.meta)
        return None

    def _version(self, of: Any) -> str:
        version = of[self._word]
        if not isinstance(version, str):
            raise ObjectFault(f"the server returns no {self._word}, which conditional writes need")
        return version

    @functools.lru_cache(maxsize=4)  # noqa: B019 - a bucket lives as long as its run
    def _store(self, seconds: float, retries: int) -> Any:
        place = self._place
        return getattr(obstore.store, place.kind.class_name)(
            place.bucket,
            config=place.settings,
            client_options={
                "connect_timeout": timedelta(seconds=min(seconds, _CONNECTING)),
                "timeout": timedelta(seconds=seconds),
                "allow_http": place.plain_http,
                **_no_proxy(place.near),
            },
            retry_config={"max_retries": retries, "retry_timeout": timedelta(seconds=self._patience / 2)},
        )

    def _no_bucket(self) -> ObjectFault:
        return ObjectFault(f"there is no bucket `{self._place.bucket}`")


def _digest(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _no_proxy(host: str) -> dict[str, str]:
    """Return the options that exclude a loopback host from proxies.

    The library accepts exclusions only together with a proxy, so the options contain a dummy proxy.
    """
    return {"proxy_url": "http://127.0.0.1:9", "proxy_excludes": host} if host else {}


def _object_fault(fault: Exception) -> ObjectFault:
    return explained(str(fault), isinstance(fault, PermissionDeniedError | UnauthenticatedError))
