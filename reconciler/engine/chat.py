"""The test of a model with one message. The message is sent only after a test of the connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler import address, codes
from reconciler.address import Address, Api
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.connection_test import ConnectionTest, models_shown
from reconciler.engine.keys.request import OnDone, observe_all, request_of
from reconciler.engine.options import Options
from reconciler.engine.select_model import choose_model
from reconciler.engine.stack.session import open_session
from reconciler.live.dialect import dialect_of
from reconciler.resources.live_model import Chatted, ShownModel
from reconciler.resources.observation import Listed, Observation
from reconciler.resources.purpose import purpose_of_id
from reconciler.text import printable

PROBE = "Reply with one word."


def chat_once(
    options: Options,
    model: str | None,
    prompt: str,
    on_done: OnDone | None = None,
) -> Chatted:
    """Send one message to the named model, or to the chat default. Raise `Failed` if the model does not exist."""
    session = open_session(options)
    at = choose_model(session.gateway, session.recorded, model)
    endpoint = session.gateway.endpoints[at.endpoint]
    seen = observe_all([endpoint], session.keys, on_done)
    test = ConnectionTest(session, (endpoint,), seen)
    reply = _not_for_chat(test, at) or _send(test, at, prompt)
    return replace(reply, diagnostics=(*reply.diagnostics, *seen[at.endpoint].diagnostics))


def models_for_chat(options: Options) -> list[str]:
    """Return the known chat models as ENDPOINT/ID. The default is first. No endpoint is contacted."""
    session = open_session(options, ())
    chosen = session.recorded.get(address.default("chat"))
    declared = [
        address.model(name, model.id).name
        for name, endpoint in session.gateway.endpoints.items()
        for model in endpoint.models
        if (model.purpose or purpose_of_id(model.id)[0]) == "chat"
    ]
    applied = [at.name for at, model in session.recorded.items() if at.is_model and model.purpose == "chat"]
    first = [chosen.default_model.name] if chosen else []
    candidates = [candidate.model.name for candidate in session.gateway.defaults.get("chat", ())]
    known = dict.fromkeys([*first, *candidates, *declared, *applied])
    return [name for name in known if name.partition("/")[0] in session.gateway.endpoints]


def chat_each(test: ConnectionTest, on_done: OnDone | None = None, every_api: bool = False) -> list[Chatted]:
    """Send one message to one chat model of every endpoint that passed its connection test.

    With `every_api`, also send one message through each other API of the model.
    """
    report, replies = on_done or (lambda *_: None), list[Chatted]()
    for shown in _probed(test):
        at = shown.resource.address
        report(at.endpoint, None)
        first = _send(test, at, PROBE)
        others = [api for api in shown.apis if api != first.api] if every_api else []
        replies += [first, *(_send(test, at, PROBE, api) for api in others)]
        report(at.endpoint, test.observations[at.endpoint])
    return replies


def _probed(test: ConnectionTest) -> list[ShownModel]:
    """Return one chat model per endpoint: the default, else the gateway file's best candidate, else the first model."""
    ranks = _ranks(test)
    chosen: dict[str, ShownModel] = {}
    for shown in models_shown(test):
        at = shown.resource.address
        if not shown.wanted or shown.resource.purpose != "chat":
            continue
        before = chosen.get(at.endpoint)
        rank = ranks.get(at.name, len(ranks))
        is_better = before is None or rank < ranks.get(before.resource.address.name, len(ranks))
        if _may_chat(test, at.endpoint) and is_better:
            chosen[at.endpoint] = shown
    return list(chosen.values())


def _may_chat(test: ConnectionTest, name: str) -> bool:
    """Return true if the endpoint passed its connection test, or if its preset has no model list to test."""
    status = test.observations[name].status
    has_no_list = test.session.gateway.endpoints[name].preset.list_path is None
    return status == "listed" or (has_no_list and status == "unlisted")


def _ranks(test: ConnectionTest) -> dict[str, int]:
    """Return {model: rank} for chat. The applied default is first. The candidates of the gateway file follow."""
    chosen = test.session.recorded.get(address.default("chat"))
    candidates = [candidate.model.name for candidate in test.session.gateway.defaults.get("chat", ())]
    names = [chosen.default_model.name, *candidates] if chosen else candidates
    return {name: rank for rank, name in reversed(list(enumerate(names)))}


def _not_for_chat(test: ConnectionTest, at: Address) -> Chatted | None:
    """Return a failed reply if the model has a purpose other than chat, else None. Nothing is sent to such a model."""
    shown = {shown.resource.address: shown.resource.purpose for shown in models_shown(test)}
    purpose = shown.get(at) or purpose_of_id(at.model_id)[0]
    if purpose == "chat":
        return None
    name = printable(at.name, 80)
    return _failed(
        at,
        codes.NOT_FOR_CHAT,
        summary=f"{name} has the purpose {purpose}, not chat",
        detail="Nothing was sent.",
        hint=f"name a chat model: `gwctl models {at.endpoint}` lists the models; if this is a chat model, "
        f"declare it under endpoints.{at.endpoint}.models with `purpose: chat`",
        http_status=None,
    )


def _send(test: ConnectionTest, at: Address, prompt: str, api: Api | None = None) -> Chatted:
    """Send one message. Without an API, use the dialect's own API, or the first API of the model."""
    endpoint = test.session.gateway.endpoints[at.endpoint]
    own = dialect_of(endpoint.preset.dialect).own_api
    spoken = _spoken(test, at)
    used = api or (spoken[0] if own and spoken and own not in spoken else own)
    return replace(_sent(test, at, prompt, used if used != own else api), api=used)


def _spoken(test: ConnectionTest, at: Address) -> tuple[Api, ...]:
    """Return the APIs of the model. If neither the file nor the records have any, return the APIs of its endpoint."""
    endpoint = test.session.gateway.endpoints[at.endpoint]
    declared, recorded = test.session.gateway.declared(at), test.session.recorded.get(at)
    own = (declared.details.apis if declared else None) or (recorded.as_model.apis if recorded else None)
    return own or endpoint.apis


def _sent(test: ConnectionTest, at: Address, prompt: str, api: Api | None) -> Chatted:
    from reconciler.live.chat import chat

    endpoint, seen = test.session.gateway.endpoints[at.endpoint], test.observations[at.endpoint]
    target = request_of(endpoint, test.session.keys)()
    if isinstance(target, Observation):
        return _failed(
            at, target.code, summary=target.summary, detail=target.detail, hint=target.hint, http_status=None
        )
    answer = chat(target, at.model_id, prompt, reach=seen.reach, api=api)
    if answer.ok:
        notes = (note(codes.ANSWERED_OTHERWISE, answer.note, address=at),) if answer.note else ()
        return Chatted(
            model=at,
            ok=True,
            text=answer.text,
            answered_by=answer.model,
            code=None,
            http_status=answer.http_status,
            latency_ms=answer.latency_ms,
            diagnostics=notes,
        )
    listed = isinstance(seen.catalog, Listed) and endpoint.preset.list_proves_key
    if answer.code == codes.INVALID_API_KEY and listed:
        return _upstream_refused(at, answer.http_status)
    hint = _api_hint(at, api) if api and answer.code == codes.ENDPOINT_NOT_FOUND else answer.hint
    return _failed(
        at, answer.code, summary=answer.summary, detail=answer.detail, hint=hint, http_status=answer.http_status
    )


def _api_hint(at: Address, api: Api) -> str:
    return f"if the endpoint does not speak `{api}`, list its APIs under endpoints.{at.endpoint}.apis"


def _upstream_refused(at: Address, http_status: int | None) -> Chatted:
    return _failed(
        at,
        codes.UPSTREAM_REFUSED,
        summary="The vendor behind the endpoint rejected the request",
        detail=f"The endpoint accepts the key: it returned its model list. The rejected credential "
        f"(HTTP {http_status}) is the one that the endpoint itself uses for this model.",
        hint="correct the model's credential on the server, or try another model of the endpoint",
        http_status=http_status,
    )


def _failed(at: Address, code: Code | None, summary: str, detail: str, hint: str, http_status: int | None) -> Chatted:
    diagnostic = error(code or codes.SERVER_ERROR, summary, detail=detail, hint=hint, address=at)
    return Chatted(model=at, ok=False, code=code, http_status=http_status, diagnostics=(diagnostic,))


def findings_of(chats: Sequence[Chatted]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of all chats."""
    return tuple(diagnostic for reply in chats for diagnostic in reply.diagnostics)
