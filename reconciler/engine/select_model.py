"""The selection of a model: ENDPOINT/ID, an ID, a role, or the chat default."""

from __future__ import annotations

from typing import NoReturn

from reconciler import address, codes, text
from reconciler.address import MODEL, Address
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.resources.resource import Recorded, raw_list


def choose_model(gateway: Gateway, recorded: Recorded, name: str | None) -> Address:
    """Return the model for ENDPOINT/ID, for a unique ID, or for a role. Without a name, return the chat default."""
    if name is None:
        return _of_role(gateway, recorded, "chat") or _no_chat_default()
    endpoint, slash, model_id = name.partition("/")
    if slash and model_id and endpoint in gateway.endpoints:
        return Address(MODEL, name)
    known = _known(gateway, recorded)
    fitting = [at for at in known if at.model_id == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        hint = "write one of: " + ", ".join(at.name for at in fitting)
        raise Failed(error(codes.AMBIGUOUS_MODEL, f"More than one endpoint has `{text.printable(name)}`", hint=hint))
    if selected := _of_role(gateway, recorded, name):
        return selected
    left_out = [
        endpoint for endpoint in gateway.endpoints if name in raw_list(recorded.get(address.endpoint(endpoint)))
    ]
    if left_out:
        summary = f"`{text.printable(name)}` is in the list of {', '.join(left_out)}, but the filters exclude it"
        hint = f"write {left_out[0]}/{text.printable(name)} to use the model anyway, or change `discover` and apply"
        raise Failed(error(codes.MODEL_FILTERED, summary, hint=hint))
    names = {at.name for at in known} | {at.model_id for at in known} | gateway.defaults.keys()
    hint = text.did_you_mean(name, names) or "write ENDPOINT/ID; `gwctl models` lists the models"
    raise Failed(error(codes.UNKNOWN_MODEL, f"No endpoint has a model `{text.printable(name)}`", hint=hint))


def _known(gateway: Gateway, recorded: Recorded) -> list[Address]:
    declared = [
        address.model(name, model.id) for name, endpoint in gateway.endpoints.items() for model in endpoint.models
    ]
    applied = [at for at in recorded if at.is_model and at.endpoint in gateway.endpoints]
    return list(dict.fromkeys(declared + applied))


def _of_role(gateway: Gateway, recorded: Recorded, role: str) -> Address | None:
    """Return the applied model of a role, else the role's first candidate in the file, else None."""
    applied = recorded.get(address.default(role))
    if applied and applied.default_model.endpoint in gateway.endpoints:
        return applied.default_model
    candidates = gateway.defaults.get(role, ())
    return candidates[0].model if candidates else None


def _no_chat_default() -> NoReturn:
    raise Failed(
        error(
            codes.NO_CHAT_DEFAULT,
            "No model was given, and there is no chat default yet",
            hint="give a model as ENDPOINT/ID, or run `gwctl apply` first",
        )
    )
