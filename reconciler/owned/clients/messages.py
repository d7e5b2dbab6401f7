"""The diagnostics about clients in a plan."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from reconciler import codes
from reconciler.address import CLIENT
from reconciler.clients.choose import Left
from reconciler.clients.offer import Offer
from reconciler.clients.start import start_command
from reconciler.clients.tool import Tool
from reconciler.codes import Code
from reconciler.config.gateway import Client, Endpoint
from reconciler.diagnostics import Diagnostic, error, note, warning
from reconciler.owned.clients.paths import Placed
from reconciler.plan.change import Cause
from reconciler.resources.observation import Listed, Observation
from reconciler.secrets.commands.helper_command import HelperRefused
from reconciler.text import printable

_SHOWN = 3  # model IDs in one message


def made(tool: Tool, path: Path, model: str, client: Client, *, lacks_key: bool) -> str:
    """Return the reason for writing a part of a tool's file.

    The reason also contains the command that starts the tool, if the file is separate or only the keychain has the key.
    """
    start = start_command(tool, path if client.file == "own" else None, lacks_key=lacks_key)
    return f"{tool.title} uses {model}" + (f"; {tool.start_words}: {start}" if start else "")


def changed(tool: Tool, endpoint: str, model: str, is_catalog: bool) -> tuple[Cause, str]:
    """Return the cause and the reason for changing a tool's file. The reason also says what to restart afterwards."""
    cause: Cause = "catalog" if is_catalog else "config"
    what = f"the models of {endpoint} changed" if is_catalog else f"uses {model}"
    return cause, f"{what}; then {tool.after}" if tool.after else what


def switched_off(clients: Sequence[Client], without: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a note that this run neither reads nor writes the files of tools."""
    why = "by --no-clients" if CLIENT.name in without else "because the variable CI is set"
    names = ", ".join(client.name for client in clients)
    yield note(codes.CLIENTS_OFF, f"The files of tools are not changed {why}: {names}")


def by_hand(client: Client, tool: Tool) -> Diagnostic:
    """Return the note for a client with `file: none`."""
    summary = f"{client.address}: configure {tool.title} by hand (file: none)"
    hint = f"gwctl run -- {tool.programs[0]}" if tool.programs else ""
    return note(codes.CLIENT_BY_HAND, summary, hint=hint, address=client.address, source=client.source)


def not_found(client: Client, tool: Tool) -> Diagnostic:
    """Return the note for a client whose tool is not on this machine."""
    summary = f"{client.address}: {tool.title} was not found on this machine"
    hint = f"install the tool, or write the tool's file anyway: `when_absent: write` under clients.{client.name}"
    return note(codes.CLIENT_NOT_FOUND, summary, hint=hint, address=client.address, source=client.source)


def linked(client: Client, placed: Placed) -> Diagnostic:
    """Return the error for a client whose file is a link, or whose directory leads into another working tree."""
    hint = f"replace the link with a file, or choose another file: `path:` under clients.{client.name}"
    if placed.is_in_nix:
        hint = f"Nix, for example home-manager, made the link; `file: own` under clients.{client.name} needs no link"
    return error(
        codes.LINKED_FILE,
        f"{client.address}: {printable(placed.link, 400)}",
        detail="gwctl does not write through a link: the target may belong to another program or repository. "
        f"Nothing was done.{_to_merge(client)}",
        hint=hint,
        address=client.address,
        source=client.source,
    )


def also_written(client: Client, placed: Placed) -> Iterator[Diagnostic]:
    """Yield a warning if chezmoi writes or removes the same file."""
    if placed.dotfile is None:
        return
    path, source = printable(str(placed.path), 300), printable(str(placed.dotfile.path), 300)
    does = "may remove" if placed.dotfile.is_removed else "may write"
    then = "the client has no file" if placed.dotfile.is_removed else "gwctl's entries are missing from the file"
    typed = printable(shlex.quote(str(placed.path)), 300)
    keep = (
        f"run `chezmoi add {typed}`" if placed.dotfile.is_removed else f"run `chezmoi re-add {typed}` after each apply"
    )
    yield warning(
        codes.FILE_OF_CHEZMOI,
        f"{client.address}: chezmoi {does} the same file: {path}",
        detail=f"chezmoi has {source}. After a run of chezmoi, {then} until the next apply of gwctl."
        f"{_to_merge(client)}",
        hint=keep if client.file == "own" else f"either write `file: own` under clients.{client.name}, or {keep}",
        address=client.address,
        source=client.source,
    )


def _to_merge(client: Client) -> str:
    """Return a sentence about `gwctl export --merge` for a shared file. Return "" for a separate file."""
    typed = f"`gwctl export {client.tool} --merge FILE`"
    return (
        f" {typed} prints the file with gwctl's parts, for a program that writes it." if client.file == "shared" else ""
    )


def withheld(client: Client, endpoint: Endpoint, used: Collection[str]) -> Diagnostic:
    """Return the note for an endpoint whose key is withheld.

    If the client's file has the endpoint, the file stays unchanged.
    """
    summary = f"{_without(client, endpoint, used)}: the endpoint's key is withheld"
    return _left(codes.CLIENT_ENDPOINT_LEFT_OUT, client, summary, f"gwctl trust {endpoint.name}")


def no_key(client: Client, endpoint: Endpoint, used: Collection[str]) -> Diagnostic:
    """Return the note for an endpoint without a key on this machine.

    If the client's file has the endpoint, the file stays unchanged.
    """
    summary = f"{_without(client, endpoint, used)}: the endpoint has no key on this machine"
    return _left(codes.CLIENT_ENDPOINT_LEFT_OUT, client, summary, f"gwctl key set {endpoint.name}")


def _without(client: Client, endpoint: Endpoint, used: Collection[str]) -> str:
    if endpoint.name in used:
        return f"{client.address} is not changed and still uses {endpoint.name}"
    return f"{client.address} does not use {endpoint.name}"


def _left(code: Code, client: Client, summary: str, hint: str) -> Diagnostic:
    return note(code, summary, hint=hint, address=client.address, source=client.source)


def not_allowed(client: Client, tool: Tool, placed: Placed, endpoint: Endpoint) -> Diagnostic:
    """Return the warning for a client whose file or endpoint the user of this machine has not allowed."""
    path = printable(str(placed.path), 300)
    if not placed.is_usual:
        return warning(
            codes.CLIENT_PATH_NOT_ALLOWED,
            f"{client.address}: {path} is neither in the gateway file's directory nor a usual file of {tool.title}",
            detail="A gateway file from somebody else could name any of your files. Nothing was written.",
            hint=f"if the path is correct, add `--allow-path {client.name}`",
            address=client.address,
            source=client.source,
        )
    detail = f"The file would be {path}. gwctl leaves an existing file at that path unchanged."
    detail += f" With `file: shared`, {tool.warning}." if client.file == "shared" and tool.warning else ""
    return warning(
        codes.CLIENT_NOT_ALLOWED,
        f"{client.address}: configuring {tool.title} for {endpoint.name} has not been allowed on this machine",
        detail=detail,
        hint=f"to allow this configuration: gwctl trust {client.address}",
        address=client.address,
        source=client.source,
    )


def helper_refused(client: Client, refused: HelperRefused) -> Diagnostic:
    """Return the error for a path of gwctl that is not safe to use in a key command."""
    return error(
        codes.HELPER_REFUSED,
        f"{client.address}: {refused.reason}",
        detail="The tool would run this gwctl with your rights. Nothing was written.",
        hint=refused.hint,
        address=client.address,
        source=client.source,
    )


def needs_keychain(client: Client, tool: Tool, endpoints: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield a note that the endpoint's key is not in the keychain, for each of these endpoints.

    The key command then reads the key from the source in the gateway file, such as a variable of the shell.
    """
    for name in endpoints:
        yield note(
            codes.HELPER_NEEDS_KEYCHAIN,
            f"{client.address}: the key of {name} is not in the keychain",
            detail="The key command reads the key from the source in the gateway file. If the source is a "
            f"variable, set the variable in the shell that starts {tool.title}.",
            hint=f"to store the key on this machine: gwctl key set {name}",
            address=client.address,
            source=client.source,
        )


def left_out(client: Client, tool: Tool, left: Iterable[Left]) -> Iterator[Diagnostic]:
    """Yield warnings with the reasons why the tool's file does not contain some endpoints and models."""
    for each in left:
        found = _left_out(client, tool, each)
        if found:
            yield found


def _left_out(client: Client, tool: Tool, left: Left) -> Diagnostic | None:
    number = len(left.models)
    many = f"{number} model{'' if number == 1 else 's'}" + (f" of {left.endpoint}" if left.endpoint else "")
    if left.kind == "hostile":
        summary = f"{client.address}: {many} left out: {tool.title} would expand template syntax in the IDs"
        return warning(codes.HOSTILE_ID, summary, detail=_ids(left), address=client.address, source=client.source)
    if left.kind == "limits":
        limits = ", ".join(f"{limit}: TOKENS" for limit in tool.needs_limits)
        line = f"`{{id: {printable(left.models[0], 80)}, {limits}}}`"
        summary = f"{client.address}: {many} left out: the token limits are not known"
        hint = f"declare the limits: write {line} under endpoints.{left.endpoint}.models"
        return warning(
            codes.LIMITS_UNKNOWN, summary, detail=_ids(left), hint=hint, address=client.address, source=client.source
        )
    return None


def not_passed(client: Client, tool: Tool, endpoints: Iterable[Endpoint]) -> Iterator[Diagnostic]:
    """Yield a note for each endpoint with settings that the tool's file cannot contain."""
    for endpoint in endpoints:
        if endpoint.not_passed:
            fields = ", ".join(f"`{name}`" for name in endpoint.not_passed)
            yield note(
                codes.NOT_PASSED,
                f"{client.address}: not passed to {tool.title}: {fields} of {endpoint.name}",
                detail=f"{tool.title} contacts the endpoint without these settings.",
                address=client.address,
                source=endpoint.source,
            )


def served(client: Client, offer: Offer, seen: Observation | None) -> Iterator[Diagnostic]:
    """Yield a note if the client's server does not serve all models in the client's file.

    A possible reason is that the server started before the last apply.
    """
    if seen is None or not isinstance(seen.answer, Listed):
        return
    there = {model.id for model in seen.answer.models}
    missing = [model.id for endpoint in offer.endpoints for model in endpoint.models if model.id not in there]
    if missing:
        yield note(
            codes.NOT_SERVED,
            f"{client.address}: {client.serves} does not serve {len(missing)} of the models in the client's file",
            detail=_shown(missing),
            hint="restart the server after an apply; the configuration of the server must name the client's file",
            address=client.address,
            source=client.source,
        )


def _ids(left: Left) -> str:
    return _shown(left.models)


def _shown(models: Sequence[str]) -> str:
    shown = ", ".join(printable(model, 80) for model in models[:_SHOWN])
    more = len(models) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
