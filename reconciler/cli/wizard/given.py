"""The options about a new endpoint. A question that an option answers is not asked."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from reconciler import codes
from reconciler.address import PURPOSES
from reconciler.cli.completion import complete
from reconciler.cli.console.prompts import nobody_there
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.values import dataclass

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--base-url", metavar="URL", help="The base URL of the server (default: the preset's base URL)."),
    click.option("--key-env", "variable", metavar="NAME", help="The environment variable that holds the key."),
    click.option("--model", "models", metavar="ID", multiple=True, help="Use this model. Repeat the option for more."),
    click.option(
        "--purpose",
        "purposes",
        type=click.Choice(PURPOSES),
        multiple=True,
        help="Make the first model with this purpose its default. Repeat the option for more.",
    ),
    click.option("--yes", "approved", is_flag=True, help="Ask nothing: save the file and apply it."),
    click.argument("preset", required=False, shell_complete=complete.presets),
)


def about_endpoint(command: Command) -> Command:
    """Add the options that describe a new endpoint, and --yes."""
    return functools.reduce(lambda inner, option: option(inner), reversed(_OPTIONS), command)


@dataclass(frozen=True, kw_only=True)
class Given:
    """The options for a new endpoint. None means that an option was not given."""

    preset: str | None = None
    name: str | None = None  # of the endpoint
    base_url: str | None = None
    variable: str | None = None
    models: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    approved: bool = False  # --yes
    is_found: bool = False  # on this machine: gwctl asks for no name, and for a key only if the server requires one
    may_skip: bool = False  # there are other endpoints, so this one can be left out

    @property
    def asks(self) -> bool:
        """Return true if gwctl asks questions: at a terminal, and without --yes."""
        return not self.approved and not nobody_there()

    def missing(self, what: str, option: str) -> Failed:
        """Return the error for a missing value that gwctl cannot ask for."""
        summary = f"{what} is missing"
        away = nobody_there()
        why = f"gwctl cannot ask: {away}." if away else "With --yes, gwctl asks nothing."
        return Failed(error(codes.MISSING_ARGUMENT, summary, detail=f"{why} Nothing was done.", hint=f"add {option}"))


def given_of(arguments: dict[str, Any], name: str | None = None) -> Given:
    """Return the values of the options of `about_endpoint`. `name` is the endpoint's name."""
    names = ("preset", "base_url", "variable", "models", "purposes", "approved")
    return Given(name=name, **{each: arguments[each] for each in names})
