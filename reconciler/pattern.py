"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Pattern:
    """A pattern. Its methods are those of the compiled pattern."""

    def __init__(self, text: Any, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)  # found without this method the next time
        return value


def pattern(text: AnyStr, flags: re.RegexFlag | int = 0) -> re.Pattern[AnyStr]:
    """Return the compiled pattern. It is compiled when one of its methods or attributes is first used.

    This is for a pattern that is long, in a module that most commands load, and that most commands do not use.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, int(flags)))
