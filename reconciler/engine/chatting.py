"""One message through one model, after the list has shown that the key is good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler import address, text
from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.asking import AskHost, OnDone, observe_all, request_of
from reconciler.engine.looking import Looked, models_shown
from reconciler.engine.options import Options
from reconciler.engine.workspace import Workspace, open_workspace
from reconciler.errors import Failed
from reconciler.plan.lifecycle import follow
from reconciler.resources.catalog import Listed, Observation
from reconciler.resources.look import Chatted
from reconciler.resources.resource import Recorded

PROBE = "Reply with one word."


def chat_once(
    options: Options,
    model: str | None,
    prompt: str,
    ask_host: AskHost | None = None,
    on_done: OnDone | None = None,
) -> Chatted:
    """One message through the model of that name, or the chat default; `Failed` when there is none."""
    workspace = open_workspace(options)
    recorded = follow(workspace.gateway, workspace.state.resources).recorded
    at = choose_model(workspace.gateway, recorded, model)
    endpoint = workspace.gateway.endpoints[at.endpoint]
    seen = observe_all([endpoint], recorded, options, ask_host, on_done)[at.endpoint]
    found = _send(workspace, recorded, options, at, prompt, seen)
    return replace(found, diagnostics=(*found.diagnostics, *seen.said))


def chat_each(looked: Looked, options: Options) -> list[Chatted]:
    """One message to one chat model of every endpoint that passed its connection test."""
    return [
        _send(looked.workspace, looked.recorded, options, at, PROBE, looked.observations[at.endpoint])
        for at in _probed(looked)
    ]


def choose_model(gateway: Gateway, recorded: Recorded, name: str | None) -> Address:
    """ENDPOINT/ID, an ID that only one endpoint has, or without a name the chat default."""
    if name is None:
        return _chat_default(gateway, recorded)
    endpoint, slash, model_id = name.partition("/")
    if slash and model_id and endpoint in gateway.endpoints:
        return Address("model", name)
    known = _known(gateway, recorded)
    fitting = [at for at in known if at.model_id == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        hint = "write one of: " + ", ".join(at.name for at in fitting)
        raise Failed(error("AMBIGUOUS_MODEL", f"More than one endpoint has `{text.printable(name)}`", "", hint))
    names = {at.name for at in known} | {at.model_id for at in known}
    hint = text.did_you_mean(name, names) or "write ENDPOINT/ID; `gwctl models` lists them"
    raise Failed(error("UNKNOWN_MODEL", f"No endpoint is known to have `{text.printable(name)}`", "", hint))


def _known(gateway: Gateway, recorded: Recorded) -> list[Address]:
    declared = [address.model(name, found.id) for name, each in gateway.endpoints.items() for found in each.models]
    applied = [at for at in recorded if at.kind == "model" and at.endpoint in gateway.endpoints]
    return list(dict.fromkeys(declared + applied))


def _chat_default(gateway: Gateway, recorded: Recorded) -> Address:
    applied = recorded.get(address.default("chat"))
    if applied and Address("model", applied.attributes["model"]).endpoint in gateway.endpoints:
        return Address("model", applied.attributes["model"])
    candidates = gateway.defaults.get("chat", ())
    if candidates:
        return candidates[0].model
    raise Failed(
        error(
            "NO_CHAT_DEFAULT",
            "No model was named, and there is no default for chat yet",
            "",
            "name one: gwctl chat ENDPOINT/ID PROMPT; or `gwctl apply` first",
        )
    )


def _probed(looked: Looked) -> list[Address]:
    """The chat default if it is on the endpoint, else its first declared chat model, else the first listed."""
    chosen = looked.recorded.get(address.default("chat"))
    preferred = chosen.attributes["model"] if chosen else ""
    found: dict[str, Address] = {}
    for shown in models_shown(looked):
        at = shown.resource.address
        if not shown.wanted or shown.resource.attributes["purpose"] != "chat":
            continue
        if looked.observations[at.endpoint].status == "listed" and (at.name == preferred or at.endpoint not in found):
            found[at.endpoint] = at
    return list(found.values())


def _send(
    workspace: Workspace, recorded: Recorded, options: Options, at: Address, prompt: str, seen: Observation
) -> Chatted:
    from reconciler.live.chat import chat

    endpoint = workspace.gateway.endpoints[at.endpoint]
    # Whoever is asked was asked about its host for the list already: what is still withheld stays so.
    target = request_of(endpoint, recorded, options, lambda *_: seen.code != "KEY_WITHHELD")()
    if isinstance(target, Observation):
        return _failed(at, target.code, target.summary, target.detail, target.hint, None)
    answer = chat(target, at.model_id, prompt, seen.reach)
    if answer.ok:
        return Chatted(at, True, answer.text, answer.model, None, answer.http_status, answer.latency_ms)
    listed = isinstance(seen.catalog, Listed) and endpoint.preset.list_proves_key
    if answer.code == "INVALID_API_KEY" and listed:
        return _upstream_refused(at, answer.http_status)
    return _failed(at, answer.code, answer.summary, answer.detail, answer.hint, answer.http_status)


def _upstream_refused(at: Address, http_status: int | None) -> Chatted:
    return _failed(
        at,
        "UPSTREAM_REFUSED",
        "The model's upstream refused",
        f"The endpoint itself accepts the key: its list came. HTTP {http_status} on chat is about the credential "
        "with which the endpoint calls this model.",
        "mend that credential on the server, or try another model of the endpoint",
        http_status,
    )


def _failed(at: Address, code: str | None, summary: str, detail: str, hint: str, http_status: int | None) -> Chatted:
    said = error(code or "SERVER_ERROR", summary, detail, hint, at)
    return Chatted(at, False, code=code, http_status=http_status, diagnostics=(said,))


def findings_of(chats: Sequence[Chatted]) -> tuple[Diagnostic, ...]:
    """What all these chats have to say."""
    return tuple(each for found in chats for each in found.diagnostics)
