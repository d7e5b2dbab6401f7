"""Questions with lists to pick from and lines to fill in; the only module that uses questionary.

^C at a question raises `KeyboardInterrupt`, and so does ^D. Every text from outside is made safe to show.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.cli.console.progress import paused
from reconciler.cli.console.terminal import width_of
from reconciler.engine.connect.option import Option
from reconciler.text import printable

if TYPE_CHECKING:
    from questionary import Choice, Question

T = TypeVar("T")
_MARGIN = 8  # columns for the pointer and the mark
_MARK = 4  # columns for the question mark and the edge
_LEAST = 20  # columns of a choice in a narrow terminal
_SEARCHED = 9  # with more choices, typed letters filter them


class Forms:
    """The questions at one terminal; `coloured` is false for --color never and NO_COLOR."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def pick(self, question: str, options: Sequence[Option[T]]) -> T:
        """Return the one value that is picked."""
        import questionary

        searched = len(options) > _SEARCHED
        choices = self._choices(options, question)
        first = next((choice for choice, option in zip(choices, options, strict=True) if option.picked), None)
        hint = f"({len(options)} in all; type to search)" if searched else " "
        picked: Option[T] = self._asked(
            questionary.select(
                question,
                choices,
                default=first,
                instruction=hint,
                use_search_filter=searched,
                use_jk_keys=False,
                **self._kept(),
            )
        )
        return picked.value

    def pick_several(self, question: str, options: Sequence[Option[T]], least: int = 0) -> list[T]:
        """Return the values that are picked, in the order of the options; at least `least` of them."""
        import questionary

        searched = len(options) > _SEARCHED
        hint = "(space: pick, enter: done, type to search)" if searched else "(space: pick, enter: done)"
        picked: list[Option[T]] = self._asked(
            questionary.checkbox(
                question,
                self._choices(options, question, marked=True),
                instruction=hint,
                use_search_filter=searched,
                use_jk_keys=False,
                validate=lambda values: len(values) >= least or "Pick at least one with the space bar.",
                **self._kept(),
            )
        )
        return [option.value for option in picked]

    def line(self, question: str, default: str = "", refusal: Callable[[str], str] = lambda _: "") -> str:
        """Return the typed line without white space around it; `refusal` returns why a line is not accepted, or ""."""
        import questionary

        typed: str = self._asked(
            questionary.text(
                question,
                default=default,
                validate=lambda text: refusal(text.strip()) or True,
                **self._kept(),
            )
        )
        return typed.strip()

    def _kept(self) -> dict[str, Any]:
        """Return the arguments of every question: the terminal that shows the question, and the colours."""
        from prompt_toolkit.output import ColorDepth, create_output

        depth = {} if self._coloured else {"color_depth": ColorDepth.DEPTH_1_BIT}
        return {"output": create_output(sys.stderr), "qmark": "?", **depth}

    def _asked(self, question: Question) -> Any:
        with paused():
            sys.stdout.flush()
            try:
                return question.unsafe_ask()
            except EOFError:
                raise KeyboardInterrupt from None

    @staticmethod
    def _choices(options: Iterable[Option[T]], question: str, marked: bool = False) -> list[Choice]:
        """Return the choices; a text is cut so that it fits in a line, also behind the question once it is picked.

        The value of a choice is the whole option: questionary replaces the value None by the text.
        """
        from questionary import Choice

        width = max(width_of(sys.stderr) - max(len(question), _MARGIN) - _MARK, _LEAST)
        return [Choice(printable(option.text, width), option, checked=marked and option.picked) for option in options]
