"""`gwctl env`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import asking, common, equipping, options_of, output_of

if TYPE_CHECKING:
    from reconciler.engine.equipping import Equipped


@click.command("env", short_help="Print the variables that `gwctl run` sets.")
@common
@asking
@equipping
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["shell", "dotenv", "json"]),
    default="shell",
    help="How to print them (shell).",
)
@click.option("--with-keys", is_flag=True, help="Print the key, too; without it no key is read.")
def command(**given: Any) -> int:
    """Print the variables that `gwctl run` sets: eval "$(gwctl env --with-keys)".

    For a POSIX shell, which is also told to unset what belongs to another endpoint; as dotenv; or as JSON.
    """
    from reconciler.engine.equipping import equip
    from reconciler.render.environment import environment_document

    options, output = options_of(given), output_of(given)
    with output.failing_as(given["output_format"], lambda said: environment_document(None, None, {}, (), (), said)):
        equipped = equip(options, given["model"], given["endpoint"], given["with_keys"])
    output.data(_text(equipped, given["output_format"]))
    return output.report(() if given["output_format"] == "json" else equipped.diagnostics)


def _text(equipped: Equipped, output_format: str) -> str:
    from reconciler.render.environment import dotenv_text, environment_document, shell_text

    found = equipped.environment
    values = found.with_key()
    if output_format == "json":
        from reconciler import jsontext

        left_out = [] if found.key else found.key_names
        document = environment_document(
            found.endpoint, found.model, values, found.unset, left_out, equipped.diagnostics
        )
        return jsontext.dumps(document)
    _check_terminal(values)
    _speak_utf8()
    try:
        return shell_text(values, found.unset) if output_format == "shell" else dotenv_text(values)
    except ValueError as fault:
        raise _mangled(str(fault)) from None


def _check_terminal(values: dict[str, str]) -> None:
    """A model's ID is a server's word: what is fit for `eval` may still drive a terminal."""
    from reconciler.diagnostics import error
    from reconciler.errors import Failed
    from reconciler.text import printable

    if not sys.stdout.isatty():
        return
    for name, value in values.items():
        if printable(value, len(value)) != value:
            summary = f"The value of {name} holds control characters, which a terminal would obey"
            raise Failed(error("UNSAFE_ON_TERMINAL", summary, "", 'eval "$(gwctl env)", or --format json'))


def _speak_utf8() -> None:
    """An ID that the terminal's encoding lacks is not to be written as an escape that nobody undoes."""
    stream: Any = sys.stdout
    stream.reconfigure(encoding="utf-8")


def _mangled(name: str) -> Exception:
    from reconciler.diagnostics import error
    from reconciler.errors import Failed

    summary = f"The value of {name} has no dotenv form that all readers give back"
    detail = "It holds a quote, a backslash, a dollar sign or a line break, which they read differently."
    return Failed(error("NOT_FOR_DOTENV", summary, detail, "--format shell or --format json; or gwctl run"))
