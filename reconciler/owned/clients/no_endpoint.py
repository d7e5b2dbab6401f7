"""The warning that a tool can use no endpoint. The hint follows the cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler import codes
from reconciler.clients.choose import Left
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client, Endpoint
from reconciler.diagnostics import Diagnostic, warning
from reconciler.owned.clients.offered import Catalog
from reconciler.resources.observation import Observation
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Unused:
    """The endpoints of a client that can use none of them.

    `left_out` is {endpoint: the diagnostic that says why}, such as a missing key. `left` contains the models that the
    tool's file cannot contain.
    """

    endpoints: Sequence[Endpoint]
    left_out: Mapping[str, Diagnostic]
    catalog: Catalog
    left: Sequence[Left]
    observations: Mapping[str, Observation]


def no_endpoint(client: Client, tool: Tool, unused: Unused) -> Diagnostic:
    """Return the warning that the tool can use no endpoint."""
    why, hint = _cause(tool, unused)
    summary = f"{client.address}: {tool.title} can use no endpoint: {why}"
    return warning(codes.CLIENT_NO_ENDPOINT, summary, hint=hint, address=client.address, source=client.source)


def _cause(tool: Tool, unused: Unused) -> tuple[str, str]:
    """Return the cause and a hint. The causes are in the order in which the user can correct them."""
    speaking = [endpoint.name for endpoint in unused.endpoints if set(endpoint.apis) & set(tool.apis)]
    if not speaking:
        apis = " or ".join(f"`{api}`" for api in tool.apis)
        return (
            f"no endpoint has the API {apis}",
            "if an endpoint serves the API, add the API to `apis:` of that endpoint",
        )
    for name in speaking:
        if name in unused.left_out:
            return f"{name} is left out", unused.left_out[name].hint
    for name in speaking:
        seen = unused.observations.get(name)
        if seen is not None and not any(at.is_model for at in unused.catalog.groups.get(name, ())):
            why = f" ({seen.summary})" if seen.summary else ""
            return f"no model of {name} is known{why}", seen.hint or f"gwctl test {name}"
    for left in unused.left:
        if left.endpoint in speaking and left.models:
            return f"the models of {left.endpoint} are left out", "correct the cause, which another message names"
    names, purposes = ", ".join(speaking), " or ".join(tool.purposes)
    return f"{names} has no model for {purposes} that this client selects", f"gwctl models {speaking[0]}"
