"""The command `gwctl export`, with the subcommands `resolved`, `kubernetes`, and one for each tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import CommandGroup, HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, scoped
from reconciler.clients.registry import PRINTED, TOOLS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_TOOL = "TOOL"
_TOOLS = (*TOOLS, *PRINTED)


class _ExportGroup(CommandGroup):
    """The group of the formats and the tools.

    Each tool is a command. The list of commands shows only `TOOL` for all tools.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a listed command, or the command of a tool."""
        return _tool_command(cmd_name) if cmd_name in _TOOLS else super().get_command(ctx, cmd_name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the formats and tools that begin with `incomplete`. After `-`, return the options."""
        from click.shell_completion import CompletionItem

        tools = [CompletionItem(name) for name in _TOOLS if name.startswith(incomplete)]
        listed = super().shell_complete(ctx, incomplete)
        return [*(item for item in listed if item.value != _TOOL), *tools]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command and its arguments. Raise `UsageFault` if the first word is neither a format nor a tool."""
        listed = self.list_commands(ctx)
        if args and args[0] not in (*listed, *_TOOLS):
            from reconciler.cli.usage.click_faults import no_command

            raise no_command(ctx.command_path, args[0], [*listed, *_TOOLS])
        return click.Group.resolve_command(self, ctx, args)


@click.group("export", cls=_ExportGroup, help=HELP["export"], short_help=SHORT["export"])
def command() -> None:
    """Print what was applied, for other programs."""


@command.command("resolved", help=HELP["export resolved"], short_help=SHORT["export resolved"])
@common
@asking
@scoped
@click.option(
    "--key",
    "key_source",
    type=click.Choice(["env", "helper", "none"]),
    default="env",
    help="The source of each key in the file: a variable, a command of this machine, or none (default: env).",
)
def resolved(**arguments: Any) -> int:
    """Print the resolved file: base URL, API, model and key variable for each role and each model."""
    from reconciler import safe_json
    from reconciler.engine.recorded.export import export_resolved

    options, output = options_of(arguments), output_of(arguments)
    exported = export_resolved(options, arguments["key_source"])
    output.data(safe_json.dumps(exported.document))
    return output.report(exported.diagnostics)


@command.command("kubernetes", help=HELP["export kubernetes"], short_help=SHORT["export kubernetes"])
@common
@asking
@scoped
@click.option(
    "--namespace",
    default="",
    metavar="NAME",
    help="The namespace of the manifests (default: the manifests name no namespace).",
)
@click.option("--secret-store", metavar="NAME", help="Also print an ExternalSecret that gets the keys from this store.")
@click.option("--cluster-store", is_flag=True, help="The store is a ClusterSecretStore.")
@click.option(
    "--remote-key",
    default="",
    metavar="KEY",
    help="The name of one secret in the store, with a property for each variable (default: a secret for each).",
)
def kubernetes(**arguments: Any) -> int:
    """Print a ConfigMap with the resolved file, and an ExternalSecret for the keys."""
    from reconciler.engine.recorded.export_kubernetes import export_kubernetes
    from reconciler.render.formats.manifests import SecretStore

    options, output = options_of(arguments), output_of(arguments)
    name = arguments["secret_store"]
    store = SecretStore(name=name, is_cluster=arguments["cluster_store"], key=arguments["remote_key"]) if name else None
    text, exported = export_kubernetes(options, arguments["namespace"], store)
    output.data(text)
    return output.report(exported.diagnostics)


def _tool_command(name: str) -> click.Command:
    """Return the subcommand that prints the file of a tool. In the help, the name `TOOL` stands for every tool."""

    @click.command(name, cls=HelpfulCommand, help=HELP["export TOOL"], short_help=SHORT["export TOOL"])
    @common
    @asking
    @scoped
    @click.option(
        "--key",
        "key_source",
        type=click.Choice(["env", "helper", "none"]),
        help="How the tool gets a key (default: as the client in the gateway file, else the safest way).",
    )
    @click.option(
        "--client",
        metavar="NAME",
        shell_complete=complete.clients,
        help="The client whose fields count (default: the first one for TOOL).",
    )
    @click.option(
        "--merge",
        metavar="FILE",
        shell_complete=complete.files,
        help="Print this file with gwctl's parts set; `-` is standard input.",
    )
    def tool(**arguments: Any) -> int:
        """Print the file of a tool. With --merge, print the user's file with gwctl's parts set."""
        from reconciler.engine.recorded.export_tool import export_tool
        from reconciler.engine.recorded.merge_file import merge_from

        options, output = options_of(arguments), output_of(arguments)
        merge = merge_from(arguments["merge"]) if arguments["merge"] else None
        exported = export_tool(options, name, arguments["client"], arguments["key_source"], merge)
        output.data(exported.data.decode())
        return output.report(exported.diagnostics)

    return tool


command.add_command(_tool_command(_TOOL))
