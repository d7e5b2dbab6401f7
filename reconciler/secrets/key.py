"""A key in memory, which cannot be printed by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, final

LARGEST = 64 * 1024  # bytes; the longest tokens in use are a few kilobytes


@final
class Key:
    """The value of a key. `str`, `repr`, `format`, `pickle`, `copy` and `vars` do not reveal the value."""

    __slots__ = ("__value", "padded")

    def __init__(self, value: str, padded: bool = False) -> None:
        self.padded = padded  # the source has white space around the key
        # The value is in a closure: a debugger or a traceback that dumps the slots shows only a function.
        self.__value: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """Return the value itself. Call this method only if the key is sent, stored or passed to a tool."""
        return self.__value()

    def __repr__(self) -> str:
        return "Key(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Key(…)"

    def __reduce__(self) -> Never:
        raise TypeError("a key cannot be pickled or copied")
