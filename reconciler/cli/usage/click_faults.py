"""The errors of click as diagnostics. A diagnostic never repeats typed text that may be a key."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any

import click

from reconciler import codes
from reconciler.cli.usage import habits
from reconciler.cli.usage.fault import UsageFault
from reconciler.diagnostics import Diagnostic, error
from reconciler.text import nearest, printable

Words = Sequence[str]


def diagnostic_of(fault: click.ClickException, words: Words) -> Diagnostic:
    """Return the diagnostic for a command line that click rejected."""
    context = getattr(fault, "ctx", None)
    command = context.command_path if context else "gwctl"
    for kind, template in _TOLD:
        if isinstance(fault, kind):
            return template(fault, command, words)
    return error(codes.USAGE, f"{command}: wrong usage", hint=f"{command} --help")


def no_command(command: str, name: str, known: Words) -> UsageFault:
    """Return the error for an unknown command, with similar names in the hint."""
    shown = f" `{name}`" if re.fullmatch(r"[A-Za-z][A-Za-z_-]{0,23}", name) else " with that name"
    near = " or ".join(f"`{command} {near_name}`" for near_name in nearest(name[:200], known))
    hint = f"did you mean {near}?" if near else f"one of: {', '.join(known)}"
    if command == "gwctl":
        hint = habits.COMMANDS.get(name, hint if near else "`gwctl --help` lists the commands")
    return UsageFault(f"{command} has no command{shown}", hint, codes.NO_SUCH_COMMAND)


def _no_option(fault: click.NoSuchOption, command: str, words: Words) -> Diagnostic:
    options = {name: _name_of(param) for param in _params(fault.ctx) for name in param.opts}
    typed = _typed(fault.option_name, words)
    bare, cleaned = typed.lstrip("-"), printable(fault.option_name, 40)
    after = _command_after(fault.ctx, words)
    if f"--{bare}" in options:
        hint = f"use two dashes: {options[f'--{bare}']}"
    elif after and bare not in ("version", "help"):
        hint = f"options come after the command: {command} {after} {cleaned} …"
    else:
        near = " or ".join(f"`{name}`" for name in nearest(fault.option_name[:80], options))
        hint = habits.OPTIONS.get(bare) or (f"did you mean {near}?" if near else f"{command} --help")
    known = f"--{bare}" in options or bare in habits.OPTIONS
    return error(codes.NO_SUCH_OPTION, f"{command} has no option {typed if known else cleaned}", hint=hint)


def _command_after(context: click.Context | None, words: Words) -> str:
    """Return the group's first command among the words. The user typed an option before that command."""
    if context is None or not isinstance(context.command, click.Group):
        return ""
    known = context.command.list_commands(context)
    return next((word for word in words if word in known), "")


def _typed(option: str, words: Words) -> str:
    """Return the option that the user typed, without its value. click reads `-out` as -o, -u and -t."""
    if option.startswith("--"):
        return option
    meant = (word.partition("=")[0] for word in words if re.match(r"-[A-Za-z]", word))
    return next((word for word in meant if option.lstrip("-") in word), option)


def _bad_value(fault: click.BadParameter, command: str, _words: Words) -> Diagnostic:
    param = fault.param
    if param is not None and isinstance(param.type, click.Choice):
        choices = ", ".join(map(str, param.type.choices))
        return error(
            codes.BAD_VALUE, f"The value of {param.opts[-1]} is not one of: {choices}", hint=f"{command} --help"
        )
    name = fault.param_hint if isinstance(fault.param_hint, str) else _name_of(param)
    return error(codes.BAD_VALUE, f"{name}: {fault.message}", hint=f"{command} --help")


def _missing(fault: click.MissingParameter, command: str, _words: Words) -> Diagnostic:
    return error(codes.MISSING_ARGUMENT, f"{command} needs {_name_of(fault.param)}", hint=f"{command} --help")


def _no_value(fault: click.BadOptionUsage, command: str, words: Words) -> Diagnostic:
    if command == "gwctl":
        command = f"gwctl {words[0]}" if words and not words[0].startswith("-") else command
    name = printable(fault.option_name, 40)
    what = "takes no value" if _is_flag(fault.option_name, words) else "needs a value"
    return error(codes.BAD_VALUE, f"{name} {what}", hint=f"{command} --help")


def _is_flag(name: str, words: Words) -> bool:
    """Return true if the option takes no value in the command that the words name."""
    from reconciler.cli.main import gwctl

    command: click.Command = gwctl
    context = click.Context(gwctl)
    for word in words:
        if not isinstance(command, click.Group) or word not in command.list_commands(context):
            break
        command = command.get_command(context, word) or command
    below = command.commands.values() if isinstance(command, click.Group) else ()
    params = [param for part in (command, *below) for param in part.params if name in param.opts]
    return any(getattr(param, "is_flag", False) for param in params)


def _no_words(fault: click.exceptions.NoArgsIsHelpError, command: str, _words: Words) -> Diagnostic:
    group: Any = fault.ctx.command
    hint = f"one of: {', '.join(group.list_commands(fault.ctx))}"
    return error(codes.MISSING_ARGUMENT, f"{command} needs a command", hint=hint)


def _other(fault: click.UsageError, command: str, words: Words) -> Diagnostic:
    if type(fault) is not click.UsageError or fault.ctx is None or isinstance(fault.ctx.command, click.Group):
        return error(codes.USAGE, f"{command}: wrong usage", hint=f"{command} --help")
    takes = [_name_of(param) for param in _params(fault.ctx) if isinstance(param, click.Argument)]
    summary = f"{command} takes only {', '.join(takes)}" if takes else f"{command} takes only options"
    return error(codes.EXTRA_ARGUMENT, summary, hint=_instead(command, words))


def _instead(command: str, words: Words) -> str:
    if command == "gwctl key set":
        return "type or pipe the key instead; rotate the key that you typed: the history of the shell contains it"
    files = [word for word in words if re.search(r"\.ya?ml$", word)]
    return f"{command} -f {shlex.quote(printable(files[-1]))}" if files else f"{command} --help"


def _params(context: click.Context | None) -> Sequence[click.Parameter]:
    return context.command.params if context else ()


def _name_of(param: click.Parameter | None) -> str:
    """Return the name of a parameter as the help shows it: `--out FILE`, `PLAN`."""
    if param is None:
        return "an argument"
    if isinstance(param, click.Argument):
        return (param.metavar or (param.name or "").upper()).removeprefix("[--] ").strip("[]")
    takes = "" if getattr(param, "is_flag", False) else f" {param.metavar or 'VALUE'}"
    return f"{param.opts[-1]}{takes}"


_TOLD: Sequence[tuple[type[click.ClickException], Callable[[Any, str, Words], Diagnostic]]] = (
    (UsageFault, lambda fault, _command, _words: fault.diagnostic),
    (click.NoSuchOption, _no_option),
    (click.exceptions.NoArgsIsHelpError, _no_words),
    (click.MissingParameter, _missing),
    (click.BadParameter, _bad_value),
    (click.BadOptionUsage, _no_value),
    (click.UsageError, _other),
)
