"""The reader of a response's body while the body arrives. Its limits apply before and after decompression."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from reconciler import codes
from reconciler.live.fault import Fault

ACCEPTED = "gzip, deflate"
_GZIP = ("gzip", "x-gzip")
_KNOWN = frozenset([*_GZIP, "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"])
_PIECE = 64 * 1024  # bytes


class BodyReader(Protocol):
    """A reader of a body that is still arriving."""

    async def take(self, data: bytes, /) -> bool:
        """Process the data. Return False if the reader needs no more data."""
        ...


class KeptBytes:
    """The reader that keeps the first bytes of a body. If there is a `BodyReader`, it gets the whole body."""

    def __init__(self, most: int, taker: BodyReader | None = None) -> None:
        self.data = bytearray()
        self._most, self._taker = most, taker

    async def take(self, data: bytes, /) -> bool:
        """Keep and pass on the data. Return False if neither this object nor the `BodyReader` needs more data."""
        self.data += data[: self._most - len(self.data)]
        wanted = self._taker is not None and await self._taker.take(data)
        return wanted or len(self.data) < self._most


async def read(raw: AsyncIterator[bytes], encoding: str, largest: int, taker: BodyReader) -> None:
    """Pass the body to `taker` in pieces.

    Raise `Fault` if the body is larger than `largest` bytes or cannot be decoded.
    """
    layer, came, handed = _layer(encoding), 0, 0
    async for data in raw:
        came += len(data)
        for piece in layer.undo(data):
            handed += len(piece)
            _check(max(came, handed), largest)
            if not await taker.take(piece):
                return
        _check(came, largest)
    if came and not layer.is_whole:
        raise _not_as_it_says()


def _check(size: int, largest: int) -> None:
    if size > largest:
        unit, name = (1024 * 1024, "MiB") if largest >= 1024 * 1024 else (1024, "KiB")
        raise Fault(codes.NONSTANDARD_LIST, f"The answer is larger than {largest // unit} {name}.")


class _Plain:
    is_whole = True

    def undo(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Compressed:
    """The decoder of one layer of gzip or deflate. Data after the end of the compressed stream is ignored."""

    def __init__(self, is_gzip: bool) -> None:
        self._wbits = 16 + zlib.MAX_WBITS if is_gzip else 0
        self._undo: zlib._Decompress | None = None

    @property
    def is_whole(self) -> bool:
        return self._undo is not None and self._undo.eof

    def undo(self, data: bytes) -> Iterator[bytes]:
        if self._undo is None and data:
            self._undo = zlib.decompressobj(self._wbits or _deflate(data[0]))
        while self._undo and data and not self._undo.eof:
            try:
                piece = self._undo.decompress(data, _PIECE)
            except zlib.error:
                raise _not_as_it_says() from None
            data = self._undo.unconsumed_tail
            if piece:
                yield piece


def _deflate(first: int) -> int:
    """Return zlib's window bits for a deflate stream.

    RFC 9110 requires zlib's header, but many servers omit the header, so the first byte decides.
    """
    return zlib.MAX_WBITS if first & 0x0F == 8 and first >> 4 <= 7 else -zlib.MAX_WBITS


def _layer(encoding: str) -> _Plain | _Compressed:
    named = [coding for part in encoding.lower().split(",") if (coding := part.strip()) not in ("", "identity")]
    if not named:
        return _Plain()
    if len(named) > 1 or named[0] not in (*_GZIP, "deflate"):
        shown = ", ".join(coding if coding in _KNOWN else "?" for coding in named[:8])  # other words may be anything
        detail = f"The answer has `Content-Encoding: {shown}`, which gwctl does not support."
        raise Fault(codes.NONSTANDARD_LIST, detail, "let the server send gzip, deflate or uncompressed data")
    return _Compressed(named[0] in _GZIP)


def _not_as_it_says() -> Fault:
    return Fault(codes.NONSTANDARD_LIST, "The compression of the answer does not match its headers.")
