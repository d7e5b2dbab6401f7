"""The output of commands: results to stdout, messages to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click

from reconciler.cli.console.links import linked, understands_links
from reconciler.cli.console.progress import Progress, is_watched, paused
from reconciler.cli.console.streams import write_document
from reconciler.cli.console.terminal import cells, is_terminal
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.errors import Failed
from reconciler.render.formats.text import to_plain, to_text
from reconciler.render.formats.wrap import LATER, fold_text, margin
from reconciler.render.phrases import diagnostics_section
from reconciler.render.tree import Document, document


class Output:
    """The output of a command: its colour, its verbosity, and the streams for its texts."""

    def __init__(self, color: str, verbose: bool, quiet: bool, plain: bool = False) -> None:
        self.verbose = verbose
        self.quiet = quiet
        self._plain = plain or bool(os.environ.get("GWCTL_PLAIN"))
        self._color = "never" if self._plain else color

    def progress(self, output_format: str) -> Progress:
        """Return the progress line of one command. The line is shown only if a person watches the terminal."""
        return Progress(not (self.quiet or self._plain) and output_format == "text" and is_watched(os.environ))

    def show(self, document: Document) -> None:
        """Print a document as text on stdout."""
        self._print(self._text(document, sys.stdout))

    def line(self, text: str) -> None:
        """Print lines for people on stdout."""
        self._print(f"{text}\n" if self._plain else _folded(text, sys.stdout))

    def answer(self, text: str) -> None:
        """Print the answer of a model on stdout. The line breaks are kept, because the answer may contain code."""
        self._print(text + "\n")

    def data(self, text: str) -> None:
        """Print a document for programs on stdout: JSON, Markdown, HTML or the content of a file."""
        with paused():
            write_document(text)

    def _print(self, text: str) -> None:
        with paused():
            sys.stdout.write(text)

    @contextmanager
    def failing_as(
        self, output_format: str, document_of: Callable[[Sequence[Diagnostic]], Mapping[str, Any]]
    ) -> Iterator[None]:
        """Turn a `Failed` in the block into a JSON document on stdout and exit code 1, if the format is JSON."""
        try:
            yield
        except Failed as fault:
            if output_format != "json":
                raise
            from reconciler import safe_json

            self.data(safe_json.dumps(document_of(fault.diagnostics)))
            raise click.exceptions.Exit(1) from None

    def say(self, document: Document) -> None:
        """Print a document as text on stderr."""
        self._tell(self._text(document, sys.stderr))

    def advise(self, document: Document) -> None:
        """Print a document as text on stderr, unless the output is quiet."""
        if not self.quiet:
            self.say(document)

    def talk(self, text: str, typed: str = "") -> None:
        """Print one line on stderr, unless the output is quiet. `typed` is a command at the end of the line."""
        if not self.quiet:
            self._tell(f"{text}{typed}\n" if self._plain else _folded(text, sys.stderr, typed))

    def report(self, diagnostics: Sequence[Diagnostic]) -> int:
        """Print the diagnostics on stderr. Return the exit code for the diagnostics."""
        shown = [diagnostic for diagnostic in diagnostics if not self.quiet or diagnostic.severity == "error"]
        self.say(document(diagnostics_section(shown, self.verbose)))
        return 1 if has_errors(diagnostics) else 0

    def _tell(self, text: str) -> None:
        with paused():
            sys.stdout.flush()
            sys.stderr.write(text)
            sys.stderr.flush()

    def _text(self, document: Document, stream: TextIO) -> str:
        """Return the document as text for the stream. Lines are folded for a terminal only."""
        if self._plain:
            return no_commands(to_plain(document), os.environ)
        width, colour, terminal = columns(stream, os.environ), self._coloured(stream), is_terminal(stream)
        text = no_commands(to_text(document, colour, width, terminal), os.environ)
        if not (self.verbose and colour and terminal and understands_links(os.environ)):
            return text
        return linked(text)

    def _coloured(self, stream: TextIO) -> bool:
        return wants_colour(self._color, is_terminal(stream), os.environ)


def _folded(text: str, stream: TextIO, typed: str = "") -> str:
    """Return the text with `typed` at its end. For a terminal, lines are folded at words, and `typed` is kept whole."""
    width = columns(stream, os.environ) if is_terminal(stream) else None
    if width is None:
        return f"{text}{typed}\n"
    *before, last = text.split("\n")
    lines = [part for each in before for part in fold_text(each, width, cells, margin(each) + LATER)]
    end = fold_text(last + typed, width, cells, margin(last) + LATER, (len(last), len(last) + len(typed)))
    return "\n".join([*lines, *end]) + "\n"


def no_commands(text: str, environ: Mapping[str, str]) -> str:
    """Return the text, changed so that GitHub Actions finds no workflow command in a line of the text.

    A model ID may contain a workflow command.
    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    if not environ.get("GITHUB_ACTIONS"):
        return text
    return re.sub(r"^([^\w:\n]*):(?=:)", r"\1: ", text.replace("##[", "## ["), flags=re.MULTILINE)


def columns(stream: TextIO | None, environ: Mapping[str, str]) -> int | None:
    """Return the width for tables: the variable COLUMNS, else the width of the terminal, else None for no limit."""
    if environ.get("COLUMNS", "").isdecimal() and int(environ["COLUMNS"]) > 0:
        return int(environ["COLUMNS"])
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream else None
    except (OSError, ValueError):  # not a terminal, or closed
        return None


def wants_colour(color: str, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Return true if the output has colours.

    --color decides first. Then NO_COLOR (no-color.org), FORCE_COLOR and the terminal decide, in this order.
    """
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (terminal and environ.get("TERM") != "dumb")
