"""The output of `gwctl env`, and the checks that the text is safe for the program that reads the text."""

from __future__ import annotations

import sys

from reconciler import codes, safe_json
from reconciler.cli.console.terminal import is_terminal
from reconciler.diagnostics import error
from reconciler.engine.tool_env import EquippedTool
from reconciler.errors import Failed
from reconciler.render.formats.shell import dotenv_text, environment_document, shell_text
from reconciler.text import printable


def env_text(equipped: EquippedTool, output_format: str) -> str:
    """Return the variables in the output format. Raise `Failed` if the variables cannot be printed safely."""
    environment = equipped.environment
    values = environment.with_key()
    if output_format == "json":
        left_out = [] if environment.key else environment.key_names
        document = environment_document(
            environment.endpoint,
            environment.model,
            values=values,
            unset=environment.unset,
            left_out=left_out,
            diagnostics=equipped.diagnostics,
        )
        return safe_json.dumps(document)
    _check_terminal(values)
    try:
        return shell_text(values, environment.unset) if output_format == "shell" else dotenv_text(values)
    except ValueError as fault:
        raise _mangled(str(fault)) from None


def _check_terminal(values: dict[str, str]) -> None:
    """Raise `Failed` if a value on a terminal contains control characters.

    A model ID comes from a server. An ID that is safe for `eval` can still control a terminal.
    """
    if not is_terminal(sys.stdout):
        return
    for name, value in values.items():
        if printable(value, len(value)) != value:
            summary = f"The value of {name} contains control characters, which a terminal would interpret"
            raise Failed(
                error(
                    codes.UNSAFE_ON_TERMINAL,
                    summary,
                    hint='run `eval "$(gwctl env)"` in a shell, or add --format json',
                )
            )


def _mangled(name: str) -> Failed:
    summary = f"The value of {name} cannot be written in a way that all dotenv readers understand"
    detail = "The value contains a quote, a backslash, a dollar sign or a line break. Readers differ here."
    return Failed(
        error(codes.NOT_FOR_DOTENV, summary, detail=detail, hint="use --format shell, --format json or `gwctl run`")
    )
