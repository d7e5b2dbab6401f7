"""Help: whole for every command, by constants, the same under `python -OO`, never broken at 80 columns."""

from __future__ import annotations

import re
import subprocess
import sys

import click

from reconciler.cli.group import SECTIONS
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.main import gwctl as root
from reconciler.cli.manual.examples import EXAMPLES, GROUPS
from tests.cli.test_usage import ALL
from tests.docs.commands import commands

EACH = [(), *ALL]
SCRIPT = """
import sys
from reconciler.cli.main import run
assert __debug__ is (sys.flags.optimize == 0)
code = 0
for words in {each!r}:
    code = code or run([*words, "--help"])
sys.exit(code)
"""


def printed(folder, *flags: str) -> str:
    script = SCRIPT.format(each=EACH)
    done = subprocess.run(
        [sys.executable, *flags, "-c", script], cwd=folder, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def test_help_is_the_same_where_docstrings_are_dropped(tmp_path) -> None:
    result = printed(tmp_path)
    assert printed(tmp_path, "-OO") == result
    assert result.count("Usage: ") == len(EACH)
    assert all(len(line) <= 80 for line in result.splitlines())


def test_schemas_are_the_same_where_docstrings_are_dropped(tmp_path) -> None:
    script = "from reconciler.schemas import SCHEMAS, schema_of\nprint([schema_of(name) for name in SCHEMAS])"
    done = [
        subprocess.run([sys.executable, *flags, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
        for flags in ([], ["-OO"])
    ]
    assert done[0].stdout == done[1].stdout


def test_every_command_and_every_option_has_its_help() -> None:
    assert {" ".join(words) for words in ALL} == set(SHORT) == set(HELP) - {""}
    for words, command in ALL.items():
        assert command.help == HELP[" ".join(words)].strip() or command.help == HELP[" ".join(words)]
        assert command.short_help == SHORT[" ".join(words)]
        for param in command.params:
            assert not isinstance(param, click.Option) or param.help, (words, param.name)


def test_the_list_of_commands_is_in_their_order_and_whole() -> None:
    text = root.get_help(click.Context(root, info_name="gwctl"))
    listed = re.findall(r"^  ([a-z]+) ", text.partition("Start:\n")[2], re.MULTILINE)
    assert listed == [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted(words[0] for words in ALL if len(words) == 1)
    assert all(SHORT[name].split()[0] in text for name in listed)


def test_the_common_options_are_last_and_each_option_is_there_once() -> None:
    for words, command in ALL.items():
        context = click.Context(command, info_name=" ".join(["gwctl", *words]))
        text = command.get_help(context)
        titles = [title for title in re.findall(r"^(\S.*):$", text, re.MULTILINE) if title in SECTIONS]
        assert titles == [title for title in SECTIONS if title in titles]
        assert titles[-1] == SECTIONS[-1]
        options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
        listed = re.findall(r"^  (?:-\w, )?(-[-\w]+)", text[text.index(f"{titles[0]}:\n") :], re.MULTILINE)
        assert sorted(listed) == sorted(option.opts[-1] for option in options if not option.hidden), words


def test_every_command_has_examples_and_accepts_their_options_and_arguments() -> None:
    assert set(EXAMPLES) - {""} == {" ".join(words) for words in ALL}
    for examples in EXAMPLES.values():
        assert 1 <= len(examples) <= 3
        for _, line in examples:
            assert len(line) <= 76
            typed = list(commands("```sh\n" + re.sub(r" [<>] .*", "", line) + "\n```"))
            assert typed, line
            for words in typed:
                accept(root, words)


def accept(command: click.Command, words: list[str]) -> None:
    """Parse the words as click does before it runs the command. Raise what a wrong word raises."""
    context = command.make_context("gwctl", list(words), parent=None)
    if isinstance(command, click.Group):
        _, subcommand, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert subcommand is not None, words
        accept(subcommand, rest)
