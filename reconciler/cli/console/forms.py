"""Questions with lists to pick from and lines to fill in. Only this module uses questionary.

^C or ^D at a question raises `KeyboardInterrupt`. Every text from outside is made safe to show.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.cli.console.progress import paused
from reconciler.cli.console.terminal import cells, lines_of, width_of
from reconciler.engine.connect.option import Option
from reconciler.render.formats.wrap import fold_text
from reconciler.text import printable

if TYPE_CHECKING:
    from questionary import Choice, Question

T = TypeVar("T")
_MARGIN = 8  # columns for the pointer and the mark
_MARK = 4  # columns for the question mark and the edge
_ABOVE = 7  # lines above a list: what was said before, and the question
_FEWEST = 4  # choices in a low terminal
_MOST_CUT = 12  # characters that are cut from a text to end it after a word
_LEAST = 20  # columns of a choice in a narrow terminal
_SEARCHED = 9  # with more choices, typed letters filter them


class Forms:
    """The questions at one terminal. `coloured` is false for --color never and for NO_COLOR."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def pick(self, question: str, options: Sequence[Option[T]]) -> T:
        """Return the value that the user picks."""
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
        """Return the values that the user picks, in the order of the options.

        The user must pick at least `least` values.
        """
        import questionary

        searched = len(options) > _SEARCHED
        hint = "(space: pick, enter: done, type to search)" if searched else "(space: pick, enter: done)"
        kept = self._kept()
        picked: list[Option[T]] = self._asked(
            questionary.checkbox(
                question,
                self._choices(options, question, marked=True),
                instruction=hint,
                use_search_filter=searched,
                use_jk_keys=False,
                validate=lambda values: len(values) >= least or "Pick at least one with the space bar.",
                erase_when_done=True,
                **kept,
            )
        )
        _show_picked(question, [printable(option.text, len(option.text)) for option in picked], kept)
        return [option.value for option in picked]

    def line(self, question: str, default: str = "", refusal: Callable[[str], str] = lambda _: "") -> str:
        """Return the line that the user types, without white space around the line.

        `refusal` returns the reason why a line is not accepted, or "".
        """
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
        """Return the arguments that all questions share: the terminal that shows the question, and the colours."""
        from prompt_toolkit.output import ColorDepth, create_output

        depth = {} if self._coloured else {"color_depth": ColorDepth.DEPTH_1_BIT}
        return {"output": create_output(sys.stderr), "qmark": "?", **depth}

    def _asked(self, question: Question) -> Any:
        with paused():
            sys.stdout.flush()
            _leave_lines_above(question)
            try:
                return question.unsafe_ask()
            except EOFError:
                raise KeyboardInterrupt from None

    @staticmethod
    def _choices(options: Iterable[Option[T]], question: str, marked: bool = False) -> list[Choice]:
        """Return the choices for questionary.

        A long text is cut. The text must fit in one line of the list, and in one line with the question after the user
        has picked the choice. The value of a choice is the whole option, because questionary replaces the value None
        with the text.
        """
        from questionary import Choice

        width = max(width_of(sys.stderr) - max(len(question), _MARGIN) - _MARK, _LEAST)
        return [Choice(_cut(option.text, width), option, checked=marked and option.picked) for option in options]


def _show_picked(question: str, names: Sequence[str], kept: dict[str, Any]) -> None:
    """Print the question with the names of the picked choices. questionary itself prints only their number."""
    from prompt_toolkit import print_formatted_text
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.styles import Style
    from questionary.constants import DEFAULT_STYLE

    asked = f"{kept['qmark']} {question}"
    whole = "\n".join(fold_text(f"{asked} {', '.join(names) or 'none'}", width_of(sys.stderr), cells))
    parts = [
        ("class:qmark", whole[:1]),
        ("class:question", whole[1 : len(asked)]),
        ("class:answer", whole[len(asked) :]),
    ]
    style: Style = DEFAULT_STYLE
    with paused():
        depth = kept.get("color_depth")
        print_formatted_text(FormattedText(parts), style=style, output=kept["output"], color_depth=depth)


def _leave_lines_above(question: Question) -> None:
    """Limit the height of a list, so that the text above the question stays on the screen."""
    from prompt_toolkit.layout import ConditionalContainer, Window
    from prompt_toolkit.layout.dimension import Dimension

    rows = max(lines_of(sys.stderr) - _ABOVE, _FEWEST)
    for child in getattr(question.application.layout.container, "children", ()):
        shown = child.content if isinstance(child, ConditionalContainer) else None
        if isinstance(shown, Window) and not shown.height:
            shown.height = Dimension(max=rows)


def _cut(text: str, width: int) -> str:
    """Return the text in at most `width` columns. A longer text is cut, after a word if possible, and ends with "…"."""
    whole = printable(text, len(text))
    while cells(whole) > width:
        kept = whole.removesuffix("…")[:-1].rstrip()
        word = kept.rfind(" ")
        whole = f"{kept[:word] if len(kept) - word <= _MOST_CUT else kept}…"
    return whole
