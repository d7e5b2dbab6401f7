"""The response of a server to one request."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.values import dataclass


@dataclass(frozen=True)
class Answer:
    """The response to one request. `body` is decompressed.

    If a `BodyReader` has read the body, `body` has only the first bytes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Return whether the status of the response is 2xx."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The media type of the body without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
