"""The response to a shell that completes a command line. The scripts for the shells call gwctl with a variable set.

An unfinished command line may be invalid. gwctl then prints neither an error nor proposals.
"""

from __future__ import annotations

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

VARIABLE = "_GWCTL_COMPLETE"

_BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" COMP_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """The completion for bash. bash divides words at `:` and `=`, but a model ID may contain these characters."""

    source_template = _BASH

    def source(self) -> str:
        """Return the script for bash. No bash is started to find out its version."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words before the cursor, and the unfinished word."""
        line = os.environ["COMP_LINE"][: int(os.environ["COMP_POINT"])]
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Return the proposal. If bash takes the beginning of the proposal for a separate word, omit the beginning."""
        typed = self.get_completion_args()[1]
        typed = typed.partition("=")[2] if typed.startswith("--") and "=" in typed else typed
        end = max((typed.rfind(mark) for mark in os.environ.get("COMP_BREAKS", "")), default=-1) + 1
        value = str(item.value)
        return f"{item.type},{value[end:] if value.startswith(typed[:end]) else value}"


class _WholeWord(ShellComplete):
    """The completion for shells that treat `--option=value` as one word. A proposal replaces the whole word."""

    def format_completion(self, item: CompletionItem) -> str:
        """Return the proposal. If the typed word begins with `--option=`, put the same option before the proposal."""
        option, equals, _ = self.get_completion_args()[1].partition("=")
        if option.startswith("--") and equals and item.type == "plain":
            item = CompletionItem(f"{option}={item.value}", item.type, item.help)
        return super().format_completion(item)


class _Zsh(_WholeWord, ZshComplete):
    pass


class _Fish(_WholeWord, FishComplete):
    pass


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def script(shell: str, program: click.Command) -> str:
    """Return the script that makes the shell complete the words of `gwctl`."""
    return SHELLS[shell](program, {}, "gwctl", VARIABLE).source()


def respond(instruction: str, program: click.Command) -> int:
    """Print the proposals for the command line in the environment. Return the exit code, 0 or 1.

    `instruction` is SHELL_complete, such as `bash_complete`.
    """
    shell, _, what = instruction.partition("_")
    if shell not in SHELLS or what != "complete":
        return 1
    try:
        click.echo(SHELLS[shell](program, {}, "gwctl", VARIABLE).complete().encode())
    except Exception:  # noqa: BLE001 - a message would stand in the middle of the line that the user types
        return 1
    return 0
