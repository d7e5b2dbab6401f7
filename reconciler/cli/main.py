"""The program `gwctl`. It finds the command, runs the command, and turns every outcome into an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from reconciler import __version__
from reconciler.cli.console.streams import make_whole, silence_stdout
from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.manual.examples import GROUPS
from reconciler.errors import Failed

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.diagnostics import Diagnostic

_ALLOCATIONS = 1_000_000  # between two collections; Python visits the values of a large file after each 700
# What httpx loads if it is installed, though gwctl does not use it: its command line with rich and pygments, and trio.
# This takes longer than the rest of httpx. httpcore imports sniffio eight times for each request. Where sniffio is not
# installed, Python would search for it each time.
# Only the process of a command does so: the Python API changes no module.
_UNUSED = ("httpx._main", "trio", "sniffio")
COMMANDS = (
    "init",
    "join",
    "leave",
    "connect",
    "validate",
    "plan",
    "show",
    "apply",
    "destroy",
    "status",
    "hook",
    "lock",
    "test",
    "chat",
    "run",
    "env",
    "export",
    "models",
    "clients",
    "configure",
    "ui",
    "presets",
    "schema",
    "state",
    "key",
    "trust",
    "doctor",
    "completion",
    "man",
    "explain",
)


_COMPLETE = "_GWCTL_COMPLETE"  # set by the scripts of `gwctl completion`


class Commands(CommandGroup):
    """The group of all commands.

    Each command is a module of `reconciler.cli.commands`. The module is imported when the command is used.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a user learns them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the value `command` of the command's module, or None if the command does not exist."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reconciler.cli.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line per command, in groups, without importing the commands."""
        grouped = [name for names in GROUPS.values() for name in names]
        others = [name for name in COMMANDS if name not in grouped]
        width = max(map(len, COMMANDS))
        for title, names in {**GROUPS, "Other commands": others}.items():
            if names:
                with formatter.section(title):
                    formatter.write_dl([(f"{name:{width}}", SHORT[name]) for name in names])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin with `incomplete`, without importing them. After `-`, return the options."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=SHORT[name]) for name in COMMANDS if name.startswith(incomplete)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments as click does, and accept `gwctl help CMD` and `gwctl version` as other tools do."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        elif args[:1] == ["version"]:
            args = ["--version"]
        return super().parse_args(ctx, args)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=HELP[""],
)
@click.version_option(__version__, prog_name="gwctl")
@click.pass_context
def gwctl(context: click.Context) -> None:
    """Run the command line. Without a command, print the help."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(_ALLOCATIONS)
    for name in _UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # an import of it fails, as if it were not installed
    code = run(sys.argv[1:])
    gc.freeze()  # the last collection of the interpreter would visit every object once more
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code: 0, 1, 2 or 130."""
    make_whole()
    try:
        code = _completed() if _COMPLETE in os.environ else _invoke(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
        return 1
    except OSError as fault:
        _say(f"error: cannot write the output: {fault.strerror}")
        silence_stdout()
        return 1
    return code


def _completed() -> int:
    from reconciler.cli.completion.respond import respond

    return respond(os.environ[_COMPLETE], gwctl)


def _invoke(arguments: Sequence[str]) -> int:
    try:
        code = gwctl.main(list(arguments), prog_name="gwctl", standalone_mode=False)
    except click.ClickException as fault:
        from reconciler.cli.usage.click_faults import diagnostic_of

        return _report([diagnostic_of(fault, _own_words(arguments))], arguments)
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return 130
    except Failed as fault:
        return _report(fault.diagnostics, arguments)
    except (BrokenPipeError, MemoryError):
        raise
    except Exception as fault:  # noqa: BLE001 - the last resort: a bug of gwctl is reported in one line
        return _own_fault(fault, arguments)
    return code if isinstance(code, int) else 0


def _report(diagnostics: Sequence[Diagnostic], arguments: Sequence[str]) -> int:
    from reconciler.cli.console.output import Output

    own = _own_words(arguments)
    return Output("auto", _is_verbose(arguments), "-q" in own, "--plain" in own).report(diagnostics)


def _own_fault(fault: Exception, arguments: Sequence[str]) -> int:
    """Report a bug of gwctl in one line.

    With -v, also print the stack. The stack has no values, because a value may be a key.
    """
    if isinstance(fault, OSError) and fault.filename is None:
        raise fault
    from reconciler.cli.console.own_fault import own_fault

    own_fault(fault, _is_verbose(arguments))
    return 1


def _is_verbose(arguments: Sequence[str]) -> bool:
    own = _own_words(arguments)
    return "-v" in own or "--verbose" in own


def _own_words(arguments: Sequence[str]) -> Sequence[str]:
    """Return the words before `--`. The words after `--` belong to the command of `gwctl run`."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
