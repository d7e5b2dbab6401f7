"""The servers on their usual ports, the vendors' variables and the known tools that are found on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.clients.registry import all_tools
from reconciler.clients.tool import Tool
from reconciler.live.probe.local import LocalServer, local_servers
from reconciler.owned.clients.paths import has_settings, is_installed, made_here, surroundings
from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class MachineFindings:
    """The servers that answered, the presets whose usual variable is set, and the tools that are installed.

    The presets in `unplaced` have their variable set, but no known base URL. Either the base URL is different for each
    user, or the server does not run on this machine. A tool whose file has no usual place is not included. `gwctl
    configure TOOL --path FILE` adds the tool.
    """

    servers: tuple[LocalServer, ...] = ()
    vendors: tuple[Preset, ...] = ()
    unplaced: tuple[Preset, ...] = ()
    tools: tuple[Tool, ...] = ()
    used: frozenset[str] = frozenset()  # the names of the tools that were used here: they have files of their own


def find(environ: Mapping[str, str]) -> MachineFindings:
    """Return the findings about this machine. gwctl contacts only loopback addresses, without a key.

    The values of the variables are not kept.
    """
    presets = load_all()
    servers = local_servers(presets)
    local = {server.preset.id for server in servers if server.preset}
    vendors: dict[str, Preset] = {}
    unplaced: dict[str, Preset] = {}
    for preset in presets:
        if preset.id not in local and preset.variable and environ.get(preset.variable, "").strip():
            is_own_host = preset.base_url and "{" not in preset.base_url and preset.sign is None
            (vendors if is_own_host else unplaced).setdefault(preset.variable, preset)
    waiting = tuple(preset for variable, preset in unplaced.items() if variable not in vendors)
    here, made = surroundings(environ), made_here(environ)
    tools = tuple(tool for tool in all_tools() if not tool.needs_path and is_installed(tool, here, made))
    return MachineFindings(
        servers=tuple(servers),
        vendors=tuple(vendors.values()),
        unplaced=waiting,
        tools=tools,
        used=frozenset(tool.name for tool in tools if has_settings(tool, here, made)),
    )
