"""The options that several commands share, and their conversion to the engine's options."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from reconciler import address
from reconciler.address import Address, adoptable_kinds
from reconciler.cli.completion import complete
from reconciler.cli.console.output import Output
from reconciler.cli.plan_text import FORMATS
from reconciler.cli.usage.fault import UsageFault
from reconciler.render.option_words import OPTION_WORDS

if TYPE_CHECKING:
    from reconciler.engine.options import Options

Command = TypeVar("Command", bound=Callable[..., Any])


def variables(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return {NAME: value} from the repeated option --var NAME=VALUE."""
    pairs = [text.partition("=") for text in values]
    if not all(equals and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name, equals, _ in pairs):
        raise click.BadParameter("write NAME=VALUE; a name has only letters, digits and _")
    return {name: value for name, _, value in pairs}


def endpoint_addresses(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> frozenset[str]:
    """Return the names of the endpoints at these addresses. Reject an address of another kind."""
    try:
        addresses = [address.parse(text, address.RECORDED) for text in value]
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None
    if not all(endpoint.is_endpoint for endpoint in addresses):
        raise click.BadParameter("only an endpoint is allowed here: endpoint.NAME")
    return frozenset(endpoint.name for endpoint in addresses)


def files(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of the repeated option -f FILE. Reject `-format`, which click reads as `-f ormat`."""
    for name in value:
        if name.partition("=")[0] in ("ormat", "ile", "orce"):
            raise click.BadParameter(
                f"-f{name.partition('=')[0]} is read as the option -f; write a long option with two dashes"
            )
        if name.startswith("="):
            raise click.BadParameter("write -f FILE, without an equals sign")
    return value


_DIRECTORY = click.option(
    "-C", "directory", metavar="DIR", shell_complete=complete.folders, help="Work in this directory."
)

_LOOKS = (
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="When to use colours (default: auto).",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="Print more: all models, the details of notes, error codes, tracebacks of gwctl bugs.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print only errors and the last line."),
    click.option(
        "--plain",
        is_flag=True,
        help="Print for a screen reader: no colours, no tables, no progress line. GWCTL_PLAIN=1 does the same.",
    ),
)

_COMMON = (
    _DIRECTORY,
    click.option(
        "-f",
        "--file",
        "files",
        metavar="FILE",
        multiple=True,
        callback=files,
        shell_complete=complete.files,
        help="The gateway file (default: gateway.yaml; - is standard input). Repeat -f to add overlays.",
    ),
    click.option(
        "--state",
        metavar="URL",
        help="The state: a path, or a postgresql://, s3://, gs://, az:// or http(s):// URL without a password.",
    ),
    click.option(
        "--var",
        "variables",
        metavar="NAME=VALUE",
        multiple=True,
        callback=variables,
        help="Set the value of ${NAME} in the gateway file. The environment variable GWCTL_VAR_NAME does the same.",
    ),
    *_LOOKS,
)

_ASKING = (
    click.option(
        "--allow-commands",
        is_flag=True,
        help="In this run, allow the commands of `key: {command: …}` to be run. `gwctl trust` allows them permanently.",
    ),
    click.option(
        "--allow-host",
        "allowed_hosts",
        metavar="ENDPOINT",
        multiple=True,
        shell_complete=complete.endpoints,
        help="In this run, allow the secrets of this endpoint to be sent to the hosts in the gateway file.",
    ),
    click.option(
        "--trust",
        "trusted",
        type=click.Choice(["file", "state"]),
        multiple=True,
        help="In this run, trust the hosts in the gateway file (if it is reviewed) or in the shared state.",
    ),
)

_EQUIPPING = (
    click.option(
        "--model",
        metavar="MODEL",
        shell_complete=complete.models,
        help="The model: ENDPOINT/ID, an ID or a role (default: the chat default).",
    ),
    click.option(
        "--endpoint", metavar="NAME", shell_complete=complete.endpoints, help="Use this endpoint, and set no model."
    ),
)


def owned_addresses(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> frozenset[Address]:
    """Return the addresses of owned resources, such as key.ENDPOINT."""
    try:
        return frozenset(address.parse(text, adoptable_kinds()) for text in value)
    except ValueError:
        forms = " or ".join(kind.form for kind in adoptable_kinds())
        raise click.BadParameter(f"write an entry to take over as {forms}") from None


_CONSENTS = (
    click.option(
        "--accept-catalog",
        "catalogs",
        metavar="ENDPOINT",
        multiple=True,
        shell_complete=complete.endpoints,
        help=OPTION_WORDS["--accept-catalog"],
    ),
    click.option(
        "--allow-delete",
        "deletes",
        metavar="endpoint.NAME",
        multiple=True,
        callback=endpoint_addresses,
        shell_complete=complete.endpoint_addresses,
        help=OPTION_WORDS["--allow-delete"],
    ),
    click.option(
        "--adopt",
        "adopts",
        metavar="ADDRESS",
        multiple=True,
        callback=owned_addresses,
        shell_complete=complete.owned_addresses,
        help=OPTION_WORDS["--adopt"],
    ),
    click.option(
        "--allow-path",
        "allowed_paths",
        metavar="CLIENT",
        multiple=True,
        shell_complete=complete.clients,
        help=OPTION_WORDS["--allow-path"],
    ),
    click.option("--no-clients", is_flag=True, help="Neither read nor write the files of tools."),
)


def age(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of an age such as 30m, 12h or 2d. No list is as young as 0."""
    if value is None:
        return None
    from reconciler.cli.usage.durations import seconds_of

    return float(seconds_of(value, "9999d", or_zero=True))


_SPARING = (
    click.option(
        "--locked", is_flag=True, help="Take the model lists from the lock file. The connections are still tested."
    ),
    click.option(
        "--offline",
        is_flag=True,
        help="Send no request, read no key, open no remote store. Take the model lists from the lock file or state.",
    ),
    click.option(
        "--no-keys",
        is_flag=True,
        help="Read no key. Take the model lists of endpoints with a key from the lock file or the state.",
    ),
)
_MAX_AGE = (
    "With --scope machine: do not contact a shared endpoint that listed its models within AGE, such as 12h. "
    "0 contacts all (default: {default})."
)

scoped = click.option(
    "--scope",
    type=click.Choice(["all", "shared", "machine"]),
    help="Use the shared resources, those of this machine, or all (default: all for a state file, else machine).",
)

text_or_json = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The output format (default: text).",
)

plan_formats = click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    help="The output format (default: text). Use markdown for a pull request, html for a browser.",
)


def _all(options: tuple[Callable[[Any], Any], ...], command: Command) -> Command:
    return functools.reduce(lambda inner, option: option(inner), reversed(options), command)


def common(command: Command) -> Command:
    """Add the common options: -C -f --state --var --color -v -q --plain."""
    return _all(_COMMON, command)


def showing(command: Command) -> Command:
    """Add the options -C --color -v -q --plain, for commands that read neither gateway file nor state."""
    return _all((_DIRECTORY, *_LOOKS), command)


def asking(command: Command) -> Command:
    """Add the options of a command that sends keys."""
    return _all(_ASKING, command)


def equipping(command: Command) -> Command:
    """Add --model and --endpoint, which select the endpoint for a tool. Reject a command line with both options."""

    @functools.wraps(command)
    def checked(**arguments: Any) -> Any:
        if arguments["model"] is not None and arguments["endpoint"] is not None:
            raise UsageFault(
                "--model and --endpoint cannot be used together", "give only --model, which also selects the endpoint"
            )
        return command(**arguments)

    return _all(_EQUIPPING, cast("Command", checked))


def running_commands(command: Command) -> Command:
    """Add only the option --allow-commands, for commands that read keys and do not send them."""
    return _all(_ASKING[:1], command)


def consenting(command: Command) -> Command:
    """Add the consent options of a command that plans changes."""
    return _all(_CONSENTS, command)


def believing(command: Command) -> Command:
    """Add only the option --accept-catalog, for commands that fetch model lists and do not plan."""
    return _all(_CONSENTS[:1], command)


def sparing(usual_age: str) -> Callable[[Command], Command]:
    """Add the options --locked --offline --no-keys --max-age, for a command that plans.

    `usual_age` says in the help what holds without --max-age.
    """
    max_age = click.option("--max-age", metavar="AGE", callback=age, help=_MAX_AGE.format(default=usual_age))

    def add(command: Command) -> Command:
        return _all((*_SPARING, max_age), command)

    return add


def output_of(arguments: dict[str, Any]) -> Output:
    """Return the output with the colours and the verbosity of the common options."""
    return Output(arguments["color"], arguments["verbose"], arguments["quiet"], arguments["plain"])


def options_of(arguments: dict[str, Any]) -> Options:
    """Change to the directory of -C, where every relative path starts. Return the engine's options."""
    from reconciler.cli.agree import asker_here
    from reconciler.engine.options import Options
    from reconciler.plan.consents import Consents

    enter(arguments["directory"])
    return Options(
        files=tuple(map(Path, arguments["files"] or ("gateway.yaml",))),
        state=arguments["state"],
        variables=arguments["variables"],
        environ=dict(os.environ),
        offline=arguments.get("offline", False),
        no_keys=arguments.get("no_keys", False),
        locked=arguments.get("locked", False),
        max_age=arguments.get("max_age"),
        unattended=arguments.get("auto_approve", False),
        allow_commands=arguments.get("allow_commands", False),
        allowed_hosts=frozenset(arguments.get("allowed_hosts", ())),
        trusted=frozenset(arguments.get("trusted", ())),
        without=frozenset({"client"} if arguments.get("no_clients") else ()),
        allowed_paths=frozenset(arguments.get("allowed_paths", ())),
        asker=asker_here(),
        scope=arguments.get("scope"),
        consents=Consents(
            catalogs=frozenset(arguments.get("catalogs", ())),
            deletes=arguments.get("deletes", frozenset()),
            adopts=arguments.get("adopts", frozenset()),
        ),
    )


def enter(directory: str | None) -> None:
    """Change to the directory of -C. Every relative path starts in this directory."""
    if directory is None:
        return
    try:
        os.chdir(directory)
    except OSError as fault:
        raise click.BadParameter(f"{directory}: {fault.strerror}", param_hint="-C") from None
