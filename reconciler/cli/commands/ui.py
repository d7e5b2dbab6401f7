"""The command `gwctl ui`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from reconciler import codes
from reconciler.cli.console.own_fault import own_fault
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, scoped
from reconciler.cli.usage.durations import seconds_of, written
from reconciler.diagnostics import error
from reconciler.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.cli.console.output import Output
    from reconciler.engine.options import Options

_LIBRARIES = ("jinja2", "starlette", "uvicorn")


def quiet_time(_context: click.Context, _option: click.Parameter, value: str) -> int:
    """Return the seconds of a duration such as `90s`, `30m` or `2h`."""
    return seconds_of(value, "24h")


@click.command("ui", cls=HelpfulCommand, help=HELP["ui"], short_help=SHORT["ui"])
@common
@scoped
@click.option(
    "--quiet-time",
    metavar="DURATION",
    default="30m",
    callback=quiet_time,
    help="End after this time without a request, such as 90s, 30m or 2h (default: 30m).",
)
@click.option("--no-browser", is_flag=True, help="Only print the path of the entry page; open no browser.")
def command(quiet_time: int, no_browser: bool, **arguments: Any) -> int:
    """Serve the local page of the gateway file until ^C, or until no request has come for `quiet_time` seconds."""
    from reconciler.engine.proposals.entry_file import EntryFile
    from reconciler.engine.stack.gateway_file import load_gateway

    options, output = options_of(arguments), output_of(arguments)
    load_gateway(options)
    file = EntryFile(options.environ)

    def show(page: str) -> None:
        file.write(page)
        _say_where(file.path, quiet_time, no_browser, output)

    def report(fault: Exception) -> None:
        own_fault(fault, output.verbose)

    try:
        is_quiet = _serve(options, {"show": show, "entered": file.remove, "report": report}, quiet_time)
        output.talk("Ended after the quiet time." if is_quiet else "Ended.")
    finally:
        file.remove()
    return 0


def _serve(options: Options, calls: dict[str, Callable[..., None]], seconds: int) -> bool:
    try:
        from reconciler.web.server import Entry, serve
    except ImportError as fault:
        from reconciler.installation import libraries_of, pip_install

        summary = f"gwctl ui needs {fault.name}, which is not installed"
        hint = pip_install(*(libraries_of("ui") or _LIBRARIES))
        raise Failed(error(codes.UI_NOT_INSTALLED, summary, detail="Nothing was done.", hint=hint)) from None
    return serve(options, Entry(**calls), seconds)


def _say_where(path: Path, seconds: int, no_browser: bool, output: Output) -> None:
    output.line(path.as_uri())
    ending = f"It ends with ^C, or after {written(seconds)} without a request."
    output.talk(f"Open this page in a browser on this machine. {ending}")
    if not no_browser and _has_screen():
        import webbrowser

        with suppress(webbrowser.Error):
            webbrowser.open(path.as_uri())


def _has_screen() -> bool:
    """Return whether a browser with a window can be opened. A browser in the terminal would take over the terminal."""
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return has_display or sys.platform in ("darwin", "win32")
