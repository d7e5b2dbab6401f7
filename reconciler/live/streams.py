"""Streams that some servers send although gwctl did not ask for a stream: server-sent events and lines of JSON."""

from __future__ import annotations

import re
from typing import Any

from reconciler import safe_json

_FIELD = re.compile(rb"(data|event|id|retry)?:")  # WHATWG HTML, 9.2.6
_ENDS = re.compile(rb'(^|\n)data: ?(\[DONE\]|\{"type": ?"message_stop")')


class Answering:
    """The reader of a body. It reads to the end of the body, or to the end mark of a stream."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def take(self, data: bytes, /) -> bool:
        """Add the data. Return False after the end mark of a stream, because some servers keep the connection open."""
        looked = max(0, len(self.data) - 64)
        self.data += data
        return not (_FIELD.match(self.data.lstrip()[:16]) and _ENDS.search(self.data, looked))


def events_of(body: bytes) -> list[Any]:
    """Return the events of a stream. Return an empty list if the body is not a stream."""
    lines = body.replace(b"\r\n", b"\n").split(b"\n")
    if _FIELD.match(body.lstrip()[:16]):
        return _read(line[5:].strip() for line in lines if line.startswith(b"data:"))
    events = _read(line for line in lines if line.strip())
    return events if len(events) > 1 else []


def _read(texts: Any) -> list[Any]:
    events = []
    for text in texts:
        try:
            events.append(safe_json.loads(text))
        except ValueError:  # [DONE], or a line that was cut off
            continue
    return events
