"""Command lines that cannot be carried out: one style, the right way named, exit 1, and no key repeated."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from reconciler.cli.main import gwctl as root
from reconciler.cli.main import run
from reconciler.cli.usage.habits import COMMANDS as FOREIGN
from reconciler.cli.usage.habits import OPTIONS


def paths(group: click.Group = root, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that there is, with the words that lead to it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from paths(command, (*before, name))


ALL = dict(paths())


@pytest.fixture
def refused(capfd, monkeypatch, tmp_path):
    """Return the message of a command line that must be refused, in the one style."""
    monkeypatch.chdir(tmp_path)

    def check(*words: str) -> str:
        code = run(words)
        out, err = capfd.readouterr()
        first, *rest = err.splitlines()
        assert (code, out) == (1, ""), err
        assert first.startswith("error: "), err
        assert len(rest) == 1, err
        assert rest[0].startswith("  hint: "), err
        assert not any(line.endswith((";", "; ", ":", ",")) for line in (first, *rest)), err
        assert "Usage:" not in err
        assert list(tmp_path.iterdir()) == []
        return err

    return check


def test_every_command_refuses_what_it_does_not_know_in_one_style(refused) -> None:
    for words, command in ALL.items():
        if words == ("run",):  # the rest is the tool's
            continue
        path = " ".join(["gwctl", *words])
        own = {name for param in command.params for name in param.opts}
        for option in {"--bogus", "--bogus=canary-0001", "-json", "--yes", "-Z", "--dry-run"} - own:
            assert path in refused(*words, option), option
        if isinstance(command, click.Group) and words != ("trust",):  # which takes endpoints' names as well
            assert "one of:" in refused(*words)
            assert "one of:" in refused(*words, "zzzz")


def test_every_option_that_takes_a_value_says_so(refused) -> None:
    for words, command in ALL.items():
        for param in command.params:
            if isinstance(param, click.Option) and not param.is_flag and not param._flag_needs_value:
                assert "needs a value" in refused(*words, param.opts[-1])


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("plan -out plan.gwctl", "--out FILE"),
        ("plan -out=plan.gwctl", "--out FILE"),
        ("plan -json", "--format json"),
        ("models --json", "--format json"),
        ("plan -format=json", "two dashes"),
        ("plan -format json", "two dashes"),
        ("plan -f=gateway.yaml", "without an equals sign"),
        ("apply -auto-approve", "two dashes: --auto-approve"),
        ("apply -y", "ask no question with --auto-approve"),
        ("apply --yes", "ask no question with --auto-approve"),
        ("destroy -force", "two dashes"),
        ("plan -var env=prod", "--var NAME=VALUE"),
        ("plan -var-file=prod.tfvars", "-f prod.yaml"),
        ("apply --target endpoint.a", "always covers the whole gateway file"),
        ("apply -target=endpoint.a", "always covers the whole gateway file"),
        ("apply --dry-run", "`gwctl plan` shows"),
        ("-f gateway.yaml plan", "options come after the command: gwctl plan -f …"),
        ("-C stage plan -v", "options come after the command: gwctl plan -C …"),
        ("--state file:x apply", "options come after the command: gwctl apply --state …"),
        ("plan gateway.yaml", "gwctl plan -f gateway.yaml"),
        ("destroy stages/prod.yml", "gwctl destroy -f stages/prod.yml"),
        ("plann", "did you mean `gwctl plan`"),
        ("state lst", "did you mean `gwctl state list`?"),
        ("state", "one of: list"),
        ("plan --color", "needs a value"),
        ("plan --offline=yes", "takes no value"),
        ("plan --scope team", "not one of: all, shared, machine"),
        ("schema gatway", "did you mean `gateway`?"),
        ("run", "needs CMD"),
        ("chat", "needs"),
    ],
)
def test_habits_of_other_tools_are_told_the_right_way(refused, line: str, right: str) -> None:
    assert right in refused(*line.split())


@pytest.mark.parametrize("name", FOREIGN)
def test_commands_of_other_tools_have_a_pointer(refused, name: str) -> None:
    said = refused(name)
    assert f"gwctl has no command `{name}`" in said
    assert FOREIGN[name] in said


def test_what_a_pointer_names_is_there() -> None:
    import re

    for hint in (*FOREIGN.values(), *OPTIONS.values()):
        for words in re.findall(r"`gwctl ([a-z]+)(?: ([a-z]+)\b)?", hint):
            assert (words[0],) in ALL, hint
            if isinstance(ALL[words[:1]], click.Group):
                assert words in ALL, hint
        known = {name for command in ALL.values() for param in command.params for name in param.opts} | {"--version"}
        for option in re.findall(r"(?<![\w-])(--?[a-zA-Z][a-z-]*)", hint):
            assert option in known | {"--help", "--force", "-q"}, hint


@pytest.mark.parametrize(
    "line",
    [
        "key set a canary-0001",
        "plan canary-0001",
        "plan --api-key=canary-0001",
        "plan --token canary-0001",
        "plan -kcanary-0001",
        "plan --var canary-0001",
        "plan --scope canary-0001",
        "canary-0001",
        "--api-key canary-0001 plan",
        "state show a canary-0001",
        "schema canary-0001",
    ],
)
def test_what_may_be_a_key_is_not_repeated(refused, line: str) -> None:
    assert "0001" not in refused(*line.split())


def test_a_gateway_file_is_not_taken_for_a_plan(gwctl) -> None:
    for command in ("apply", "show"):
        gwctl.write("version: 1\nname: acme\nendpoints: {}\n")
        for name in ("gateway.yaml", "elsewhere.yml"):
            result = gwctl(command, name, code=1)
            assert f"{name} is not a saved plan" in result.out + result.err
            assert f"-f {name}" in result.out + result.err
    assert gwctl.state is None


def test_help_and_version_are_also_commands(capfd) -> None:
    def printed(*words: str) -> str:
        assert run(words) == 0
        return capfd.readouterr().out

    assert printed("version") == printed("--version")
    assert printed("help") == printed("--help")
    assert printed("help", "plan") == printed("plan", "--help")
    assert printed("help", "state", "rm") == printed("state", "rm", "--help")
