"""A key in memory: a value that no accident can print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, final


@final
class Key:
    """A key's value. `str`, `repr`, `format`, `pickle`, `copy` and `vars` give nothing away."""

    __slots__ = ("__value", "padded")

    def __init__(self, value: str, padded: bool = False) -> None:
        self.padded = padded  # white space stood around it where it was read
        # A closure, not a string: a debugger's or traceback's dump of slots shows a function.
        self.__value: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """The value itself: to be called only where a header is built."""
        return self.__value()

    def __repr__(self) -> str:
        return "Key(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Key(…)"

    def __reduce__(self) -> Never:
        raise TypeError("a key cannot be pickled or copied")
