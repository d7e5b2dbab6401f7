"""The command `gwctl validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.diagnostics import Diagnostic
    from reconciler.engine.options import Options


@click.command("validate", cls=HelpfulCommand, help=HELP["validate"], short_help=SHORT["validate"])
@common
@text_or_json
@click.argument("names", nargs=-1, metavar="[FILE]...", shell_complete=complete.files)
def command(names: tuple[str, ...], **arguments: Any) -> int:
    """Check the gateway file, or each file in FILES, without network, keys or state."""
    from reconciler.diagnostics import has_errors

    options, output = options_of(arguments), output_of(arguments)
    base = options.files if arguments["files"] or not names else ()
    stacks = [(*base, Path(name)) for name in names] or [base]
    diagnostics = list(dict.fromkeys(diagnostic for stack in stacks for diagnostic in _said_of(stack, options)))
    valid = not has_errors(diagnostics)
    if arguments["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.render.json.plan import validate_document

        output.data(safe_json.dumps(validate_document(diagnostics)))
        return 0 if valid else 1
    output.report(diagnostics)
    if valid and not output.quiet:
        output.line("\n".join(f"{', '.join(map(str, stack))}: valid" for stack in stacks))
    return 0 if valid else 1


def _said_of(files: Sequence[Path], options: Options) -> Sequence[Diagnostic]:
    from reconciler.config.load import load

    return load(files, options.variables, options.environ).diagnostics
