"""The file of a tool as text, made from the applied endpoints. gwctl writes only the handles of key commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler import codes
from reconciler.clients.choose import Wish, choose
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Choice, Offer, OfferedEndpoint
from reconciler.clients.registry import PRINTED, TOOLS, printed_named
from reconciler.clients.tool import Tool
from reconciler.config import base_urls
from reconciler.config.gateway import Client, Endpoint
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.engine.options import Options
from reconciler.engine.recorded.export import exported_endpoints, key_command, left_out
from reconciler.engine.recorded.merge_file import Merge, merged
from reconciler.engine.stack.session import Session, open_session
from reconciler.errors import Failed
from reconciler.owned.clients import messages
from reconciler.owned.clients.file_part import encoded, with_values
from reconciler.owned.clients.offered import models_for
from reconciler.resources.resource import models_of
from reconciler.resources.urls import is_loopback
from reconciler.text import did_you_mean, printable
from reconciler.tools.resolved import reach_of
from reconciler.values import dataclass


@dataclass(frozen=True)
class ExportedFile:
    """The content of a tool's file, and the diagnostics."""

    data: bytes
    diagnostics: tuple[Diagnostic, ...]


def export_tool(
    options: Options, name: str, client: str | None, key: KeyWay | None, merge: Merge | None
) -> ExportedFile:
    """Return the file of a tool. With `merge`, return the user's file with gwctl's parts in it.

    `client` names the client of the gateway file whose fields are used. None means the first client for this tool.
    `key` is the way in which the tool gets the key. None means the way in the client's fields. Raise `Failed` if gwctl
    does not know the tool, if nothing is applied, if the tool can use no applied endpoint, or if the file cannot be
    edited.
    """
    tool = _tool(name)
    if merge and "shared" not in tool.uses:
        raise Failed(_not_mergeable(tool))
    session = open_session(options, ())
    wanted = _client(session, tool, client, key)
    applied = exported_endpoints(session, wanted.key_from)
    offered = [_offered(each, session, wanted, tool) for each in _of(wanted, applied)]
    chosen = choose(tool, _wish(session, wanted), offered)
    said = (*session.diagnostics, *left_out(session, applied), *messages.left_out(wanted, tool, chosen.left))
    if chosen.offer is None:
        raise Failed(_nothing_to_print(tool, wanted, session, offered), *said)
    names = {endpoint.name for endpoint in chosen.offer.endpoints}
    used = [endpoint for endpoint in applied if endpoint.name in names]
    said = (*said, *messages.not_passed(wanted, tool, used))
    offer = _with_commands(chosen.offer, session, used)
    if merge:
        return ExportedFile(merged(tool, wanted, offer, merge, session.gateway), said)
    return ExportedFile(_whole(tool, wanted, offer), said)


def _tool(name: str) -> Tool:
    tool = printed_named(name)
    if tool is None:
        summary = f"`{printable(name, 60)}` is not a tool that gwctl knows"
        hint = did_you_mean(name, (*TOOLS, *PRINTED)) or "gwctl export --help"
        raise Failed(error(codes.UNKNOWN_TOOL, summary, detail="Nothing was printed.", hint=hint))
    return tool


def _client(session: Session, tool: Tool, name: str | None, key: KeyWay | None) -> Client:
    """Return the client whose fields are used.

    If the gateway file has no client for the tool, the returned client uses every endpoint and model.
    """
    of_tool = [client for client in session.gateway.clients.values() if client.tool == tool.name]
    found = next((client for client in of_tool if name in (None, client.name)), None)
    if name is not None and found is None:
        summary = f"The gateway file has no client `{printable(name, 60)}` for {tool.title}"
        hint = did_you_mean(name, [client.name for client in of_tool])
        raise Failed(error(codes.UNKNOWN_TOOL, summary, detail="Nothing was printed.", hint=hint))
    file = str(session.options.files[0])
    client = found or Client(name=tool.name, tool=tool.name, source=Source(file), file="own", key_from=tool.keys[0])
    if key is not None and key not in tool.keys:
        summary = f"{tool.title} cannot get a key by `--key {key}`"
        hint = f"it takes: {', '.join(tool.keys)}"
        raise Failed(error(codes.BAD_VALUE, summary, detail="Nothing was printed.", hint=hint))
    return replace(client, key_from=key or client.key_from)


def _of(client: Client, applied: Sequence[Endpoint]) -> list[Endpoint]:
    named = client.endpoints or [endpoint.name for endpoint in applied]
    return [endpoint for endpoint in applied if endpoint.name in named and endpoint.name != client.serves]


def _wish(session: Session, client: Client) -> Wish:
    recorded = session.recorded
    defaults = {at.name: resource.default_model for at, resource in recorded.items() if at.is_default}
    choices = {name: Choice(endpoint=at.endpoint, model=at.model_id) for name, at in defaults.items()}
    return Wish(
        gateway=session.gateway.name,
        client=client.name,
        key_from=client.key_from,
        chat=choices.get("chat"),
        small=choices.get("small"),
        defaults=choices,
    )


def _offered(endpoint: Endpoint, session: Session, client: Client, tool: Tool) -> OfferedEndpoint:
    reach, models = reach_of(endpoint, session.recorded), models_of(session.recorded, endpoint.name)
    return OfferedEndpoint(
        name=endpoint.name,
        base_url=endpoint.base_url,
        chat_base=base_urls.openai(endpoint, reach),
        apis=endpoint.apis,
        models=models_for({each.address.model_id: each for each in models}, client, tool),
        variable=endpoint.key_variable or "",
        has_key=endpoint.key_variable is not None,
        is_local=is_loopback(endpoint.base_url),
    )


def _with_commands(offer: Offer, session: Session, used: Sequence[Endpoint]) -> Offer:
    """Return the offer with the commands that print the keys, if the tool gets its keys from commands."""
    if offer.key_from != "helper":
        return offer
    keyed = {endpoint.name: endpoint for endpoint in used if endpoint.key_variable is not None}
    commands = {name: tuple(key_command(endpoint, session, offer.client)) for name, endpoint in keyed.items()}
    endpoints = tuple(replace(each, helper=commands.get(each.name, ())) for each in offer.endpoints)
    return replace(offer, endpoints=endpoints)


def _whole(tool: Tool, client: Client, offer: Offer) -> bytes:
    """Return a file with only gwctl's values: the separate file, or else gwctl's parts of a shared file."""
    use: FileUse = "own" if "own" in tool.uses else "shared"
    parts = tool.parts(offer, use)
    if use == "own":
        return encoded(parts[0].values[()], tool.format)
    data = b""
    for part in parts:
        if not (part.is_default and client.set_default == "never"):
            data = with_values(tool.format, data, part.covers, part.values).data
    return data


def _not_mergeable(tool: Tool) -> Diagnostic:
    return error(
        codes.NOT_MERGEABLE,
        f"{tool.title} has no file of yours in which gwctl could set its parts",
        detail="Nothing was printed.",
        hint=f"gwctl export {tool.name}",
    )


def _nothing_to_print(tool: Tool, client: Client, session: Session, offered: Sequence[OfferedEndpoint]) -> Diagnostic:
    apis = " or ".join(f"`{api}`" for api in tool.apis)
    detail = f"{tool.title} needs an endpoint with a chat model and with {apis}."
    speaking = [each.name for each in _of(client, tuple(session.gateway.endpoints.values())) if _speaks(tool, each)]
    applied = [each.name for each in offered if each.name in speaking]
    hint = f"gwctl apply{session.options.typed}"
    if applied:
        detail += f" The applied models of {', '.join(applied)} do not fit."
        hint = f"gwctl models {applied[0]}{session.options.typed}"
    elif not speaking:
        hint = f"add the API to `apis:` of an endpoint that serves the API, then: {hint}"
    summary = f"Nothing that was applied can be used by {tool.title}"
    return error(codes.CLIENT_NO_ENDPOINT, summary, detail=f"{detail} Nothing was printed.", hint=hint)


def _speaks(tool: Tool, endpoint: Endpoint) -> bool:
    return bool(set(tool.apis) & set(endpoint.apis))
